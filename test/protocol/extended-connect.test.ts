import { describe, expect, it } from "vitest";
import {
  type ExtendedConnect,
  judgeExtendedConnect,
  judgeExtendedResponse,
  offeredBy,
} from "../../src/protocol/extended-connect.ts";
import type { Headers } from "../../src/protocol/http-head.ts";
import type { RuleId } from "../../src/protocol/rules.ts";

/** The example of RFC 8441, section 5.1. */
const PSEUDO = {
  ":method": "CONNECT",
  ":protocol": "websocket",
  ":scheme": "https",
  ":path": "/chat",
  ":authority": "server.example.com",
};
const HEADERS = {
  "sec-websocket-protocol": "chat, superchat",
  "sec-websocket-extensions": "permessage-deflate",
  "sec-websocket-version": "13",
  origin: "http://www.example.com",
};

type Fields = Readonly<Record<string, string | undefined>>;

function fields(values: Fields): Headers {
  return Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
}

function judge(
  pseudo: Fields = {},
  headers: Fields = {},
  setting: Pick<ExtendedConnect, "enableConnect"> = { enableConnect: 1 },
) {
  return judgeExtendedConnect({
    ...setting,
    pseudoHeaders: fields({ ...PSEUDO, ...pseudo }),
    headers: fields({ ...HEADERS, ...headers }),
  });
}

describe("an extended CONNECT", () => {
  it("of the RFC is in order", () => {
    expect(judge()).toEqual([]);
    expect(judge({}, {}, { enableConnect: "unseen" })).toEqual([]);
  });

  it.each([undefined, 0, 2])("63: with the setting %s", (enableConnect) => {
    expect(judge({}, {}, { enableConnect }).map(({ rule }) => rule)).toEqual([
      "connect-not-enabled",
    ]);
  });

  it.each<[Fields, string]>([
    [{ ":method": "GET" }, ":method is not CONNECT"],
    [{ ":protocol": "webtransport" }, ":protocol is not websocket"],
    [{ ":scheme": undefined }, "no :scheme"],
    [{ ":path": undefined }, "no :path"],
    [{ ":authority": "" }, "no :authority"],
    [{ ":scheme": "wss" }, ":scheme is not http or https"],
  ])("64: with %j", (pseudo, found) => {
    const [only, ...surplus] = judge(pseudo);
    expect(only).toMatchObject({ rule: "connect-pseudo-headers", section: "RFC 8441 4" });
    expect(only!.message).toContain(found);
    expect(surplus).toEqual([]);
  });

  it("without :protocol is not judged by the setting", () => {
    const rules = judge({ ":protocol": undefined }, {}, { enableConnect: 0 }).map(
      ({ rule }) => rule,
    );
    expect(rules).toEqual(["connect-pseudo-headers"]);
  });

  it.each(["upgrade", "connection", "host", "sec-websocket-key", "sec-websocket-accept"])(
    "65: with the header %s",
    (name) => {
      expect(judge({}, { [name]: "x" }).map(({ rule }) => rule)).toEqual([
        "connect-upgrade-headers",
      ]);
    },
  );

  it("offers what a request offers over HTTP/1.1, by the same rules", () => {
    const wrong = {
      "sec-websocket-version": "12",
      "sec-websocket-protocol": "a, a",
      "sec-websocket-extensions": ";",
    };
    expect(judge({}, wrong).map(({ rule }) => rule)).toEqual([
      "request-version",
      "request-subprotocol",
      "request-extensions",
    ]);
  });
});

describe("its response", () => {
  const offered = offeredBy({ headers: fields(HEADERS) });

  it.each<[number, Fields, readonly RuleId[]]>([
    [200, {}, []],
    [204, {}, []],
    [101, {}, ["connect-status"]],
    [100, {}, []],
    [101, { upgrade: "websocket" }, ["connect-status", "connect-upgrade-headers"]],
    [404, {}, ["handshake-refused"]],
    [200, { "sec-websocket-protocol": "chat" }, []],
    [200, { "sec-websocket-protocol": "mqtt" }, ["response-subprotocol"]],
    [200, { "sec-websocket-extensions": "permessage-deflate" }, []],
    [200, { "sec-websocket-extensions": "x" }, ["response-extensions"]],
    [200, { "sec-websocket-accept": "x" }, ["connect-upgrade-headers"]],
  ])("66: %d with %j breaks %j", (status, headers, broken) => {
    const judged = judgeExtendedResponse(status, fields(headers), offered);
    expect(judged.map(({ rule }) => rule)).toEqual(broken);
  });
});
