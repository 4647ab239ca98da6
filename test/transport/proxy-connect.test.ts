import { describe, expect, it } from "vitest";
import { parseProxy } from "../../src/transport/proxy.ts";
import { type ConnectAnswer, ProxyConnect } from "../../src/transport/proxy-connect.ts";
import { parseTarget } from "../../src/transport/target.ts";

const talk = (proxy = "http://p:3128", target = "ws://h:81/x") =>
  new ProxyConnect(parseTarget(target), parseProxy(proxy, "--proxy"));

/** What the pieces come to; nothing may follow an answer. */
function answer(pieces: readonly (string | Uint8Array)[], exchange = talk()): ConnectAnswer {
  let answered: ConnectAnswer = { state: "more" };
  for (const piece of pieces) {
    expect(answered.state).toBe("more");
    answered = exchange.push(Buffer.from(piece as string, "latin1"));
  }
  return answered;
}

/** The failure, the same whether the text comes whole or byte by byte. */
function failureOf(text: string, proxy?: string) {
  const whole = answer([text], talk(proxy));
  const exchange = talk(proxy);
  let bytewise: ConnectAnswer = { state: "more" };
  for (const byte of Buffer.from(text, "latin1")) {
    if (bytewise.state === "more") bytewise = exchange.push(Buffer.of(byte));
  }
  if (whole.state !== "failed" || bytewise.state !== "failed") return expect.unreachable("no fail");
  expect(bytewise.failure.code).toBe(whole.failure.code);
  expect(whole.failure.code).toBe("proxy");
  return whole.failure;
}

describe("the request", () => {
  const request = (proxy?: string, target?: string) =>
    Buffer.from(talk(proxy, target).bytes).toString();

  it("asks for the host and port", () => {
    expect(request()).toBe("CONNECT h:81 HTTP/1.1\r\nHost: h:81\r\n\r\n");
    expect(request("http://p", "wss://[::1]")).toMatch(
      /^CONNECT \[::1\]:443 HTTP\/1.1\r\nHost: \[::1\]:443\r\n/,
    );
  });

  it.each([
    ["http://me:pw@p", "me:pw"],
    ["http://me@p", "me:"],
    ["http://:pw@p", ":pw"],
    ["http://m%C3%BC:p%3Aw@p", "mü:p:w"],
  ])("carries the credentials of %s", (proxy, credentials) => {
    const basic = Buffer.from(credentials).toString("base64");
    expect(request(proxy)).toContain(`\r\nProxy-Authorization: Basic ${basic}\r\n`);
  });
});

describe("the answer", () => {
  const OPEN = "HTTP/1.1 200 Connection established\r\nVia: x\r\n\r\n";

  it.each([OPEN, "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\n", "HTTP/1.1 204\r\n\r\n"])(
    "%j opens the tunnel",
    (text) => {
      expect(answer([text])).toMatchObject({ state: "open", rest: Buffer.alloc(0) });
      expect(answer(text.split(""))).toMatchObject({ state: "open" });
    },
  );

  it("leaves what came through the tunnel", () => {
    expect(answer([`${OPEN}\x16\x03`])).toMatchObject({ rest: Buffer.of(0x16, 3) });
  });

  it("may follow interim ones", () => {
    const text = `HTTP/1.1 100 Continue\r\n\r\n${OPEN}x`;
    expect(answer([text])).toMatchObject({ state: "open", rest: Buffer.from("x") });
  });

  it.each([
    ["502 Bad Gateway", "the proxy p:3128 could not reach h:81: 502 Bad Gateway"],
    ["504", "the proxy p:3128 could not reach h:81: 504"],
    ["403 Forbidden", "the proxy p:3128 refused a tunnel to h:81: 403 Forbidden"],
    ["301 Moved", "the proxy p:3128 refused a tunnel to h:81: 301 Moved"],
    ["500 Oops", "the proxy p:3128 refused a tunnel to h:81: 500 Oops"],
  ])("%s fails", (status, message) => {
    expect(failureOf(`HTTP/1.1 ${status}\r\n\r\n`).message).toBe(message);
  });

  it("407 wants credentials, or others", () => {
    const text = "HTTP/1.1 407 Auth\r\nProxy-Authenticate: Basic realm=x\r\n\r\n";
    expect(failureOf(text)).toMatchObject({
      message: "the proxy p:3128 wants credentials: 407 Auth",
      hint: "Put them into its address: http://USER:PASSWORD@p:3128.",
    });
    expect(failureOf(text, "http://me:hunter2@p:3128").message).toBe(
      "the proxy p:3128 does not accept the credentials: 407 Auth",
    );
    expect(failureOf(text.replace("Basic realm=x", "NTLM"), "me:hunter2@p:3128").message).toBe(
      "the proxy p:3128 wants credentials by NTLM, framecat knows Basic alone: 407 Auth",
    );
  });

  it.each([
    ["SSH-2.0-OpenSSH_9.2\r\n", /not HTTP.* it began with "SS?/],
    ["\x05\x00", /not HTTP/],
    ["HTTP/1.1 abc\r\n\r\n", /no status/],
    ["HTTP/1.1 200 OK\r\nbad line\r\n\r\n", /malformed/],
  ])("%j is none", (text, message) => {
    const { message: said } = failureOf(text);
    expect(said).toMatch(/^the proxy p:3128 did not answer as an HTTP proxy: /);
    expect(said).toMatch(message);
  });

  it("is bounded", () => {
    const line = `X: ${"a".repeat(1020)}\r\n`;
    const exchange = talk();
    exchange.push(Buffer.from("HTTP/1.1 200 OK\r\n"));
    let pushed = 0;
    while (exchange.push(Buffer.from(line)).state === "more") expect(pushed++).toBeLessThan(70);
    expect(pushed).toBeGreaterThan(50);
    expect(failureOf(`HTTP/1.1 403 ${"x".repeat(5000)}\r\n\r\n`).message.length).toBeLessThan(200);
  });
});
