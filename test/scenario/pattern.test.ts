import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parsePattern, type PayloadKind } from "../../src/scenario/pattern.ts";
import { hex, utf8 } from "../helpers/bytes.ts";
import { expectUsage } from "../helpers/usage.ts";

async function matches(pattern: string, payload: string | Uint8Array, kind?: PayloadKind) {
  const bytes = typeof payload === "string" ? utf8(payload) : payload;
  const parsed = await parsePattern(pattern, "--expect");
  return parsed.matches(bytes, kind ?? (typeof payload === "string" ? "text" : "binary"));
}

const STATUS = '{"status":"ok","n":7,"none":null,"list":[1,{"a":-0}],"deep":{"b":true},"s":"10"}';

describe("a pattern", () => {
  it.each<[string, string | Uint8Array, boolean]>([
    ["pong", "pong", true],
    ["pong", '{"type":"pong"}', true],
    ["pong", "PONG", false],
    ["pong", "", false],
    ["pong", utf8("xpongx"), true],
    ["ü", "für", true],
    ["/status", "GET /status", true],
    ["//", "a//b", true],
    ["a.c", "abc", false],
    ["/a.c/", "xabcx", true],
    ["/a.c/", utf8("abc"), true],
    ["/^a.c$/", "xabcx", false],
    ["/^abc$/", "ABC", false],
    ["/^abc$/i", "ABC", true],
    ["/^b$/m", "a\nb", true],
    ["/a.b/s", "a\nb", true],
    ["/^.$/u", "😀", true],
    ["/^.$/", "😀", false],
    ["/^[\\p{L}--[a-z]]$/v", "ä", true],
    ["/a/b/", "a/b", true],
    ["text:pong", "pong", true],
    ["text:pong", "pong ", false],
    ["text:pong", utf8("pong"), false],
    ["text:", "", true],
    ["text:/a/", "/a/", true],
    ["hex:01 02fF", hex("0102ff"), true],
    ["hex:0102", hex("010203"), false],
    ["hex:", hex(""), true],
    ["hex:61", "a", false],
    ["base64:AQI=", hex("0102"), true],
    ["base64:AQI", hex("0102"), true],
    ["base64:-_8", hex("fbff"), true],
    ["base64:AQI=", hex("01"), false],
  ])("%j against %j: %s", async (pattern, payload, expected) => {
    expect(await matches(pattern, payload)).toBe(expected);
  });

  it.each<[string, boolean]>([
    ["$.status=ok", true],
    ['$.status="ok"', true],
    ["$.status=OK", false],
    ["$.status", true],
    ["$.none", true],
    ["$.none=null", true],
    ["$.gone", false],
    ["$.gone=null", false],
    ["$.gone!=ok", false],
    ["$.status!=bad", true],
    ["$.status!=ok", false],
    ["$.n=7", true],
    ['$.n="7"', false],
    ["$.n=7.0", true],
    ["$.n>6", true],
    ["$.n>7", false],
    ["$.n>=7", true],
    ["$.n<8", true],
    ["$.n<7", false],
    ["$.n<=7", true],
    ["$.n<=6", false],
    ["$.n<z", false],
    ["$.s<9", false],
    ['$.s<"9"', true],
    ["$.status>a", true],
    ['$.list=[1,{"a":0}]', true],
    ['$.list=[{"a":0},1]', false],
    ["$.list=[1]", false],
    ['$.list={"0":1,"1":{"a":0}}', false],
    ['$.deep={"b":true}', true],
    ['$.deep={"b":true,"c":1}', false],
    ['$.deep={"c":true}', false],
    ["$.deep=/b/", false],
    ["$.status=/^o/", true],
    ["$.status=/^O/", false],
    ["$.status=/^O/i", true],
    ["$.n=/^7$/", true],
    ["$.none=/null/", true],
    ["$.list[?@.a==0].a", true],
    ["$.list[?@.a>=0]!=5", true],
    ["$['status']=ok", true],
    ["$.status=", false],
  ])("json:%s: %s", async (pattern, expected) => {
    expect(await matches(`json:${pattern}`, STATUS)).toBe(expected);
    expect(await matches(`json:${pattern}`, utf8(STATUS))).toBe(expected);
  });

  it.each(["", "no JSON", "{", "5"])("of JSON does not match %j", async (payload) => {
    expect(await matches("json:$.a", payload)).toBe(false);
  });

  it("of JSON survives what is nested without end", async () => {
    const nested = `${"[".repeat(1e5)}${"]".repeat(1e5)}`;
    expect(await matches("json:$=[[1]]", nested)).toBe(false);
    expect(await matches("json:$=/x/", nested)).toBe(false);
  });

  it("as a regular expression sees the first MiB", async () => {
    const before = "x".repeat(1024 * 1024 - 1);
    expect(await matches("/a/", `${before}ab`)).toBe(true);
    expect(await matches("/b/", `${before}ab`)).toBe(false);
    expect(await matches("b", `${before}ab`)).toBe(true);
  });

  it("of bytes matches these and no others", async () => {
    const bytes = fc.uint8Array({ maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(bytes, bytes, async (wanted, given) => {
        const same = Buffer.from(wanted).equals(given);
        for (const form of ["hex", "base64"] as const) {
          const pattern = `${form}:${Buffer.from(wanted).toString(form)}`;
          expect(await matches(pattern, wanted)).toBe(true);
          expect(await matches(pattern, given)).toBe(same);
        }
      }),
    );
  });

  it("keeps its text, and is told in quotes where it is plain", async () => {
    const told = async (text: string) => {
      const pattern = await parsePattern(text, "--expect");
      expect(pattern.text).toBe(text);
      return pattern.shown;
    };
    expect(await told("pong")).toBe('"pong"');
    expect(await told('{"a":1}')).toBe('{"a":1}');
    expect(await told("/a/i")).toBe("/a/i");
    expect(await told("json:$.a=1")).toBe("json:$.a=1");
  });
});

describe("what is no pattern", () => {
  it.each([
    ["", /^--expect is empty/],
    ["/a/g", /^--expect: "\/a\/g" has the flag g at character 4$/],
    ["/api/users", /has the flag e at character 8$/],
    ["/a/iy", /has the flag y at character 5$/],
    ["/(/", /^--expect: "\/\(\/" is no regular expression: Unterminated group$/],
    ["/a/ii", /no regular expression: Invalid flags/],
    ["json:", /^--expect: "" is no JSONPath/],
    ["json:status=ok", /^--expect: "status" is no JSONPath/],
    ["json:$.a=/(/", /^--expect: "\/\(\/" is no regular expression/],
    ["json:$.a!5", /^--expect: "json:\$.a!5" has no comparison at character 9$/],
    ["hex:0x", /^--expect: no hex from character 6 on$/],
    ["hex:012", /^--expect: no hex from character 8 on$/],
    ["base64:AQ=x", /^--expect: no base64 from character 10 on$/],
    ["base64:A", /^--expect: no base64 from character 8 on$/],
  ])("%j", (text, message) => expectUsage(parsePattern(text, "--expect"), message));
});
