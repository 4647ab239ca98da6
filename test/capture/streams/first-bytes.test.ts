import { describe, expect, it } from "vitest";
import { isTlsRecord, openingOf } from "../../../src/capture/streams/first-bytes.ts";
import { hex, utf8 } from "../../helpers/bytes.ts";

describe("what a connection begins with", () => {
  it.each([
    ["GET /chat HTTP/1.1", "request"],
    ["M-SEARCH * HTTP/1.1", "request"],
    ["CONNECT example.test:443", "request"],
    ["HTTP/1.1 200 OK", "response"],
    ["PRI * HTTP/2.0\r\n", "http2"],
    ["PRI * H", "more"],
    ["", "more"],
    ["GE", "more"],
    ["GET ", "more"],
    ["HTTP", "more"],
    ["HTTP/1.1 10", "more"],
    ["HTTP/1.1\r\nHost: example.test", "other"],
    ["SSH-2.0-OpenSSH", "other"],
    ["get / HTTP/1.1", "other"],
    ["GET\r\n", "other"],
    ["HTTP/2 200", "other"],
    ["220 mail.test", "other"],
    ["HELLOHELLOHELLOHELLOHELLO", "other"],
  ] as const)("%j: %s", (text, opening) => {
    const bytes = utf8(`..${text}..`);
    expect(openingOf(bytes, 2, bytes.length - 2)).toBe(opening);
  });

  it.each([
    ["16 03 01 00 50 01", "tls"],
    ["16 03 03 00 50 02", "tls"],
    ["16", "more"],
    ["16 03 01 00 50", "more"],
    ["16 04 01", "other"],
    ["16 03 01 00 50 0b", "other"],
    ["82 05", "other"],
    ["00 00 06 04 00 00 00 00 00 00 08 00 00 00 01", "http2Server"],
    ["00 00 06", "more"],
    ["00 00 06 01 00 00 00 00 00", "other"],
  ] as const)("%s: %s", (digits, opening) => {
    const bytes = hex(digits);
    expect(openingOf(bytes, 0, bytes.length)).toBe(opening);
  });
});

it("a record of TLS in midstream", () => {
  const is = (digits: string) => isTlsRecord(hex(digits), 0, hex(digits).length);
  expect(is("17 03 03 01 00")).toBe(true);
  expect(["17 03 03 01", "18 03 03 01 00", "17 02 03 01 00", "17 03 03 ff 00"].some(is)).toBe(
    false,
  );
});
