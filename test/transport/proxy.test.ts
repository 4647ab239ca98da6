import { describe, expect, it } from "vitest";
import { FramecatError } from "../../src/errors.ts";
import { parseProxy, proxyFailure } from "../../src/transport/proxy.ts";

const parse = (text: string) => parseProxy(text, "--proxy");

/** The message of what it is refused with. */
function refusalOf(text: string): string {
  try {
    parse(text);
  } catch (thrown) {
    expect(thrown).toMatchObject({ code: "usage" });
    return (thrown as FramecatError).message;
  }
  return expect.unreachable(`${JSON.stringify(text)} was taken`);
}

describe("the address of a proxy", () => {
  it.each([
    ["http://proxy", "http", "proxy", 80],
    ["http://proxy:80/", "http", "proxy", 80],
    ["HTTP://Proxy.Example:3128/", "http", "proxy.example", 3128],
    ["https://proxy", "https", "proxy", 443],
    ["proxy:3128", "http", "proxy", 3128],
    ["127.0.0.1:3128", "http", "127.0.0.1", 3128],
    ["socks5://127.0.0.1", "socks5", "127.0.0.1", 1080],
    ["socks5h://[::1]:9050", "socks5h", "::1", 9050],
    ["socks5h://[::1]", "socks5h", "::1", 1080],
    ["socks://h:1", "socks5h", "h", 1],
    ["socks4://h", "socks4", "h", 1080],
    ["socks4a://h:80", "socks4a", "h", 80],
  ])("%s", (text, kind, hostname, port) => expect(parse(text)).toEqual({ kind, hostname, port }));

  it.each([
    ["http://me:pw@h:1", { username: "me", password: "pw" }],
    ["me:pw@h:1", { username: "me", password: "pw" }],
    ["socks5://me@h:1", { username: "me" }],
    ["http://u%40x:p%3Aw%20@h:1", { username: "u@x", password: "p:w " }],
    ["http://u:50%@h:1", { username: "u", password: "50%" }],
  ])("keeps the credentials of %s apart", (text, credentials) => {
    expect(parse(text)).toMatchObject({ hostname: "h", port: 1, ...credentials });
  });

  it.each([
    "",
    "http://",
    "http:///",
    "http://h:",
    "http://h:0",
    "http://h:65536",
    "http://h/path",
    "http://h?x",
    "http://h#x",
    "http://a b",
    "http://h\r\n",
    "http://999.1.1.1",
    "socks5://[::1",
    "ftp://h:21",
    "ws://h",
    "constructor://h",
    "http://h\\x",
  ])("refuses %j", (text) => {
    expect(refusalOf(text)).toMatch(/^--proxy ".*" is no address of a proxy$/);
  });

  it("does not repeat a secret in what it refuses", () => {
    for (const text of [
      "http://me:hunter2@h:99999",
      "me:hunter2@h:99999",
      "ftp://me:hunter2@h",
      "http://me:hunt/hunter2@h",
      `http://me:hunter2${"x".repeat(300)}@h`,
    ]) {
      expect(refusalOf(text)).not.toContain("hunter2");
    }
  });
});

describe("a failure of the proxy", () => {
  const proxy = parse("http://me:hunter2@p:81");
  const failure = (code: string, phase: "tcp" | "tls" = "tcp") =>
    proxyFailure(Object.assign(new Error("node's words"), { code }), proxy, phase);

  it.each([
    ["ECONNREFUSED", "the proxy p:81 refused the connection"],
    ["ENOTFOUND", "the proxy p does not resolve"],
    ["EHOSTUNREACH", "the proxy p:81 cannot be reached: no route to the host"],
    ["EPIPE", "the proxy p:81 closed the connection before the handshake was done"],
  ])("%s: %s", (code, message) => {
    expect(failure(code)).toMatchObject({ exitCode: 16, message, errno: code });
    expect(failure(code).hint ?? "").not.toContain("framecat listen");
  });

  it("of its certificate", () => {
    expect(failure("CERT_HAS_EXPIRED", "tls")).toMatchObject({
      exitCode: 16,
      message: "the proxy's TLS: TLS certificate has expired",
    });
  });

  it.each(["EMFILE", "ENFILE"])("is not what this machine lacks: %s", (code) => {
    expect(failure(code)).toMatchObject({ exitCode: 11, errno: code });
  });

  it("is no interruption", () => {
    const ours = new FramecatError("interrupted", "x");
    expect(proxyFailure(ours, proxy, "tcp")).toBe(ours);
  });
});
