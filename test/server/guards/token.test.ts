import { describe, expect, it, vi } from "vitest";
import type { Headers } from "../../../src/protocol/http-head.ts";
import { tokenCheck, tokenGuard } from "../../../src/server/guards/token.ts";
import { askingOf } from "../../helpers/asking.ts";
import { guardedClient, messageOf, stopTime } from "../../helpers/guarded-client.ts";

const TOKENS = ["s3cret", "+/other=="];

function bearer(token: string): Headers {
  return [["Authorization", `Bearer ${token}`]];
}

describe("in the request", () => {
  it.each<[string, Headers, string]>([
    ["/", bearer("s3cret"), "in"],
    ["/", bearer("+/other=="), "in"],
    ["/?token=s3cret", [], "in"],
    ["/?token=+/other==", [], "in"],
    ["/?token=%2B%2Fother%3D%3D", [], "in"],
    ["/?token=s3cret", [["Authorization", "Basic YTpi"]], "in"],
    ["/", bearer("s3cre"), "its token is wrong"],
    ["/?token=", [], "its token is wrong"],
    ["/?token=s3cret", bearer("wrong"), "its token is wrong"],
    ["/?token=s3cret&token=wrong", [], "its token is wrong"],
    ["/", [], "it showed no token"],
  ])("%s with %j: %s", async (target, headers, verdict) => {
    const asking = askingOf(headers, { target });
    const denials = [
      tokenCheck(TOKENS)(asking),
      await tokenGuard({ tokens: TOKENS, timeoutMs: undefined }).admit?.(asking),
    ];
    for (const denial of denials) {
      expect(denial?.why ?? "in").toBe(verdict);
      if (denial) expect([denial.kind, denial.reply.status]).toEqual(["token", 401]);
    }
  });

  it("401 says what is wanted, and that one was wrong", () => {
    const challenge = (headers: Headers) =>
      tokenCheck(TOKENS)(askingOf(headers))?.reply.headers?.[0];
    expect(challenge([])).toEqual(["WWW-Authenticate", 'Bearer realm="framecat"']);
    expect(challenge(bearer("no"))).toEqual([
      "WWW-Authenticate",
      'Bearer realm="framecat", error="invalid_token"',
    ]);
  });
});

describe("in the first message", () => {
  function coming(headers: Headers = []) {
    stopTime();
    const guard = tokenGuard({ tokens: TOKENS, timeoutMs: 5000 });
    const asking = askingOf(headers);
    expect(guard.admit?.(asking)).toBeUndefined();
    const played = guardedClient(guard, asking);
    guard.joined?.(played.client);
    return { guard, ...played };
  }

  it.each([
    "s3cret",
    "+/other==",
    '{"type":"auth","token":"s3cret"}',
    ' {"token":"s3cret","type":"auth","x":1}',
  ])("%s lets in, and is no message of the mode's", (text) => {
    const { client, done, receives } = coming();
    expect(client.isDetained).toBe(true);
    expect(receives(text)).toBe(false);
    expect(receives("s3cret")).toBe(true);
    expect([done, client.isDetained, vi.getTimerCount()]).toEqual([["free"], false, 0]);
  });

  it.each<[string | Uint8Array, number, string, string]>([
    ["wrong", 4002, "wrong token", "its token is wrong"],
    ["", 4002, "wrong token", "its token is wrong"],
    ['{"type":"auth","token":"no"}', 4002, "wrong token", "its token is wrong"],
    [
      '{"type":"auth"}',
      4003,
      "the first message must be the token",
      "its first message is no token",
    ],
    [
      '{"type":"auth","token":7}',
      4003,
      "the first message must be the token",
      "its first message is no token",
    ],
    [
      '{"token":"s3cret"}',
      4003,
      "the first message must be the token",
      "its first message is no token",
    ],
    ["{", 4003, "the first message must be the token", "its first message is no token"],
    ["null", 4002, "wrong token", "its token is wrong"],
    ['["s3cret"]', 4003, "the first message must be the token", "its first message is no token"],
    [
      Buffer.from("s3cret"),
      4003,
      "the first message must be the token",
      "its first message is no token",
    ],
    [
      "s".repeat(20_000),
      4003,
      "the first message must be the token",
      "its first message is no token",
    ],
  ])("%s does not", (data, code, reason, why) => {
    const { guard, client, done } = coming();
    expect(guard.allows?.(client, messageOf(data))).toBe(false);
    expect(done).toEqual([`token: ${why}`, `close ${code} ${reason}`]);
    expect([client.isDetained, vi.getTimerCount()]).toEqual([true, 0]);
  });

  it("has to come in time", () => {
    const { done } = coming();
    vi.advanceTimersByTime(4999);
    expect(done).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(done).toEqual(["token: it showed no token in time", "close 4001 no token in time"]);
  });

  it("is not wanted of who showed it in the request", () => {
    const { client, done, receives } = coming(bearer("s3cret"));
    expect([client.isDetained, receives("hello"), vi.getTimerCount()]).toEqual([false, true, 0]);
    expect(done).toEqual([]);
  });

  it("is not waited for of who has gone", () => {
    const { guard, client } = coming();
    guard.left?.(client);
    expect(vi.getTimerCount()).toBe(0);
  });
});
