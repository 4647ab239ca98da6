import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { keyReaders, leadingNumber, type Match, parseMatch } from "../../src/scenario/matcher.ts";
import { numberedPayload } from "../../src/scenario/payload.ts";
import { utf8 } from "../helpers/bytes.ts";

async function readersOf(text: string) {
  const readers = await keyReaders(await parseMatch(text, "--match"), "--match");
  return readers!;
}

describe("parseMatch", () => {
  it.each<[string, Match]>([
    ["order", { by: "order" }],
    ["seq", { by: "seq" }],
    ["json:$.id", { by: "json", request: "$.id", reply: "$.id" }],
    ["json:$.id=$.reply_to", { by: "json", request: "$.id", reply: "$.reply_to" }],
    [`json:$["a=b"]=$['c=d']`, { by: "json", request: `$["a=b"]`, reply: `$['c=d']` }],
    [`json:$["a\\"]=$"]`, { by: "json", request: `$["a\\"]=$"]`, reply: `$["a\\"]=$"]` }],
    [
      "json:$.x[?@.a==$.b].id=$.x[?@.k=='='].id",
      { by: "json", request: "$.x[?@.a==$.b].id", reply: "$.x[?@.k=='='].id" },
    ],
  ])("%s", async (text, match) => expect(await parseMatch(text, "--match")).toEqual(match));

  it.each([
    ["", '--match "" is no way to match replies'],
    ["Order", "is no way to match replies"],
    ["json", "is no way to match replies"],
    ["json:", '--match: "" is no JSONPath'],
    ["json:id", '--match: "id" is no JSONPath'],
    ["json:$.id=", '--match: "" is no JSONPath'],
    ["json:$.id=$.[", '--match: "$.[" is no JSONPath'],
    ["json:$.a=$.b=$.c", '--match: "$.b=$.c" is no JSONPath'],
  ])("%j is none", async (text, message) => {
    await expect(parseMatch(text, "--match")).rejects.toMatchObject({
      code: "usage",
      message: expect.stringContaining(message),
    });
  });
});

describe("leadingNumber", () => {
  it.each([
    ["0", 0],
    ["42", 42],
    ["0000000042abc", 42],
    ["7 of 9", 7],
    ["123456789012345", 123_456_789_012_345],
    ["123456789012345x", 123_456_789_012_345],
    ["1234567890123456", undefined],
    ["", undefined],
    ["abc", undefined],
    [" 1", undefined],
    ["-1", undefined],
    ["١", undefined],
  ])("of %j is %s", (text, number) => {
    expect(leadingNumber(text)).toBe(number);
    expect(leadingNumber(utf8(text))).toBe(number);
  });

  it("is the number of a numbered message", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e10 - 1 }), (number) => {
        expect(leadingNumber(numberedPayload(number, 20))).toBe(number);
      }),
    );
  });
});

describe("keyReaders", () => {
  it("are none where the order decides", async () => {
    expect(await keyReaders({ by: "order" }, "--match")).toBeUndefined();
  });

  it("read the number for seq", async () => {
    const { request, reply } = await readersOf("seq");
    expect([request("12x"), reply(utf8("12y"))]).toEqual([12, 12]);
  });

  it("read each side at its own path", async () => {
    const { request, reply } = await readersOf("json:$.id=$.reply_to");
    const message = '{"id":"ä1","reply_to":2}';
    expect([request(message), reply(message)]).toEqual(["ä1", 2]);
    expect([request(utf8(message)), reply(utf8(message))]).toEqual(["ä1", 2]);
  });

  it("read a view of a larger buffer", async () => {
    const { reply } = await readersOf("json:$.id");
    expect(reply(utf8('xx{"id":3}yy').subarray(2, 10))).toBe(3);
  });

  it.each([
    ['{"id":"5"}', "5"],
    ['{"id":5}', 5],
    ['{"id":-1.5}', -1.5],
    ['{"id":9007199254740991}', 9_007_199_254_740_991],
    ['{"id":9007199254740993}', undefined],
    ['{"id":1e999}', undefined],
    ['{"id":true}', undefined],
    ['{"id":null}', undefined],
    ['{"id":{}}', undefined],
    ["{}", undefined],
    ["[]", undefined],
    ["null", undefined],
    ["", undefined],
    ["no JSON", undefined],
    ['{"id":5', undefined],
  ])("of %s is %j", async (payload, key) => {
    const { reply } = await readersOf("json:$.id");
    expect(reply(payload)).toBe(key);
    expect(reply(utf8(payload))).toBe(key);
  });
});
