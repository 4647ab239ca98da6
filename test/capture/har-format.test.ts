import { describe, expect, it } from "vitest";
import { connectMs, harStart, harTimings } from "../../src/capture/har-format.ts";
import type { HandshakeEvent } from "../../src/transport/events.ts";
import { hex, utf8 } from "../helpers/bytes.ts";
import { handshake } from "../helpers/har.ts";
import { http2Handshake } from "../helpers/http2-handshake.ts";

function start(event: HandshakeEvent) {
  return harStart(event, { showSecrets: false });
}

describe("harStart", () => {
  it("tells the handshake as Chrome does", () => {
    expect(start(handshake("7"))).toEqual({
      _resourceType: "websocket",
      startedDateTime: "2023-11-14T22:13:19.990000Z",
      request: {
        method: "GET",
        url: "ws://example.test:8080/live?x=1&token=***",
        httpVersion: "HTTP/1.1",
        headers: [
          { name: "Host", value: "example.test:8080" },
          { name: "Cookie", value: "sid=***" },
        ],
        queryString: [
          { name: "x", value: "1" },
          { name: "token", value: "***" },
        ],
        cookies: [],
        // What was sent, and not what is shown of it.
        headersSize: 84,
        bodySize: 0,
      },
      response: {
        status: 101,
        statusText: "Switching Protocols",
        httpVersion: "HTTP/1.1",
        headers: [
          { name: "Sec-WebSocket-Protocol", value: "chat" },
          {
            name: "Sec-WebSocket-Extensions",
            value: "permessage-deflate; server_max_window_bits=12",
          },
        ],
        cookies: [],
        content: { size: 0, mimeType: "x-unknown" },
        redirectURL: "",
        headersSize: 139,
        bodySize: 0,
        _transferSize: 139,
      },
      cache: {},
      serverIPAddress: "::1",
      connection: "8080",
    });
  });

  it("tells what came over HTTP/2, whose heads have no size that is known", () => {
    const { request, response } = start(http2Handshake(403, { body: utf8("no") }));
    expect(request).toMatchObject({ method: "CONNECT", httpVersion: "HTTP/2", headersSize: -1 });
    expect(request.headers).toContainEqual({ name: ":path", value: "/chat?token=***&room=1" });
    expect(response).toMatchObject({
      status: 403,
      statusText: "",
      httpVersion: "HTTP/2",
      headersSize: -1,
      _transferSize: 2,
    });
    expect(JSON.stringify([request, response])).not.toContain("s3cret");
  });

  it("shows secrets only where they are asked for", () => {
    expect(JSON.stringify(start(handshake("1")))).not.toContain("s3cret");
    const shown = harStart(handshake("1"), { showSecrets: true });
    expect(JSON.stringify(shown).match(/s3cret/g)).toHaveLength(3);
  });

  it.each<[Uint8Array, object]>([
    [utf8("who are <you>?"), { size: 14, mimeType: "text/plain", text: "who are <you>?" }],
    [hex("00ff"), { size: 2, mimeType: "text/plain", text: "AP8=", encoding: "base64" }],
  ])("has status, headers and body of a refusal: %o", (body, content) => {
    const headers = [
      ["Content-Type", "text/plain"],
      ["Location", "/login?token=s3cret"],
    ] as const;
    const response = { startLine: "HTTP/1.1 401 Unauthorized", headers };
    expect(start(handshake("1", { response, body })).response).toMatchObject({
      status: 401,
      statusText: "Unauthorized",
      content,
      redirectURL: "/login?token=***",
      bodySize: body.length,
    });
  });

  it("is told whatever the URL and the heads hold", () => {
    const head = { startLine: "\ud800", headers: [["\u0000", '"\n\u001b[2J']] } as const;
    const odd = handshake("1", { url: "no url", request: head, response: head, remote: "" });
    expect(start(odd)).toMatchObject({
      request: { method: "GET", url: "no url", queryString: [], headers: [{ name: "\0" }] },
      response: { status: 0, statusText: "" },
      serverIPAddress: "",
    });
  });
});

it.each([
  ["192.0.2.1:443", "192.0.2.1", "443"],
  ["[::1]:8080", "::1", "8080"],
  ["/run/x.sock", "", ""],
  ["", "", ""],
])("tells the server %j as Chrome does", (remote, serverIPAddress, connection) => {
  expect(start(handshake("1", { remote }))).toMatchObject({ serverIPAddress, connection });
});

describe("harTimings", () => {
  const timings = (given: HandshakeEvent["timings"]) =>
    harTimings(handshake("1", { timings: given }), 5);

  it("counts TLS to connecting", () => {
    expect(timings({ dns: 1, tcp: 2.00049, tls: 3, upgrade: 4 })).toEqual({
      blocked: -1,
      dns: 1,
      connect: 5,
      ssl: 3,
      send: 0,
      wait: 4,
      receive: 5,
    });
  });

  it("says -1 of phases that did not occur", () => {
    expect(timings({ tcp: 2 })).toMatchObject({ dns: -1, connect: 2, ssl: -1, wait: 0 });
    expect(timings({})).toMatchObject({ connect: -1 });
  });

  it("adds up to the time of the handshake", () => {
    expect(connectMs({ timings: { dns: 1, tcp: 2, tls: 3, upgrade: 4 } })).toBe(10);
    expect(connectMs({ timings: {} })).toBe(0);
  });
});
