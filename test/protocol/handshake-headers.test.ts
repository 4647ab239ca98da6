import { describe, expect, it } from "vitest";
import {
  judgeConnection,
  judgeUpgrade,
  override,
  told,
} from "../../src/protocol/handshake-headers.ts";
import type { Headers } from "../../src/protocol/http-head.ts";
import { rules } from "../helpers/frames.ts";

describe("override", () => {
  const own: Headers = [
    ["Host", "a"],
    ["Upgrade", "websocket"],
  ];

  it("replaces by name, in any case, and appends the rest", () => {
    expect(
      override(own, [
        ["HOST", "b"],
        ["X-A", "1"],
      ]),
    ).toEqual([
      ["Upgrade", "websocket"],
      ["HOST", "b"],
      ["X-A", "1"],
    ]);
  });

  it("keeps a name that is given several times as often", () => {
    const cookies: Headers = [
      ["Cookie", "a=1"],
      ["Cookie", "b=2"],
    ];
    expect(override(own, cookies)).toEqual([...own, ...cookies]);
  });
});

describe("judgeUpgrade", () => {
  it.each([
    [["websocket"], true, true],
    [["WebSocket"], true, true],
    [["websocket", "websocket"], true, true],
    [["h2c, websocket"], true, false],
    [["h2c", "websocket"], true, false],
    [["websocket/13"], false, false],
    [["h2c"], false, false],
    [[""], false, false],
    [[], false, false],
  ])("%j: request %s, response %s", (values, request, response) => {
    const headers: Headers = values.map((value) => ["upgrade", value]);
    const inRequest = rules(judgeUpgrade(headers, "request-upgrade"));
    const inResponse = rules(judgeUpgrade(headers, "response-upgrade"));
    expect(inRequest).toEqual(request ? [] : ["request-upgrade"]);
    expect(inResponse).toEqual(response ? [] : ["response-upgrade"]);
  });
});

describe("judgeConnection", () => {
  it.each([
    [["Upgrade"], true],
    [["keep-alive, UPGRADE"], true],
    [["keep-alive", "upgrade"], true],
    [["keep-alive"], false],
    [["upgraded"], false],
    [[], false],
  ])("%j: %s", (values, sound) => {
    const headers: Headers = values.map((value) => ["Connection", value]);
    const broken = rules(judgeConnection(headers, "response-connection"));
    expect(broken).toEqual(sound ? [] : ["response-connection"]);
  });
});

describe("told", () => {
  it.each([
    [[], "no Upgrade header"],
    [["h2c"], "Upgrade: h2c"],
    [["a", "b"], "Upgrade: a and Upgrade: b"],
    [["x".repeat(100)], `Upgrade: ${"x".repeat(80)}`],
  ])("%j", (values, expected) => {
    expect(
      told(
        values.map((value) => ["upgrade", value]),
        "Upgrade",
      ),
    ).toBe(expected);
  });
});
