import { describe, expect, it } from "vitest";
import { FramecatError } from "../../src/errors.ts";
import { addressFamily, parseTarget, placeOf } from "../../src/transport/target.ts";

/** Asserts that the address is refused as a usage error whose message matches. */
function expectRefused(text: string, message: RegExp): void {
  try {
    parseTarget(text);
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(FramecatError);
    expect((thrown as FramecatError).code).toBe("usage");
    expect((thrown as FramecatError).message).toMatch(message);
    return;
  }
  expect.unreachable(`${JSON.stringify(text)} was taken`);
}

describe("addresses", () => {
  it.each([
    // [address, url, hostname, port, host header, path]
    ["ws://h", "ws://h/", "h", 80, "h", "/"],
    ["ws://h:80/", "ws://h/", "h", 80, "h", "/"],
    ["ws://h:8080/a/b?c=d&e", "ws://h:8080/a/b?c=d&e", "h", 8080, "h:8080", "/a/b?c=d&e"],
    ["ws://h?token=1", "ws://h/?token=1", "h", 80, "h", "/?token=1"],
    ["ws://h:65535/", "ws://h:65535/", "h", 65_535, "h:65535", "/"],
    ["WS://EXAMPLE.com/Path", "ws://example.com/Path", "example.com", 80, "example.com", "/Path"],
    ["wss://h", "wss://h/", "h", 443, "h", "/"],
    ["wss://h:443/x", "wss://h/x", "h", 443, "h", "/x"],
    ["wss://h:80/x", "wss://h:80/x", "h", 80, "h:80", "/x"],
    ["http://h:3000/s", "ws://h:3000/s", "h", 3000, "h:3000", "/s"],
    ["https://h/s", "wss://h/s", "h", 443, "h", "/s"],
    ["HTTPS://h", "wss://h/", "h", 443, "h", "/"],
    [":8080", "ws://localhost:8080/", "localhost", 8080, "localhost:8080", "/"],
    [":8080/chat?x", "ws://localhost:8080/chat?x", "localhost", 8080, "localhost:8080", "/chat?x"],
    ["h", "ws://h/", "h", 80, "h", "/"],
    ["h/p", "ws://h/p", "h", 80, "h", "/p"],
    ["h:8080/path", "ws://h:8080/path", "h", 8080, "h:8080", "/path"],
    ["localhost:9000", "ws://localhost:9000/", "localhost", 9000, "localhost:9000", "/"],
    ["h:443", "wss://h/", "h", 443, "h", "/"],
    ["h:443/p?q", "wss://h/p?q", "h", 443, "h", "/p?q"],
    ["h:4430", "ws://h:4430/", "h", 4430, "h:4430", "/"],
    ["127.0.0.1:1", "ws://127.0.0.1:1/", "127.0.0.1", 1, "127.0.0.1:1", "/"],
    ["ws://[::1]:8080/", "ws://[::1]:8080/", "::1", 8080, "[::1]:8080", "/"],
    ["[::1]:8080", "ws://[::1]:8080/", "::1", 8080, "[::1]:8080", "/"],
    ["wss://[2001:db8::2]", "wss://[2001:db8::2]/", "2001:db8::2", 443, "[2001:db8::2]", "/"],
    ["[::1]:443", "wss://[::1]/", "::1", 443, "[::1]", "/"],
    [
      "ws://bücher.example/",
      "ws://xn--bcher-kva.example/",
      "xn--bcher-kva.example",
      80,
      "xn--bcher-kva.example",
      "/",
    ],
    [
      "ws://h/ä/☃?q=ü",
      "ws://h/%C3%A4/%E2%98%83?q=%C3%BC",
      "h",
      80,
      "h",
      "/%C3%A4/%E2%98%83?q=%C3%BC",
    ],
    ["ws://h/%20%2F", "ws://h/%20%2F", "h", 80, "h", "/%20%2F"],
  ])("%s", (text, url, hostname, port, host, path) => {
    const target = parseTarget(text);
    expect(target).toEqual({ url, secure: url.startsWith("wss:"), hostname, port, host, path });
  });

  it.each([
    ["ws://user:pass@h/", "user:pass"],
    ["ws://user@h/", "user:"],
    ["ws://:secret@h/", ":secret"],
    ["ws://u%40x:p%3Aw@h/", "u@x:p:w"],
    ["ws://u:100%25@h/", "u:100%"],
    ["ws://u:50%@h/", "u:50%"],
    ["u:p@h:8080/", "u:p"],
  ])("keeps the credentials of %s apart", (text, credentials) => {
    const target = parseTarget(text);
    expect(target.credentials).toBe(credentials);
    expect(target.url).toMatch(/^ws:\/\/h(:8080)?\/$/);
  });

  it.each([
    ["", /no WebSocket address/],
    [":", /no WebSocket address/],
    ["/", /no WebSocket address/],
    ["/path", /no WebSocket address/],
    ["?q", /no WebSocket address/],
    ["ws://", /no WebSocket address/],
    ["ws:///path", /no WebSocket address/],
    ["ws:/h/path", /no WebSocket address/],
    ["ws:h", /no WebSocket address/],
    ["h:/path", /no WebSocket address/],
    ["h:", /no WebSocket address/],
    ["ws://h:/", /no WebSocket address/],
    ["ws://h:65536/", /no WebSocket address/],
    [":99999", /no WebSocket address/],
    [":80x", /no WebSocket address/],
    ["ws://h:-1/", /no WebSocket address/],
    ["ws://h:0/", /no WebSocket address/],
    [":0", /no WebSocket address/],
    ["ws://a b/", /no WebSocket address/],
    ["ws://h/a b", /no WebSocket address/],
    ["ws://h/\u0000", /no WebSocket address/],
    ["ws://h/\r\nX: y", /no WebSocket address/],
    [" ws://h", /no WebSocket address/],
    ["ws://h/\u009b", /no WebSocket address/],
    ["ws://[::1", /no WebSocket address/],
    ["ws://[zz]/", /no WebSocket address/],
    ["ws://999.1.1.1/", /no WebSocket address/],
    ["ws://h\\path", /no WebSocket address/],
    ["ws://h/#", /fragment/],
    ["ws://h/#top", /fragment/],
    ["h:8080/#x", /fragment/],
    ["ftp://h/", /scheme ftp/],
    ["file:///etc/passwd", /scheme file/],
    ["constructor://h/", /scheme constructor/],
    ["javascript:alert(1)", /no WebSocket address/],
  ])("refuses %j", (text, message) => expectRefused(text, message));

  it("names the flag that it was given with", () => {
    expect(() => parseTarget("ftp://h/", "--to")).toThrow(/^--to "ftp:\/\/h\/": the scheme ftp/);
    expect(() => parseTarget("ws://", "--to")).toThrow(/^--to "ws:\/\/" is no WebSocket/);
    expect(() => parseTarget("ws+unix:/", "--to")).toThrow(/^--to "ws\+unix:\/" is no address/);
  });

  it("does not repeat a password in what it refuses", () => {
    for (const text of ["ws://user:hunter2@h/#x", "user:hunter2@h:99999", "ftp://user:hunter2@h"]) {
      expectRefused(text, /^(?!.*hunter2)/);
    }
  });
});

