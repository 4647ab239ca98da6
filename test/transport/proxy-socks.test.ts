import { describe, expect, it } from "vitest";
import { parseProxy } from "../../src/transport/proxy.ts";
import { socksFailure, socksRequest } from "../../src/transport/proxy-socks.ts";
import { parseTarget } from "../../src/transport/target.ts";

const target = parseTarget("ws://h:81/");
const failure = (message: string, proxy = "socks5://me:hunter2@p") =>
  socksFailure(new Error(message), target, parseProxy(proxy, "--proxy"));

it.each([
  ["socks5://p", { host: "p", port: 1080, type: 5 }],
  ["socks5h://me@p:1", { host: "p", port: 1, type: 5, userId: "me" }],
  ["socks4a://me:pw@p", { host: "p", port: 1080, type: 4, userId: "me", password: "pw" }],
])("a request to %s", (text, proxy) => {
  expect(socksRequest(target, parseProxy(text, "--proxy"))).toEqual({
    command: "connect",
    proxy,
    destination: { host: "h", port: 81 },
  });
});

describe("a failure", () => {
  it.each([
    ["Socks5 proxy rejected connection - ConnectionRefused", "connection refused", "ECONNREFUSED"],
    ["Socks5 proxy rejected connection - HostUnreachable", "no route to the host", "EHOSTUNREACH"],
    ["Socks5 proxy rejected connection - NotAllowed", "its rules do not allow it", undefined],
    ["Socks4 Proxy rejected connection - (Failed)", "rejected or failed", undefined],
  ])("%s", (said, why, errno) => {
    const message = `the proxy p:1080 could not reach h:81: ${why}`;
    expect(failure(said)).toMatchObject({ exitCode: 16, message, errno });
  });

  it.each([
    ["Socks5 proxy rejected connection - undefined", "did not answer as a SOCKS5 proxy"],
    ["Socks5 proxy rejected connection - constructor", "did not answer as a SOCKS5 proxy"],
    ["Received invalid Socks5 initial handshake (x)", "did not answer as a SOCKS5 proxy"],
    ["Socks5 Authentication failed", "does not accept the credentials"],
    ["An invalid destination host was provided.", "cannot be asked for h:81: An invalid"],
  ])("%s", (said, message) => expect(failure(said).message).toMatch(`the proxy p:1080 ${message}`));

  it("tells where credentials go", () => {
    const said = "Received invalid Socks5 initial handshake (no accepted authentication type)";
    expect(failure(said)).toMatchObject({
      message: "the proxy p:1080 wants credentials",
      hint: "Put them into its address: socks5://USER:PASSWORD@p:1080.",
    });
    expect(failure("Received invalid Socks4 handshake", "socks4://p").message).toMatch(/a SOCKS4 /);
  });
});
