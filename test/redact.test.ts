import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { redactHead, redactText, redactUrl } from "../src/redact.ts";

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
    [":path", "/chat?room=1&access_token=abc", "/chat?room=1&access_token=***"],
    ["Location", "/?csrf=abc&x_xsrf=d", "/?csrf=***&x_xsrf=***"],
    ["X-CSRF", "abc", "***"],
    [":authority", "me:pw@h:1", "***@h:1"],
    [":authority", "h:1", "h:1"],
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

describe("redactText", () => {
  it.each([
    ["a member", '{"type":"auth","token":"abc"}', '{"type":"auth","token":"***"}'],
    ["a member with escapes in it", '{"password": "a\\"b", "x":1}', '{"password": "***", "x":1}'],
    ["a number", '{"pwd":1234,"id":7}', '{"pwd":"***","id":7}'],
    [
      "a list and an object",
      '{"auth":["u","p"],"credentials":{"u":1}}',
      '{"auth":"***","credentials":"***"}',
    ],
    [
      "members within",
      '{"auth":{"a":{"user":"u","pass":"p"}}}',
      '{"auth":{"a":{"user":"u","pass":"***"}}}',
    ],
    ["a member in an object", '{"data":{"token":"abc","a":1}}', '{"data":{"token":"***","a":1}}'],
    ["a member that is not ended", '{"apiKey":"abc', '{"apiKey":"***"'],
    [
      "JSON within JSON",
      String.raw`{"body":"{\"token\":\"abc\",\"a\":1}"}`,
      String.raw`{"body":"{\"token\":\"***\",\"a\":1}"}`,
    ],
    [
      "JSON within JSON within JSON",
      String.raw`"\\\"token\\\": \\\"abc\\\""`,
      String.raw`"\\\"token\\\": \\\"***\\\""`,
    ],
    ["a parameter", "/sub room?token=abc&x=1", "/sub room?token=***&x=1"],
    [
      "a setting",
      'login user=ann password=abc key="a b" x=1',
      "login user=ann password=*** key=*** x=1",
    ],
    ["a URL", "see wss://me:pw@h/x?sig=abc#a", "see wss://***@h/x?sig=***#a"],
    ["a header", "Authorization: Basic dTpw", "Authorization: Basic ***"],
    ["a header in quotes", "-H 'X-Api-Key: abc' -x hi", "-H 'X-Api-Key: ***' -x hi"],
    ["a header after another word", "note: token: abc", "note: token: ***"],
    ["headers on lines", "Cookie: a=b; c=d\nHost: h", "Cookie: a=***; c=***\nHost: h"],
    ["a scheme with its credentials", "send Bearer abc.def now", "send Bearer *** now"],
    ["a JSON Web Token", "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.c2ln!", "***!"],
  ])("%s", (_, text, redacted) => expect(redactText(text)).toBe(redacted));

  it.each([
    "",
    "hello world",
    '{"type":"subscribe","channel":"trades","tokens":3,"key_id":"k"}',
    "/ping 12:30:45",
    "ws://127.0.0.1:9000/chat?room=1",
    "a=b&c=d",
    "the bearer",
    '{"token":null,"password":true}',
    "eyJ is how they begin",
  ])("leaves %s", (text) => expect(redactText(text)).toBe(text));

  it("never leaves a named secret, whatever it holds", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^S3CRET[^\n]*$/), (secret) => {
        expect(redactText(JSON.stringify({ a: 1, token: secret }))).toBe('{"a":1,"token":"***"}');
      }),
    );
  });
});
