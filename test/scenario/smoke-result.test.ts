import { describe, expect, it } from "vitest";
import { smokeResult } from "../../src/scenario/smoke-result.ts";
import { Statistics } from "../../src/scenario/statistics.ts";
import { handshakeAt, momentAt } from "../helpers/connect-events.ts";
import { expectValid } from "../helpers/schemas.ts";
import { MISSED, PASSED, PLAIN, REFUSED, SMOKE_RUNS, TIMED_OUT } from "../helpers/smoke-runs.ts";

describe("the result of a smoke test", () => {
  it.each(Object.entries(SMOKE_RUNS))("keeps to its schema: %s", (_, result) => {
    expectValid("connect", JSON.parse(JSON.stringify(result)));
  });

  it("says in which way it ended", () => {
    const ends = [PASSED, MISSED, TIMED_OUT, REFUSED, PLAIN].map(
      ({ outcome, exitCode, failure }) => [outcome, exitCode, failure?.code],
    );
    expect(ends).toEqual([
      ["passed", 0, undefined],
      ["failed", 30, "expectation"],
      ["failed", 32, "time-limit"],
      ["failed", 11, "unreachable"],
      ["passed", 0, undefined],
    ]);
  });

  it("tells of the connection", () => {
    expect(PASSED).toMatchObject({
      startedAt: "2026-02-01T00:00:00.000Z",
      durationMs: 1234.5,
      handshake: {
        status: 101,
        remote: "192.0.2.1:443",
        timingsMs: { dns: 2, tcp: 11, tls: 19, upgrade: 11 },
        subprotocol: "chat",
        extensions: "permessage-deflate",
      },
      statistics: { attempts: 1, opened: 1, meanConnectMs: 43 },
      close: { code: 1001, name: "Going Away", reason: "bye", initiator: "peer", durationMs: 3 },
    });
    expect(REFUSED.handshake).toBeUndefined();
  });

  it("hides secrets in the URL unless told otherwise", () => {
    expect(PASSED.url).toBe("wss://stream.example.net/v1?token=***");
    const run = {
      url: "ws://h/?token=hunter2",
      startedAt: momentAt(0),
      endedAt: momentAt(1),
      checks: [],
      others: { count: 0, last: [] },
      statistics: new Statistics().snapshot(momentAt(1)),
    };
    expect(smokeResult({ ...run, showSecrets: true }).url).toBe(run.url);
  });

  it("has no status of what was no HTTP", () => {
    const handshake = handshakeAt(0, { response: { startLine: "", headers: [] } });
    const run = { ...PLAIN, startedAt: momentAt(0), endedAt: momentAt(1), close: undefined };
    const result = smokeResult({ ...run, failure: undefined, handshake });
    expect(result.handshake).toMatchObject({ status: undefined, extensions: "" });
    expectValid("connect", JSON.parse(JSON.stringify(result)));
  });
});
