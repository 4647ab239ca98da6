import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import type { Type } from "protobufjs";
import { loadMessageType } from "../../src/decode/proto-schema.ts";
import { decodeProtobuf } from "../../src/decode/protobuf.ts";
import { hex } from "../helpers/bytes.ts";
import { fixture, plainDecoded } from "../helpers/decoded.ts";

let type: Type;
beforeAll(async () => {
  type = await loadMessageType(fixture("chat.proto"), "chat.v1.Message", "--decode");
});

const decode = (bytes: string) => plainDecoded(decodeProtobuf(hex(bytes), type));
const map = (entries: Record<string, unknown>) => new Map(Object.entries(entries));

it("reads what protobufjs writes", () => {
  const message = {
    room: "lobby",
    kind: 1,
    ids: [1, -2, 300],
    counts: { a: 5 },
    sent_at: { seconds: 7 },
    user: { id: 9, address: { number: 3 }, name: { first: "Ada" } },
    parts: [{ position: -3 }, { content: Buffer.of(255) }],
    delay: 1.5,
    share: 0.1,
    balance: -7,
  };
  const bytes = type.encode(type.fromObject(message)).finish();
  const { values, stopped } = decodeProtobuf(bytes, type);
  const part = [map({ position: "-3" }), map({ content: "h'ff'" })];
  expect(stopped).toBe(undefined);
  const [root] = values;
  const entries = root?.kind === "map" ? root.entries : [];
  expect(entries.filter(({ key }) => key === "parts")).toHaveLength(part.length);
  expect(plainDecoded({ values })[0]).toEqual([
    map({
      room: '"lobby"',
      kind: "<HELLO>",
      ids: ["1", "-2", "300"],
      counts: map({ key: '"a"', value: "5" }),
      sent_at: map({ seconds: "7" }),
      user: map({
        id: "9",
        address: map({ number: "3" }),
        name: map({ first: '"Ada"' }),
      }),
      parts: part[1],
      delay: "1.5",
      share: "0.1",
      balance: "-7",
    }),
  ]);
});

it.each<[string, Record<string, unknown>]>([
  ["", {}],
  ["1005", { kind: "5" }],
  ["10ffffffffffffffffff01", { kind: "-1" }],
  ["1805", { ids: "5" }],
  ["51ffffffffffffffff", { large: "18446744073709551615" }],
  ["0a01ff", { room: "h'ff'" }],
  ["a006 01", { "100 (unknown, varint)": "1" }],
  ["a206 026869", { "100 (unknown, length-delimited)": '"hi"' }],
  ["a506 01020304", { "100 (unknown, 32 bits)": "h'01020304'" }],
  ["a106 0102030405060708", { "100 (unknown, 64 bits)": "h'0102030405060708'" }],
  ["a306 0801 a406", { "100 (unknown, group)": map({ "1 (unknown, varint)": "1" }) }],
  ["0805", { "1 (not room, which is string: varint)": "5" }],
  ["3005", { "6 (not user, which is people.User: varint)": "5" }],
])("%s", (bytes, fields) => {
  expect(decode(bytes)).toEqual([[map(fields)], undefined]);
});

describe("where it breaks", () => {
  it.each<[string, Record<string, unknown>, number, string]>([
    ["0a056869", {}, 2, "a text of 5 bytes was to follow, and there are only 2"],
    ["1001 3a05 0803", { kind: "<HELLO>" }, 4, "a message of 5 bytes"],
    ["3a02 0880", { parts: new Map() }, 4, "the bytes end here"],
    ["1a03 018001", { ids: ["1", "128"] }, -1, ""],
    ["1a02 0180", { ids: ["1"] }, 4, "the bytes end here"],
    ["00", {}, 0, "no field has the number 0"],
    ["0f", {}, 0, "field 1 is of wire type 7"],
    ["0c", {}, 0, "the end of group 1, which is not open"],
    ["a306 0801", { "100 (unknown, group)": map({ "1 (unknown, varint)": "1" }) }, 4, "end here"],
    ["10ffffffffffffffffffff01", {}, 1, "a varint has at most 10 bytes"],
  ])("%s", (bytes, fields, offset, message) => {
    const { stopped } = decodeProtobuf(hex(bytes), type);
    expect(decode(bytes)).toEqual([[map(fields)], offset === -1 ? undefined : offset]);
    expect(stopped?.message ?? "").toContain(message);
  });

  it("is bounded in depth", () => {
    expect(decodeProtobuf(Buffer.alloc(1e5, hex("a306")), type).stopped?.message).toContain(
      "nested",
    );
  });

  it("never throws", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const { stopped } = decodeProtobuf(bytes, type);
        if (stopped) expect(stopped.offset).toBeLessThanOrEqual(bytes.length);
      }),
      { numRuns: 500 },
    );
  });
});
