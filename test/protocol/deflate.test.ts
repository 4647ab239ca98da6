import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  acceptDeflateResponse,
  type DeflateOffer,
  type DeflateParams,
  encodeDeflateOffer,
  encodeDeflateParams,
  negotiateDeflate,
  parseDeflateOffer,
} from "../../src/protocol/deflate.ts";
import { type Extension, formatExtension, parseExtensions } from "../../src/protocol/extensions.ts";

/** One extension as it stands in a header; the name is left out. */
function deflate(params: string): Extension {
  return parseExtensions([`permessage-deflate; ${params}`.replace(/; $/, "")])![0]!;
}

function written(extension: Extension): string {
  return formatExtension(extension).replace(/^permessage-deflate(; )?/, "");
}

const AGREED: DeflateParams = {
  serverNoContextTakeover: false,
  clientNoContextTakeover: false,
  serverMaxWindowBits: 15,
  clientMaxWindowBits: 15,
};

const WRONG_IN_BOTH = [
  ["server_max_window_bits", "needs a value"],
  ["server_max_window_bits=7", "8 to 15"],
  ["server_max_window_bits=16", "8 to 15"],
  ["server_max_window_bits=08", "8 to 15"],
  ["server_max_window_bits=1e1", "8 to 15"],
  ["client_max_window_bits=+9", "8 to 15"],
  ["client_max_window_bits=0", "8 to 15"],
  ["client_max_window_bits=9; client_max_window_bits=9", "given twice"],
  ["server_no_context_takeover; server_no_context_takeover", "given twice"],
  ["server_no_context_takeover=1", "takes no value"],
  ["client_no_context_takeover=true", "takes no value"],
  ["window=9", "unknown"],
  ["SERVER_NO_CONTEXT_TAKEOVER", "unknown"],
] as const;

describe("an offer", () => {
  const OFFERS: readonly (readonly [string, DeflateOffer])[] = [
    ["", {}],
    ["server_no_context_takeover", { serverNoContextTakeover: true }],
    ["client_no_context_takeover", { clientNoContextTakeover: true }],
    ["server_max_window_bits=8", { serverMaxWindowBits: 8 }],
    ["server_max_window_bits=15", { serverMaxWindowBits: 15 }],
    ["client_max_window_bits", { clientMaxWindowBits: true }],
    ["client_max_window_bits=9", { clientMaxWindowBits: 9 }],
    [
      "server_no_context_takeover; client_no_context_takeover; server_max_window_bits=10; client_max_window_bits=11",
      {
        serverNoContextTakeover: true,
        clientNoContextTakeover: true,
        serverMaxWindowBits: 10,
        clientMaxWindowBits: 11,
      },
    ],
  ];

  it.each(OFFERS)("%j is written and read", (params, offer) => {
    expect(written(encodeDeflateOffer(offer))).toBe(params);
    expect(parseDeflateOffer(deflate(params))).toEqual({
      serverNoContextTakeover: false,
      clientNoContextTakeover: false,
      ...offer,
    });
  });

  it.each(WRONG_IN_BOTH)("%j is wrong: %s", (params, reason) => {
    expect(parseDeflateOffer(deflate(params))).toContain(reason);
  });
});

