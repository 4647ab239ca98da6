import { describe, expect, it } from "vitest";
import { HeadReader, type HttpHead } from "../../../src/protocol/http-head.ts";
import {
  answeredDeflate,
  asksForWebSocket,
  handshakeEvent,
  namesUpgrade,
  statusOf,
} from "../../../src/capture/streams/handshake.ts";
import { utf8 } from "../../helpers/bytes.ts";
import { request, response } from "../../helpers/talk.ts";

function head(text: string): HttpHead {
  const result = new HeadReader().push(utf8(text));
  if (result.state !== "head") throw new Error(text);
  return result.head;
}

const at = (ms: number) => ({ epochUs: ms * 1000, ns: BigInt(ms) * 1_000_000n });
const PLACE = { conn: "7", remote: "10.0.0.2:80", tls: undefined };
const TLS = { version: "TLS 1.3", cipher: "x" };

function event(
  ask: string,
  answer: string,
  place: typeof PLACE | (Omit<typeof PLACE, "tls"> & { tls: typeof TLS }) = PLACE,
) {
  const asked = { head: head(ask), method: "GET", at: at(1) };
  return handshakeEvent(asked, { head: head(answer), at: at(5) }, place);
}

describe("the handshake", () => {
  it("has what both said and agreed on", () => {
    const ask = request(
      "/x?y",
      "Sec-WebSocket-Protocol: chat, mqtt",
      "Sec-WebSocket-Extensions: permessage-deflate",
    );
    const found = event(
      ask,
      response(
        "Sec-WebSocket-Protocol: chat",
        "Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=10",
      ),
    );
    expect(found).toMatchObject({
      conn: "7",
      url: "ws://example.test/x?y",
      remote: "10.0.0.2:80",
      timings: { upgrade: 4 },
      subprotocol: "chat",
      deflate: { serverMaxWindowBits: 10, clientMaxWindowBits: 15 },
      violations: [],
    });
  });

  it("is judged on both sides", () => {
    const ask = request().replace("Version: 13", "Version: 12");
    const { violations } = event(ask, response("Sec-WebSocket-Protocol: x"));
    expect(violations.map(({ rule }) => rule)).toEqual(["request-version", "response-subprotocol"]);
  });

  it.each([
    ["401 Unauthorized", []],
    ["302 Found", []],
    ["200 OK", ["response-status"]],
  ])("may be refused, but not in other words: %s", (status, rules) => {
    const { violations } = event(request(), `HTTP/1.1 ${status}\r\n\r\n`);
    expect(violations.map(({ rule }) => rule)).toEqual(rules);
  });

  it("over TLS goes to wss", () => {
    expect(event(request(), response(), { ...PLACE, tls: TLS })).toMatchObject({
      url: "wss://example.test/",
      tls: TLS,
    });
  });

  it("to a proxy names the whole URL; without a Host the address counts", () => {
    expect(event(request("http://far.test/a"), response()).url).toBe("ws://far.test/a");
    const hostless = request().replace(/Host: .*\r\n/, "");
    expect(event(hostless, response()).url).toBe("ws://10.0.0.2:80/");
  });
});

it("what asks for WebSocket, rightly or not", () => {
  expect(asksForWebSocket(head(request()))).toBe(true);
  expect(asksForWebSocket(head("GET / HTTP/1.1\r\nSec-WebSocket-Key: x\r\n\r\n"))).toBe(true);
  expect(asksForWebSocket(head("GET / HTTP/1.1\r\nUpgrade: h2c\r\n\r\n"))).toBe(false);
  expect(namesUpgrade(head("GET / HTTP/1.1\r\nUpgrade: h2c\r\n\r\n"))).toBe(true);
});

it("compression as the response says it, even where it is wrong", () => {
  const terms = (text: string) =>
    answeredDeflate(head(response(`Sec-WebSocket-Extensions: ${text}`)));
  expect(terms("x-other")).toBeUndefined();
  expect(terms("permessage-deflate; client_max_window_bits=9")).toMatchObject({
    clientMaxWindowBits: 9,
    serverMaxWindowBits: 15,
  });
  expect(terms("permessage-deflate; server_max_window_bits=99")).toMatchObject({
    serverMaxWindowBits: 15,
  });
  expect(statusOf({ startLine: "nonsense", headers: [] })).toBe(0);
});
