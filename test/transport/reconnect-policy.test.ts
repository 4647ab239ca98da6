import { describe, expect, it } from "vitest";
import { type FailureCode, FramecatError } from "../../src/errors.ts";
import {
  type Loss,
  mayRetry,
  reasonOf,
  RECONNECT_DEFAULTS,
  Tries,
} from "../../src/transport/reconnect-policy.ts";

const at = { epochUs: 0, ns: 0n };

function closed(code: number, reason = "", error?: FramecatError): Loss {
  const close = { type: "close", conn: "1", at, code, reason, clean: true } as const;
  return { kind: "closed", close: { ...close, initiator: "peer" }, error };
}

function failed(code: FailureCode, status?: number): Loss {
  return { kind: "failed", failure: new FramecatError(code, "the cause"), status };
}

describe("whether to try again: by default, and with always", () => {
  it.each<[string, Loss, boolean, boolean]>([
    ["the peer said goodbye", closed(1000), true, true],
    ["the peer goes away", closed(1001), true, true],
    ["the connection died", closed(1006), true, true],
    ["the server restarts", closed(1012), true, true],
    ["a policy was broken", closed(1008), false, true],
    ["nobody listens", failed("unreachable"), true, true],
    ["no such host", failed("name-resolution"), true, true],
    ["too slow", failed("connect-timeout"), true, true],
    ["the proxy is down", failed("proxy"), true, true],
    ["refused with 400", failed("refused", 400), false, true],
    ["refused with 499", failed("refused", 499), false, true],
    ["refused with 503", failed("refused", 503), true, true],
    ["refused with a page", failed("refused", 200), true, true],
    ["a certificate is not trusted", failed("tls"), false, true],
    ["no WebSocket server", failed("bad-handshake", 101), false, true],
    ["a wrong flag", failed("usage"), false, false],
    ["SIGINT", failed("interrupted"), false, false],
    ["SIGTERM", failed("terminated"), false, false],
  ])("%s", (_, loss, byDefault, always) => {
    expect(mayRetry(loss, RECONNECT_DEFAULTS)).toBe(byDefault);
    expect(mayRetry(loss, { always: true })).toBe(always);
  });
});

it.each<[Loss, string]>([
  [closed(1001, "bye"), 'closed with 1001 Going Away "bye"'],
  [closed(1000), "closed with 1000 Normal Closure"],
  [closed(1006), "the connection ended without a Close frame (1006)"],
  [closed(1011, "", new FramecatError("heartbeat", "no answer")), "no answer"],
  [failed("unreachable"), "the cause"],
])("the reason of %o", (loss, reason) => expect(reasonOf(loss)).toBe(reason));

it("quotes what a peer gives as its reason, control characters too", () => {
  expect(reasonOf(closed(4000, '\u001b[2J"'))).toBe('closed with 4000 Private Use "\\u001b[2J\\""');
});

describe("tries in a row", () => {
  it("are used up, and then it is given up with the last cause", () => {
    const tries = new Tries({ tries: 2, firstDelayMs: 1000 });
    expect([tries.next(), tries.next(), tries.next(), tries.made]).toEqual([1, 2, undefined, 2]);
    const failure = tries.gaveUp(failed("unreachable"));
    expect([failure.code, failure.exitCode]).toEqual(["gave-up", 24]);
    expect(failure.message).toBe("gave up after 2 tries: the cause");
  });

  it("may be none", () => {
    const tries = new Tries({ tries: 0, firstDelayMs: 1000 });
    expect(tries.next()).toBeUndefined();
    expect(tries.gaveUp(closed(1001)).message).toBe(
      "gave up after 0 tries: closed with 1001 Going Away",
    );
  });

  it.each([
    ["at once, with nothing", 0, 0, 2],
    ["at once, with a greeting", 3, 1, 2],
    ["within the first delay, with a greeting", 1000, 1, 2],
    ["after the first delay, with messages", 1001, 7, 1],
    ["after a while, with nothing", 4999, 0, 2],
    ["after five seconds, with nothing", 5000, 0, 1],
  ])("after a connection that ended %s", (_, openMs, received, next) => {
    const tries = new Tries({ tries: 9, firstDelayMs: 1000 });
    tries.next();
    tries.lasted(openMs, received);
    expect(tries.next()).toBe(next);
  });
});