describe("a response", () => {
  const ASKED_ALL: DeflateOffer = { clientMaxWindowBits: true };

  it.each(WRONG_IN_BOTH)("%j is wrong: %s", (params, reason) => {
    expect(acceptDeflateResponse(deflate(params), ASKED_ALL)).toContain(reason);
  });

  it.each([
    ["client_max_window_bits", ASKED_ALL, "needs a value"],
    ["client_max_window_bits=10", {}, "was not offered"],
    ["server_max_window_bits=11", { serverMaxWindowBits: 10 }, "at most 10"],
    ["", { serverMaxWindowBits: 10 }, "at most 10"],
    ["", { serverNoContextTakeover: true }, "not granted"],
  ])("%j to the offer %o is wrong: %s", (params, offer, reason) => {
    expect(acceptDeflateResponse(deflate(params), offer)).toContain(reason);
  });

  it.each<[string, DeflateOffer, Partial<DeflateParams>]>([
    ["", {}, {}],
    ["server_no_context_takeover", {}, { serverNoContextTakeover: true }],
    ["client_no_context_takeover", {}, { clientNoContextTakeover: true }],
    ["", { clientNoContextTakeover: true }, { clientNoContextTakeover: true }],
    ["server_max_window_bits=9", {}, { serverMaxWindowBits: 9 }],
    ["server_max_window_bits=9", { serverMaxWindowBits: 10 }, { serverMaxWindowBits: 9 }],
    ["client_max_window_bits=9", { clientMaxWindowBits: true }, { clientMaxWindowBits: 9 }],
    ["client_max_window_bits=9", { clientMaxWindowBits: 12 }, { clientMaxWindowBits: 9 }],
    // The client has said that it goes no further than its hint, whatever the answer (7.1.2.2).
    ["client_max_window_bits=14", { clientMaxWindowBits: 12 }, { clientMaxWindowBits: 12 }],
    ["", { clientMaxWindowBits: 12 }, { clientMaxWindowBits: 12 }],
  ])("%j to the offer %o agrees on %o", (params, offer, agreed) => {
    expect(acceptDeflateResponse(deflate(params), offer)).toEqual({ ...AGREED, ...agreed });
  });
});

describe("a server's answer", () => {
  it.each<[DeflateOffer, Partial<DeflateParams>, string]>([
    [{}, {}, ""],
    [{}, { serverNoContextTakeover: true }, "server_no_context_takeover"],
    [{ serverNoContextTakeover: true }, {}, "server_no_context_takeover"],
    [{ clientNoContextTakeover: true }, {}, "client_no_context_takeover"],
    [{}, { clientNoContextTakeover: true }, "client_no_context_takeover"],
    [{ serverMaxWindowBits: 10 }, {}, "server_max_window_bits=10"],
    [{ serverMaxWindowBits: 10 }, { serverMaxWindowBits: 9 }, "server_max_window_bits=9"],
    [{ serverMaxWindowBits: 10 }, { serverMaxWindowBits: 12 }, "server_max_window_bits=10"],
    [{}, { serverMaxWindowBits: 12 }, "server_max_window_bits=12"],
    // Who asks for a limit is answered with one, even if it limits nothing (7.1.2.1).
    [{ serverMaxWindowBits: 15 }, {}, "server_max_window_bits=15"],
    [{ clientMaxWindowBits: true }, {}, ""],
    [{ clientMaxWindowBits: true }, { clientMaxWindowBits: 10 }, "client_max_window_bits=10"],
    [{ clientMaxWindowBits: 9 }, { clientMaxWindowBits: 10 }, "client_max_window_bits=9"],
    [{ clientMaxWindowBits: 9 }, {}, "client_max_window_bits=9"],
    // A client that did not offer to be limited cannot be (7.1.2.2).
    [{}, { clientMaxWindowBits: 10 }, ""],
  ])("to the offer %o within %o is %j", (offer, limits, expected) => {
    expect(written(encodeDeflateParams(negotiateDeflate(offer, limits)))).toBe(expected);
  });

  it("is accepted by the client that made the offer, and both agree on the same", () => {
    const bits = fc.integer({ min: 8, max: 15 });
    const flags = { serverNoContextTakeover: fc.boolean(), clientNoContextTakeover: fc.boolean() };
    const offers = fc.record(
      {
        ...flags,
        serverMaxWindowBits: bits,
        clientMaxWindowBits: fc.oneof(bits, fc.constant(true as const)),
      },
      { requiredKeys: [] },
    );
    const limits = fc.record(
      { ...flags, serverMaxWindowBits: bits, clientMaxWindowBits: bits },
      { requiredKeys: [] },
    );
    const property = fc.property(offers, limits, (offer, wishes) => {
      const received = parseDeflateOffer(encodeDeflateOffer(offer));
      if (typeof received === "string") throw new Error(received);
      const { tellServerMaxWindowBits: _, ...agreed } = negotiateDeflate(received, wishes);
      const response = encodeDeflateParams(negotiateDeflate(received, wishes));
      expect(acceptDeflateResponse(response, offer)).toEqual(agreed);
    });
    fc.assert(property, { numRuns: 500 });
  });
});
