import { describe, expect, it } from "vitest";
import { watchEnd } from "../../src/commands/connection-end.ts";
import type { CloseEvent } from "../../src/transport/events.ts";

const common = { conn: "1", at: { epochUs: 0, ns: 0n } } as const;

function closeEvent(code: number, initiator: "local" | "peer", reason = ""): CloseEvent {
  return { ...common, type: "close", code, reason, initiator, clean: code !== 1006 };
}

/** The exit code of an end, and the words where it is a failure. */
function judged(close: CloseEvent, ...errors: readonly ("protocol" | "abnormal")[]) {
  const watch = watchEnd();
  for (const code of errors)
    watch.listener({ ...common, type: "error", code, message: `${code}!` });
  const failure = watch.judge(close);
  return failure ? [failure.exitCode, failure.message] : [0];
}

describe("the exit code of a connection that has ended", () => {
  it.each([1000, 1001, 1005])("0 where the peer closed with %d", (code) => {
    expect(judged(closeEvent(code, "peer"))).toEqual([0]);
  });

  it.each([1000, 4000])("0 where we closed it, also with %d", (code) => {
    expect(judged(closeEvent(code, "local"))).toEqual([0]);
  });

  it("21 where we closed it, but our Close frame and what was before it never left", () => {
    expect(judged(closeEvent(1006, "local"))[0]).toBe(21);
  });

  it("22 where the peer closed with any other code, which is named", () => {
    const end = closeEvent(1008, "peer", "no \u001btoken");
    expect(judged(end)).toEqual([
      22,
      'the peer closed with 1008 Policy Violation "no \\u001btoken"',
    ]);
    expect(judged(closeEvent(4000, "peer"))).toEqual([22, "the peer closed with 4000 Private Use"]);
  });

  it("21 where it died, with the reason where there is one", () => {
    const bare = "the connection ended without a Close frame (1006)";
    expect(judged(closeEvent(1006, "peer"))).toEqual([21, bare]);
    expect(judged(closeEvent(1006, "peer"), "abnormal")).toEqual([21, "abnormal!"]);
  });

  it("21 with what it likely means, where we did not end it", () => {
    const hints = (["peer", "local"] as const).map((who) => {
      return watchEnd().judge(closeEvent(1006, who))?.hint;
    });
    expect(hints).toEqual([expect.stringContaining("--reconnect"), undefined]);
  });

  it("20 where the peer broke the protocol, however it ended", () => {
    expect(judged(closeEvent(1002, "local"), "protocol")).toEqual([20, "protocol!"]);
    expect(judged(closeEvent(1006, "peer"), "abnormal", "protocol")).toEqual([20, "protocol!"]);
  });

  it("forgets what ended an earlier connection", () => {
    const watch = watchEnd();
    watch.listener({ ...common, type: "error", code: "protocol", message: "broken!" });
    expect(watch.broken).toMatchObject({ code: "protocol", message: "broken!" });
    const gap = { lost: "1", attempt: 1, offlineMs: 5, queued: 0 };
    watch.listener({ ...common, type: "reconnected", ...gap });
    expect(watch.broken).toBeUndefined();
    expect(watch.judge(closeEvent(1000, "peer"))).toBeUndefined();
  });
});
