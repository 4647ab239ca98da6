import { Encoder } from "@msgpack/msgpack";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_DEPTH } from "../../src/decode/byte-reader.ts";
import type { DecodedValue } from "../../src/decode/decoded.ts";
import { decodeMsgpack } from "../../src/decode/msgpack.ts";
import { hex } from "../helpers/bytes.ts";
import { plainDecoded } from "../helpers/decoded.ts";

const decode = (bytes: string) => plainDecoded(decodeMsgpack(hex(bytes)));

it.each<[string, unknown]>([
  ["00", "0"],
  ["7f", "127"],
  ["e0", "-32"],
  ["ff", "-1"],
  ["ccff", "255"],
  ["cdffff", "65535"],
  ["ceffffffff", "4294967295"],
  ["cfffffffffffffffff", "18446744073709551615"],
  ["d0ff", "-1"],
  ["d1fffe", "-2"],
  ["d2fffffffd", "-3"],
  ["d38000000000000000", "-9223372036854775808"],
  ["c0", "<null>"],
  ["c2", "<false>"],
  ["c3", "<true>"],
  ["ca3dcccccd", "0.1"],
  ["cb3ff199999999999a", "1.1"],
  ["a161", '"a"'],
  ["d90161", '"a"'],
  ["da000161", '"a"'],
  ["db0000000161", '"a"'],
  ["c401ff", "h'ff'"],
  ["c50001ff", "h'ff'"],
  ["c600000001ff", "h'ff'"],
  ["920193c0c2c3", ["1", ["<null>", "<false>", "<true>"]]],
  ["dc000101", ["1"]],
  ["dd0000000101", ["1"]],
  ["de00010102", new Map([["1", "2"]])],
  ["df000000010102", new Map([["1", "2"]])],
  ["81a95f5f70726f746f5f5f01", new Map([['"__proto__"', "1"]])],
  ["d405ff", { "ext 5": "h'ff'" }],
  ["d8fe000102030405060708090a0b0c0d0e0f", { "ext -2": "h'000102030405060708090a0b0c0d0e0f'" }],
  ["c70205aabb", { "ext 5": "h'aabb'" }],
  ["c8000205aabb", { "ext 5": "h'aabb'" }],
  ["c90000000205aabb", { "ext 5": "h'aabb'" }],
])("%s", (bytes, value) => {
  expect(decode(bytes)).toEqual([[value], undefined]);
});

it.each([
  ["d6ff514b67b0", "2013-03-21T20:04:00.000Z"],
  ["d7ff77359400514b67b0", "2013-03-21T20:04:00.500Z"],
  ["c70cff1dcd650000000000514b67b0", "2013-03-21T20:04:00.500Z"],
  ["c70cff1dcd6500ffffffffffffffff", "1969-12-31T23:59:59.500Z"],
  ["d4ff00", undefined],
])("the time of %s is %s", (bytes, note) => {
  expect(decodeMsgpack(hex(bytes)).values[0]?.note).toBe(note);
});

it("reads several, with keys of any kind", () => {
  expect(decode("01 81 9101 02")).toEqual([["1", new Map([[["1"], "2"]])], undefined]);
});

describe("where it breaks", () => {
  it.each<[string, unknown[], number, string]>([
    ["", [], 0, "the bytes end here"],
    ["9301a5 6865", [["1"]], 3, "a text of 5 bytes was to follow, and there are only 2"],
    [
      "82 a161 01 a162",
      [
        new Map([
          ['"a"', "1"],
          ['"b"', undefined],
        ]),
      ],
      6,
      "the bytes end here",
    ],
    ["ddffffffff 01", [["1"]], 6, "the bytes end here"],
    ["dbffffffff 01", [], 5, "a text of 4,294,967,295 bytes"],
    ["c8ffff 01", [], 4, "the bytes end here, and a value"],
    ["01 c1", ["1"], 1, "no value of MessagePack begins with 0xc1"],
  ])("%s", (bytes, values, offset, message) => {
    expect(decode(bytes)).toEqual([values, offset]);
    expect(decodeMsgpack(hex(bytes)).stopped?.message).toContain(message);
  });
});

describe("hostile bytes", () => {
  it("are bounded in depth, and take no memory by what they announce", () => {
    expect(decodeMsgpack(Buffer.alloc(1e6, 0x91)).stopped?.offset).toBe(MAX_DEPTH + 1);
    const nested = Buffer.concat(Array(90).fill(hex("ddffffffff")));
    expect(decodeMsgpack(nested).stopped?.offset).toBe(450);
  });

  it("never throw, and always stop within", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const { stopped } = decodeMsgpack(bytes);
        if (stopped) expect(stopped.offset).toBeLessThanOrEqual(bytes.length);
      }),
      { numRuns: 500 },
    );
  });
});

const encoder = new Encoder({ useBigInt64: true });
const scalars = fc.oneof(
  fc.string(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.double({ noNaN: true }).filter((value) => !Number.isInteger(value)),
);

it("reads what @msgpack/msgpack writes, whole, and of every beginning a beginning", () => {
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof({ depthSize: "small" }, scalars, fc.array(tie("tree"), { maxLength: 4 })),
  }));
  fc.assert(
    fc.property(tree, (value) => {
      const bytes = encoder.encode(value);
      const { values, stopped } = decodeMsgpack(bytes);
      expect([values.map(valueOf), stopped]).toEqual([[plainNumbers(value)], undefined]);
      for (let length = 0; length < bytes.length; length++) {
        expect(decodeMsgpack(bytes.subarray(0, length)).stopped).toBeDefined();
      }
    }),
    { numRuns: 100 },
  );
});

/** Back to values; numbers as objects of their digits. */
function valueOf(value: DecodedValue): unknown {
  if (value.kind === "list") return value.items.map(valueOf);
  if (value.kind === "text") return value.text;
  if (value.kind === "number") return { digits: value.digits };
  return value.kind === "word" ? (JSON.parse(value.word) as unknown) : value;
}

function plainNumbers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plainNumbers);
  const number = typeof value === "number" || typeof value === "bigint";
  return number ? { digits: String(value) } : value;
}
