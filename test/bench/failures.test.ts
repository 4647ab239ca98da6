import { describe, expect, it } from "vitest";
import {
  FAILURE_KINDS,
  type FailureKind,
  failureOf,
  failureOfDial,
  FailureTally,
  HEARTBEAT_LOST,
  mergeFailures,
} from "../../src/bench/failures.ts";
import { type FailureCode, FramecatError } from "../../src/errors.ts";
import { violation } from "../../src/protocol/rules.ts";
import type { LeanClose } from "../../src/transport/lean-connection.ts";

const refused = {
  kind: "refused",
  code: "unreachable",
  message: "refused",
  hint: "Start it.",
} as const;
const late = { kind: "connect-timeout", code: "connect-timeout", message: "late" } as const;

describe("a tally", () => {
  it("counts each kind, the most frequent first", () => {
    const tally = new FailureTally();
    tally.add(late);
    tally.add(refused);
    tally.add(refused, 2);
    expect(tally.total).toBe(4);
    expect(tally.list()).toEqual([
      { ...refused, count: 3 },
      { ...late, count: 1 },
    ]);
  });

  it("tells a bounded number of kinds apart, and loses none", () => {
    const tally = new FailureTally();
    for (let i = 0; i < 1000; i++)
      tally.add({ kind: "closed", code: "closed", message: `reason ${i % 500}` });
    tally.add(refused);
    const list = tally.list();
    expect(tally.total).toBe(1001);
    expect(list.length).toBeLessThan(40);
    expect(list[0]?.message).toBe("other reasons");
    expect(list.find(({ code }) => code === "unreachable")?.count).toBe(1);
  });

  it("is joined with others", () => {
    const merged = mergeFailures([[{ ...late, count: 2 }], [], [{ ...late, count: 3 }]]);
    expect(merged).toEqual([{ ...late, count: 5 }]);
  });
});

describe("the end of a connection", () => {
  const end: LeanClose = { code: 1006, reason: "", initiator: "peer", clean: false };
  it.each<[string, Partial<LeanClose>, FailureKind, FailureCode, string]>([
    ["by FIN", {}, "abnormal", "abnormal", "the peer ended the connection without a Close frame"],
    ["by RST", { errno: "ECONNRESET" }, "reset", "abnormal", "the peer reset the connection"],
    [
      "by silence",
      { errno: "ETIMEDOUT" },
      "abnormal",
      "abnormal",
      "the peer could not be reached any more",
    ],
    ["by anything else", { errno: "EIO" }, "abnormal", "abnormal", "it failed: EIO"],
    [
      "by Close",
      { code: 1001, clean: true },
      "closed",
      "closed",
      "the peer closed with 1001 Going Away",
    ],
    [
      "with a reason",
      { code: 1011, reason: 'no "x"', clean: true },
      "closed",
      "closed",
      'the peer closed with 1011 Internal Error "no \\"x\\""',
    ],
    [
      "after a violation",
      { code: 1002, initiator: "local", violation: violation("server-frame-masked") },
      "protocol",
      "protocol",
      "the peer broke the protocol: A server must not mask any frame",
    ],
  ])("%s is a failure", (_, given, kind, code, message) => {
    expect(failureOf({ ...end, ...given })).toEqual({ kind, code, message });
  });
});

describe("a dial that fails", () => {
  it.each<[FailureCode, string | undefined, FailureKind]>([
    ["unreachable", "ECONNREFUSED", "refused"],
    ["unreachable", "ECONNRESET", "reset"],
    ["unreachable", "EPIPE", "reset"],
    ["unreachable", undefined, "reset"],
    ["unreachable", "EHOSTUNREACH", "unreachable"],
    ["refused", undefined, "http-status"],
    ["name-resolution", "ENOTFOUND", "name-resolution"],
    ["connect-timeout", undefined, "connect-timeout"],
    ["tls", undefined, "tls"],
    ["bad-handshake", undefined, "bad-handshake"],
    ["proxy", undefined, "proxy"],
    ["usage", undefined, "other"],
  ])("with %s and %s is one of kind %s", (code, errno, kind) => {
    const failure = new FramecatError(code, "m", "h", errno);
    expect(failureOfDial(failure)).toEqual({ kind, code, message: "m", hint: "h" });
  });
});

it("knows a heartbeat that was lost", () => {
  expect(HEARTBEAT_LOST).toMatchObject({ kind: "heartbeat", code: "heartbeat" });
  expect(FAILURE_KINDS).toContain(HEARTBEAT_LOST.kind);
});
