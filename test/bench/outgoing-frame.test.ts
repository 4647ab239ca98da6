import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deflateOffer, encodeMessage, inflateMessage } from "../../src/bench/outgoing-frame.ts";
import { hex, toHex, utf8 } from "../helpers/bytes.ts";
import { parseOne } from "../helpers/frames.ts";

const MASK = 0x37fa213d;

it("is the one frame that carries a message, masked", () => {
  // RFC 6455, section 5.7.
  const frame = encodeMessage(1, utf8("Hello"), { maskKey: MASK, deflate: false });
  expect(toHex(frame)).toBe("818537fa213d7f9f4d5158");
});

it("is compressed where that was agreed on, without the tail", () => {
  // RFC 7692, section 7.2.3.1, under a mask of 0.
  const options = { maskKey: 0, deflate: true };
  expect(toHex(encodeMessage(1, utf8("Hello"), options))).toBe("c18700000000f248cdc9c90700");
  expect(toHex(encodeMessage(2, hex(), options))).toBe("c2810000000000");
});

it("is never compressed as a control frame", () => {
  expect(toHex(encodeMessage(9, utf8("a"), { maskKey: 0, deflate: true }))).toBe("89810000000061");
});

describe("what is compressed", () => {
  it("is the same after it", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), fc.constantFrom(1, 2), (payload, opcode) => {
        const bytes = encodeMessage(opcode, payload, { maskKey: MASK, deflate: true });
        const { header, payload: inside } = parseOne(bytes, { deflate: true });
        expect([header.rsv1, header.opcode, header.masked]).toEqual([true, opcode, true]);
        expect(Buffer.from(inflateMessage(inside)!)).toEqual(Buffer.from(payload));
      }),
    );
  });

  it("may be no such thing", () => {
    expect(inflateMessage(hex("ff ff ff"))).toBeUndefined();
  });

  it("may not fill the memory", () => {
    const { payload } = parseOne(
      encodeMessage(2, Buffer.alloc(64 * 2 ** 20 + 1), { maskKey: 0, deflate: true }),
    );
    expect(inflateMessage(payload)).toBeUndefined();
  });
});

it("asks for no context where replies are looked into", () => {
  expect(deflateOffer(false)).toEqual({ clientNoContextTakeover: true });
  expect(deflateOffer(true)).toEqual({
    clientNoContextTakeover: true,
    serverNoContextTakeover: true,
  });
});
