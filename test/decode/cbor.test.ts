import { encode } from "cborg";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_DEPTH, MAX_VALUES } from "../../src/decode/byte-reader.ts";
import { decodeCbor } from "../../src/decode/cbor.ts";
import type { DecodedValue } from "../../src/decode/decoded.ts";
import { hex } from "../helpers/bytes.ts";
import { plainDecoded } from "../helpers/decoded.ts";

const decode = (bytes: string) => plainDecoded(decodeCbor(hex(bytes)));

/** Examples of RFC 8949, appendix A. */
it.each<[string, unknown]>([
  ["00", "0"],
  ["1818", "24"],
  ["1903e8", "1000"],
  ["1bffffffffffffffff", "18446744073709551615"],
  ["3bffffffffffffffff", "-18446744073709551616"],
  ["20", "-1"],
  ["f90000", "0.0"],
  ["f98000", "-0.0"],
  ["fb3ff199999999999a", "1.1"],
  ["f97bff", "65504.0"],
  ["fa47c35000", "100000.0"],
  ["fa3dcccccd", "0.1"],
  ["f90001", "5.960464477539063e-8"],
  ["f97c00", "Infinity"],
  ["f97e00", "NaN"],
  ["f9fc00", "-Infinity"],
  ["f4", "<false>"],
  ["f6", "<null>"],
  ["f7", "<undefined>"],
  ["f0", "<simple(16)>"],
  ["f8ff", "<simple(255)>"],
  ["c11a514b67b0", { "tag 1": "1363896240" }],
  ["d818456449455446", { "tag 24": "h'6449455446'" }],
  ["40", "h''"],
  ["4401020304", "h'01020304'"],
  ["62225c", String.raw`"\"\\"`],
  ["62c3bc", '"ü"'],
  ["61ff", "h'ff'"],
  ["8301820203820405", ["1", ["2", "3"], ["4", "5"]]],
  [
    "a201020304",
    new Map([
      ["1", "2"],
      ["3", "4"],
    ]),
  ],
  ["5f42010243030405ff", "h'0102030405'"],
  ["7f657374726561646d696e67ff", '"streaming"'],
  ["9f018202039f0405ffff", ["1", ["2", "3"], ["4", "5"]]],
  [
    "bf6346756ef563416d7421ff",
    new Map([
      ['"Fun"', "<true>"],
      ['"Amt"', "-2"],
    ]),
  ],
])("%s", (bytes, value) => {
  expect(decode(bytes)).toEqual([[value], undefined]);
});

it.each([
  ["c11a514b67b0", "2013-03-21T20:04:00.000Z"],
  ["c1fb41d452d9ec200000", "2013-03-21T20:04:00.500Z"],
  ["c249010000000000000000", "18446744073709551616"],
  ["c349010000000000000000", "-18446744073709551617"],
  ["d8255000112233445566778899aabbccddeeff", "00112233-4455-6677-8899-aabbccddeeff"],
  ["c1f97c00", undefined],
  ["c2f6", undefined],
])("the tag of %s says %s", (bytes, note) => {
  expect(decodeCbor(hex(bytes)).values[0]?.note).toBe(note);
});

it("reads a sequence", () => {
  expect(decode("01 6161 80")).toEqual([["1", '"a"', []], undefined]);
});

it("keeps keys of any kind, and those that come twice", () => {
  const [map] = decodeCbor(hex("a3 6161 01 6161 02 8101 03")).values;
  expect(map?.kind === "map" && map.entries.map(({ key }) => key)).toMatchObject([
    { kind: "text", text: "a" },
    { kind: "text", text: "a" },
    { kind: "list" },
  ]);
});

describe("where it breaks", () => {
  it.each<[string, unknown[], number, string]>([
    ["", [], 0, "the bytes end here"],
    ["8301 6568656c", [["1"]], 3, "a text of 5 bytes was to follow, and there are only 3"],
    [
      "a2 6161 01 6162",
      [
        new Map([
          ['"a"', "1"],
          ['"b"', undefined],
        ]),
      ],
      6,
      "the bytes end here",
    ],
    ["9bffffffffffffffff 01", [["1"]], 10, "the bytes end here"],
    ["5bffffffffffffffff 01", [], 9, "a byte string of 18,446,744,073,709,551,615 bytes"],
    ["c1", [{ "tag 1": undefined }], 1, "the bytes end here"],
    ["01 1c", ["1"], 1, "no item of CBOR begins with 0x1c"],
    ["ff", [], 0, "a break, and nothing indefinite is open"],
    ["81 ff", [[]], 1, "a break"],
    ["1f", [], 0, "cannot have an indefinite length"],
    ["f818", [], 0, "simple value 24 in two bytes"],
    ["5f 6161 ff", [], 1, "a part of a byte string was to follow"],
    ["1a 0001", [], 1, "a value of 4 bytes was to follow, and there are only 2"],
  ])("%s", (bytes, values, offset, message) => {
    expect(decode(bytes)).toEqual([values, offset]);
    expect(decodeCbor(hex(bytes)).stopped?.message).toContain(message);
  });
});

describe("hostile bytes", () => {
  it("are bounded in depth and number", () => {
    for (const octet of [0x81, 0xa1, 0xc1, 0x9f, 0xbf]) {
      expect(decodeCbor(Buffer.alloc(1e6, octet)).stopped?.message).toMatch(
        /nested over|more than/,
      );
    }
    expect(decodeCbor(Buffer.alloc(1e6)).values).toHaveLength(MAX_VALUES);
    expect(decodeCbor(Buffer.alloc(MAX_DEPTH + 5, 0x81)).stopped?.offset).toBe(MAX_DEPTH + 1);
  });

  it("take no memory by what they announce", () => {
    expect(decodeCbor(Buffer.concat(Array(90).fill(hex("9a01ffffff")))).stopped?.offset).toBe(450);
  });

  it("never throw, and always stop within", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const { stopped } = decodeCbor(bytes);
        if (stopped) expect(stopped.offset).toBeLessThanOrEqual(bytes.length);
      }),
      { numRuns: 500 },
    );
  });
});

const scalars = fc.oneof(
  fc.string(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.double({ noNaN: true }).filter((value) => !Number.isInteger(value)),
);

it("reads what cborg writes, whole, and of every beginning a beginning", () => {
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof({ depthSize: "small" }, scalars, fc.array(tie("tree"), { maxLength: 4 })),
  }));
  fc.assert(
    fc.property(tree, (value) => {
      const bytes = encode(value);
      const { values, stopped } = decodeCbor(bytes);
      expect([values.map(valueOf), stopped]).toEqual([[plainNumbers(value)], undefined]);
      for (let length = 0; length < bytes.length; length++) {
        expect(decodeCbor(bytes.subarray(0, length)).stopped).toBeDefined();
      }
    }),
    { numRuns: 100 },
  );
});

/** Back to values; numbers as strings of their digits. */
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
