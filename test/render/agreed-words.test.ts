import { describe, expect, it } from "vitest";
import { agreedSpans } from "../../src/render/agreed-words.ts";
import type { HandshakeEvent } from "../../src/transport/events.ts";
import { styleSpans } from "../../src/render/span.ts";
import { createTheme } from "../../src/render/theme.ts";
import type { TlsFacts } from "../../src/transport/events.ts";

const opened: HandshakeEvent = {
  type: "handshake",
  conn: "1",
  at: { epochUs: Date.UTC(2026, 1, 1) * 1000, ns: 0n },
  role: "client",
  url: "ws://192.0.2.1/",
  remote: "192.0.2.1:80",
  request: { startLine: "", headers: [["Origin", "http://a.test/?token=abc"]] },
  response: { startLine: "", headers: [] },
  timings: {},
  violations: [],
};
const theme = createTheme(0);

function items(event: Partial<HandshakeEvent>, look = { theme, showSecrets: false }): string[] {
  return agreedSpans({ ...opened, ...event }, look).map((item) => styleSpans([item]));
}

describe("the way", () => {
  it.each([
    ["ws://192.0.2.1/", "192.0.2.1:80", []],
    ["ws://u:p@192.0.2.1:80/x", "192.0.2.1:80", []],
    ["ws://[::1]:9/", "[::1]:9", []],
    ["ws://localhost:9/", "[::1]:9", ["at [::1]:9"]],
    ["wss://a.test", "192.0.2.1:443", ["at 192.0.2.1:443"]],
    ["ws://192.0.2.1.a.test/", "192.0.2.1:80", ["at 192.0.2.1:80"]],
    ["ws://a.test/", "/run/\x1b.sock", ["at /run/\\x1b.sock"]],
    ["ws://a.test/", "", []],
  ])("to %s at %s", (url, remote, expected) => {
    expect(items({ url, remote })).toEqual(expected);
  });

  it("through a proxy names that, without its secrets", () => {
    const proxy = "http://user:secret@proxy.test:3128";
    const url = "ws://a.test/";
    expect(items({ url, proxy })).toEqual(["via proxy http://***@proxy.test:3128"]);
    expect(items({ url, proxy }, { theme, showSecrets: true })).toEqual([`via proxy ${proxy}`]);
  });

  it("of who came is in the first line already", () => {
    const event = { role: "server", url: "ws://localhost/" } as const;
    expect(items(event)).toEqual(["origin http://a.test/?token=***"]);
  });
});

it("HTTP/2 is told, and the usual version is not", () => {
  const request = { startLine: "CONNECT / HTTP/2", headers: [] };
  expect(items({ request })).toEqual(["HTTP/2"]);
  expect(items({ request: { startLine: "GET / HTTP/1.1", headers: [] } })).toEqual([]);
});

describe("permessage-deflate", () => {
  const usual = {
    serverNoContextTakeover: false,
    clientNoContextTakeover: false,
    serverMaxWindowBits: 15,
    clientMaxWindowBits: 15,
  };
  it.each([
    [{}, "permessage-deflate"],
    [{ clientMaxWindowBits: 9 }, "permessage-deflate, client window 2^9"],
    [
      { serverMaxWindowBits: 12, clientNoContextTakeover: true, serverNoContextTakeover: true },
      "permessage-deflate, server window 2^12, client without context takeover, server without context takeover",
    ],
  ])("%j", (params, words) => {
    expect(items({ deflate: { ...usual, ...params } })).toEqual([words]);
  });
});

describe("TLS", () => {
  const tls: TlsFacts = { version: "TLSv1.3", cipher: "TLS_AES_128_GCM_SHA256", authorized: true };
  const certificate = (validTo: string, subject = "CN=a.test, O=Test") => ({
    ...tls,
    peer: { subject, issuer: "", validFrom: "", validTo, fingerprint256: "" },
  });
  const WITH = "TLS 1.3 with TLS_AES_128_GCM_SHA256";

  it.each([
    ["2026-04-03T12:00:00Z", "certificate of a.test valid 61 days"],
    ["2026-02-15T01:00:00Z", "certificate of a.test valid 14 days"],
    ["2026-02-14T23:00:00Z", "certificate of a.test valid only 13 days"],
    ["2026-02-02T01:00:00Z", "certificate of a.test valid only 1 day"],
    ["2026-02-01T01:00:00Z", "certificate of a.test valid only 0 days"],
    ["2026-01-31T23:00:00Z", "certificate of a.test expired 1 day ago"],
    ["", "certificate of a.test"],
  ])("with a certificate until %j", (validTo, words) => {
    expect(items({ tls: certificate(validTo) })).toEqual([WITH, words]);
  });

  it("warns of what is soon over or not verified", () => {
    const colored = (facts: TlsFacts) =>
      items({ tls: facts }, { theme: createTheme(1), showSecrets: false });
    expect(colored(certificate("2026-02-05T00:00:00Z"))[1]).toMatch(/^\x1b\[33m/);
    expect(colored(certificate("2026-01-05T00:00:00Z"))[1]).toMatch(/^\x1b\[31m/);
    expect(colored(certificate("2026-05-05T00:00:00Z"))[1]).not.toContain("\x1b");
    expect(items({ tls: { ...certificate(""), authorized: false } })).toEqual([
      WITH,
      "certificate of a.test",
      "certificate not verified",
    ]);
  });

  it("says nothing of a certificate that was not there to be verified", () => {
    expect(items({ tls: { ...tls, version: "TLSv1.2", cipher: "x", authorized: false } })).toEqual([
      "TLS 1.2 with x",
    ]);
  });

  it.each([
    ["O=Only, C=DE", "certificate of O=Only, C=DE"],
    ["", "certificate"],
    ["CN=\x1b[2J", "certificate of \\x1b[2J"],
    ["O=x CN=no, CN=yes", "certificate of yes"],
  ])("whose subject is %j", (subject, words) => {
    expect(items({ tls: certificate("", subject) })[1]).toBe(words);
  });
});
