import { expect, it } from "vitest";
import { violation } from "../src/protocol/rules.ts";
import { hasOpened } from "../src/opened.ts";
import { handshakeAt, refusalAt } from "./helpers/connect-events.ts";

it("is opened by a right answer of 101 alone", () => {
  const wrong = [violation("response-accept")];
  expect(hasOpened(handshakeAt(0))).toBe(true);
  expect(hasOpened(handshakeAt(0, { violations: wrong }))).toBe(false);
  expect(hasOpened(refusalAt(0))).toBe(false);
  expect(hasOpened(handshakeAt(0, { response: { startLine: "", headers: [] } }))).toBe(false);
});