describe("unix sockets", () => {
  it.each([
    ["ws+unix:/run/app.sock", "/run/app.sock", "/"],
    ["ws+unix:/run/app.sock:/chat?x=1", "/run/app.sock", "/chat?x=1"],
    ["ws+unix:/run/app.sock:chat", "/run/app.sock", "/chat"],
    ["ws+unix:///run/app.sock:/chat", "/run/app.sock", "/chat"],
    ["WS+UNIX:./a.sock:/b:c", "./a.sock", "/b:c"],
    ["ws+unix:/run/a.sock:", "/run/a.sock", "/"],
  ])("%s", (text, socketPath, path) => {
    expect(parseTarget(text)).toEqual({
      url: `ws+unix:${socketPath}:${path}`,
      secure: false,
      hostname: "localhost",
      port: 0,
      host: "localhost",
      socketPath,
      path,
    });
  });

  it("speak TLS where that is said", () => {
    expect(parseTarget("wss+unix:/run/a.sock:/p")).toMatchObject({
      url: "wss+unix:/run/a.sock:/p",
      secure: true,
      socketPath: "/run/a.sock",
    });
  });

  it.each([
    "wss+unix:",
    "ws+unix:",
    "ws+unix://",
    "ws+unix::/p",
    "ws+unix:/a:/p#f",
    "ws+unix:/a:/p q",
    "ws+unix:/a\n:/p",
  ])("refuses %j", (text) => expectRefused(text, /no address of a unix socket/));
});

it.each([
  ["ws://h/", "h:80"],
  ["ws://[::1]:8080/", "[::1]:8080"],
  ["ws+unix:/run/a.sock:/p", "/run/a.sock"],
])("calls %s %s", (text, place) => expect(placeOf(parseTarget(text))).toBe(place));

it.each([
  ["ws://h/", undefined],
  ["ws://10.0.0.1/", 4],
  ["ws://[::1]/", 6],
  ["ws+unix:/run/a.sock", "unix"],
])("the kind of address of %s is %s", (text, family) => {
  expect(addressFamily(parseTarget(text))).toBe(family);
});
