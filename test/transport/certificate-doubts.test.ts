import { expect, it } from "vitest";
import { certificateDoubts } from "../../src/transport/certificate-doubts.ts";
import { certificate } from "../helpers/certificates.ts";

const day = (days: number): string =>
  new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
const ca = await certificate({ isCa: true, names: ["authority"] });
const leaf = await certificate({ ca });
const other = await certificate();
const expired = await certificate({ from: -9, to: -2 });
const early = await certificate({ from: 2, to: 9 });

it.each([
  ["of its own", [other.cert], []],
  ["of an authority", [leaf.cert], []],
  ["with its authority", [leaf.cert, ca.cert], []],
  [
    "with another one",
    [leaf.cert, other.cert],
    ["the certificate is not signed by the one after it"],
  ],
  [
    "with another one between",
    [leaf.cert, ca.cert, other.cert],
    ["certificate 2 is not signed by the one after it"],
  ],
  [
    "that has expired",
    [expired.cert],
    [`the certificate has expired: it was valid until ${day(-2)}`],
  ],
  ["that is early", [early.cert], [`the certificate is not valid before ${day(2)}`]],
])("a certificate %s: %#", (_, chain, doubts) => {
  expect(certificateDoubts(chain.join(""), Date.now())).toEqual(doubts);
});
