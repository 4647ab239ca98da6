import { describe, expect, it } from "vitest";
import type { HttpHead } from "../../../src/protocol/http-head.ts";
import { onwardRequest } from "../../../src/transport/relay/onward-request.ts";
import { parseTarget } from "../../../src/transport/target.ts";

const asked = (path: string, ...headers: [string, string][]): HttpHead => ({
  startLine: `GET ${path} HTTP/1.1`,
  headers: [["host", "127.0.0.1:9000"], ["Upgrade", "websocket"], ...headers],
});

describe("the path onward", () => {
  it.each([
    ["/", "ws://a.test/", "/"],
    ["/", "ws://a.test/ws?token=1", "/ws?token=1"],
    ["/chat?x=1", "ws://a.test/", "/chat?x=1"],
    ["/chat", "ws://a.test/ws?token=1", "/chat"],
    ["/?x=1", "ws://a.test/ws?token=1", "/ws?x=1"],
    ["/?x=1", "ws://a.test/ws", "/ws?x=1"],
  ])("of %s to %s is %s", (path, url, onward) => {
    const { startLine } = onwardRequest(asked(path), parseTarget(url), {});
    expect(startLine).toBe(`GET ${onward} HTTP/1.1`);
  });
});

describe("the headers onward", () => {
  const target = parseTarget("ws://a.test:81/");

  it("are the client's, in its order and its letters, but for Host", () => {
    const headers: [string, string][] = [
      ["COOKIE", "a=b"],
      ["Sec-WebSocket-Key", "k"],
      ["x-Custom", "1"],
      ["x-Custom", "2"],
      ["Origin", "http://o.test"],
    ];
    expect(onwardRequest(asked("/", ...headers), target, {}).headers).toEqual([
      ["host", "a.test:81"],
      ["Upgrade", "websocket"],
      ...headers,
    ]);
  });

  it.each([
    [{ keepHost: true }, [["host", "127.0.0.1:9000"]]],
    [{ host: "b.test" }, [["host", "b.test"]]],
  ])("with Host by %j", (terms, [host]) => {
    expect(onwardRequest(asked("/"), target, terms).headers[0]).toEqual(host);
  });

  it("with others put in their places", () => {
    const terms = { origin: "http://n.test", headers: [["cookie", "new"]] as const };
    const client = asked("/", ["Cookie", "old"], ["Origin", "http://o.test"]);
    expect(onwardRequest(client, target, terms).headers.slice(2)).toEqual([
      ["Origin", "http://n.test"],
      ["cookie", "new"],
    ]);
  });

  it("with more behind them, which take nobody's place", () => {
    const added = [["Via", "1.1 b"]] as const;
    const { headers } = onwardRequest(asked("/", ["Via", "1.1 a"]), target, { added });
    expect(headers.slice(2)).toEqual([["Via", "1.1 a"], ...added]);
  });

  it("with the user of the address, unless the client names one", () => {
    const user = parseTarget("ws://me:pw@a.test/");
    const basic = ["Authorization", "Basic bWU6cHc="];
    expect(onwardRequest(asked("/"), user, {}).headers.at(-1)).toEqual(basic);
    const own: [string, string] = ["authorization", "Bearer x"];
    expect(onwardRequest(asked("/", own), user, {}).headers.at(-1)).toEqual(own);
  });
});
