import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { redactHead, redactUrl } from "../src/redact.ts";

describe("redactUrl", () => {
  it.each([
    ["userinfo", "wss://me:pw@h/x", "wss://***@h/x"],
    ["userinfo that holds an @", "ws://me:p@w@h:1/", "ws://***@h:1/"],
    ["userinfo of a proxy", "socks5h://me:pw@h:1080", "socks5h://***@h:1080"],
    ["a token", "ws://h/?token=abc&room=1", "ws://h/?token=***&room=1"],
    [
      "names in any case and clothing",
      "/?access_token=a&apiKey=b&X-Amz-Signature=c",
      "/?access_token=***&apiKey=***&X-Amz-Signature=***",
    ],
    ["a name that is percent-encoded", "/?to%6Ben=abc", "/?to%6Ben=***"],
    ["a fragment", "https://h/#access_token=abc", "https://h/#access_token=***"],
    ["a value that holds =", "/?sig=a=b&x=1", "/?sig=***&x=1"],
  ])("%s", (_, url, redacted) => expect(redactUrl(url)).toBe(redacted));

  it.each([
    "ws://127.0.0.1:9000/",
    "ws://h/chat?room=1&user=ann&keyboard=de&tokens=3",
    "ws://h/?token=",
    "ws://h/a@b?mail=x@y",
    "/path/token/abc",
    "ws://h/?%zz=1",
  ])("leaves %s", (url) => expect(redactUrl(url)).toBe(url));

  it("never leaves a secret, whatever it holds", () => {
    const secret = fc.stringMatching(/^S3CRET[\w.%+/-]*$/);
    fc.assert(
      fc.property(secret, (value) => {
        expect(redactUrl(`wss://u:${value.replaceAll("/", "")}@h/p?token=${value}&a=1`)).toBe(
          "wss://***@h/p?token=***&a=1",
        );
      }),
    );
  });
});

describe("redactHead", () => {
  const header = (name: string, value: string) =>
    redactHead({ startLine: "GET / HTTP/1.1", headers: [[name, value]] }).headers[0]?.[1];

  it.each([
    ["Authorization", "Bearer abc.def", "Bearer ***"],
    ["authorization", "Basic dTpw", "Basic ***"],
    ["Authorization", 'Digest username="u", response="r"', "Digest ***"],
    ["Authorization", "abc", "***"],
    ["Proxy-Authorization", "Basic dTpw", "Basic ***"],
    ["Cookie", "sid=abc; theme=dark", "sid=***; theme=***"],
    ["Cookie", "bare", "***"],
    ["Set-Cookie", "sid=a=b; Path=/; HttpOnly", "sid=***; Path=/; HttpOnly"],
    ["X-Api-Key", "abc", "***"],
    ["X-Auth-Token", "abc", "***"],
    ["Location", "https://h/login?token=abc", "https://h/login?token=***"],
    ["Sec-WebSocket-Protocol", "chat, bearer.eyJhbGci.x", "chat, bearer.***"],
    [
      "Sec-WebSocket-Protocol",
      "base64url.bearer.authorization.k8s.io.ZXlK",
      "base64url.bearer.authorization.***",
    ],
  ])("%s: %s", (name, value, redacted) => expect(header(name, value)).toBe(redacted));

  it.each([
    ["Host", "example.net"],
    ["Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="],
    ["Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="],
    ["Sec-WebSocket-Protocol", "chat, mqtt"],
    ["WWW-Authenticate", 'Basic realm="x"'],
    ["User-Agent", "framecat"],
  ])("leaves %s", (name, value) => expect(header(name, value)).toBe(value));

  it("redacts the request line, and leaves a status line", () => {
    const line = (startLine: string) => redactHead({ startLine, headers: [] }).startLine;
    expect(line("GET /x?token=abc&a=1 HTTP/1.1")).toBe("GET /x?token=***&a=1 HTTP/1.1");
    expect(line("HTTP/1.1 101 Switching Protocols")).toBe("HTTP/1.1 101 Switching Protocols");
  });
});
