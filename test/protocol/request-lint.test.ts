import { describe, expect, it } from "vitest";
import { lintRequest } from "../../src/protocol/request-lint.ts";
import type { RuleId } from "../../src/protocol/rules.ts";
import type { HeaderValues } from "../helpers/heads.ts";
import { request, SOUND_KEY } from "../helpers/lint.ts";

const DEFLATE = "permessage-deflate";
type Row = readonly [HeaderValues, target: string, secure: boolean | undefined, readonly RuleId[]];

describe("a request", () => {
  it.each<Row>([
    [{}, "/", false, []],
    [{ "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==" }, "/", true, ["request-key-sample"]],
    [{ "Sec-WebSocket-Version": "8" }, "/#x", true, ["request-version", "request-fragment"]],
    [{ Authorization: "Basic x" }, "/", false, ["credentials-in-clear"]],
    [{ cookie: "a=b" }, "/", false, ["credentials-in-clear"]],
    [{ cookie: "a=b" }, "/", true, []],
    [{ cookie: "a=b" }, "/", undefined, []],
    [{}, "/?a=1&token=x", true, ["credentials-in-url"]],
    [{}, "/?API_KEY=x", false, ["credentials-in-url"]],
    [{}, "/?refresh_token=x", true, ["credentials-in-url"]],
    [{}, "/?token=", true, []],
    [{}, "/?tokens=x&author=y", true, []],
    [{}, "/token=x", true, []],
    [{}, "ws://user:pw@example.net/", true, ["credentials-in-url"]],
    [{}, "ws://example.net/a@b", true, []],
    [{ "Sec-WebSocket-Extensions": DEFLATE }, "/", true, []],
    [{ "Sec-WebSocket-Extensions": `${DEFLATE}; fast` }, "/", true, ["deflate-offer"]],
    [{ "Sec-WebSocket-Extensions": `x-other; fast, ${DEFLATE}` }, "/", true, []],
    [
      { "Sec-WebSocket-Extensions": `${DEFLATE}; server_max_window_bits, ${DEFLATE}; a` },
      "/",
      true,
      ["deflate-offer", "deflate-offer"],
    ],
  ])("%j to %s, TLS %s: %j", (headers, target, secure, expected) => {
    const { violations } = lintRequest(request(headers, `GET ${target} HTTP/1.1`), secure);
    expect(violations.map(({ rule }) => rule)).toEqual(expected);
  });

  it("is told of without its secrets", () => {
    const headers = { Authorization: "Basic aHVudGVyMg==", Cookie: "id=hunter2" };
    const target = "ws://hunter2@a/?access_token=hunter2&password=hunter2";
    const { violations } = lintRequest(request(headers, `GET ${target} HTTP/1.1`), false);
    const told = violations.map(({ message }) => message).join(" ");
    expect(told).toContain("Authorization and Cookie");
    expect(told).toContain("a user before the host");
    expect(told).not.toMatch(/hunter2|aHVudGVyMg/);
    const [second] = lintRequest(request({}, "GET /?jwt=hunter2 HTTP/1.1"), true).violations;
    expect(second!.message).toMatch(/the parameter jwt\.$/);
  });

  it("is read for the response", () => {
    expect(lintRequest(request(), true).verdict).toMatchObject({ key: SOUND_KEY, path: "/chat" });
  });
});
