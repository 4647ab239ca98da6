import { describe, expect, it } from "vitest";
import { acceptKeyLines } from "../../src/render/accept-key-lines.ts";
import { createTheme } from "../../src/render/theme.ts";

/** The example of RFC 6455, section 1.3. */
const KEY = "dGhlIHNhbXBsZSBub25jZQ==";
const ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

function lines(key: string | undefined, accept: string | undefined): string[] {
  const head = (name: string, value: string | undefined) => ({
    startLine: "",
    headers: value === undefined ? [] : [[name, value] as const],
  });
  const request = head("sec-websocket-key", key);
  const response = head("SEC-WEBSOCKET-ACCEPT", accept);
  return acceptKeyLines({ request, response }, createTheme(0));
}

describe("the check of the accept key", () => {
  it("is worked out", () => {
    expect(lines(KEY, ACCEPT)).toEqual([
      `key      ${KEY}`,
      "SHA-1    b37a4f2cc0624f1690f64606cf385945b2bec4ea of key + GUID",
      `expected ${ACCEPT}`,
      `received ${ACCEPT}  matches`,
    ]);
  });

  it("tells what differs", () => {
    expect(lines(KEY, KEY).slice(2)).toEqual([`expected ${ACCEPT}`, `received ${KEY}  differs`]);
  });

  it("is none where one of the headers is missing", () => {
    expect([...lines(undefined, ACCEPT), ...lines(KEY, undefined)]).toEqual([]);
  });

  it("escapes what came", () => {
    expect(lines("\u009b", "\u202e").join("")).toMatch(/\\u009b.*\\u202e {2}differs$/);
  });
});
