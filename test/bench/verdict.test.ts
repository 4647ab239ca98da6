import { expect, it } from "vitest";
import { summarize } from "../../src/bench/summary.ts";
import { judge } from "../../src/bench/verdict.ts";
import { benchPlan, type CountOverrides, workerReport } from "../helpers/bench.ts";

const facts = { startedAt: "", url: "", embedded: false, interrupted: undefined };
const opened = { attempted: 10, opened: 10, open: 10 };

function judged(given: CountOverrides, rest: Parameters<typeof workerReport>[2] = {}) {
  const latencies = Array.from({ length: given.messages?.answered ?? 0 }, () => 1);
  const report = workerReport({ sockets: opened, ...given }, latencies, rest);
  return judge(summarize(benchPlan({ drainMs: 5000 }), [report], facts));
}

const refused = {
  kind: "refused",
  code: "unreachable",
  message: "x refused",
  hint: "Start it.",
} as const;
const closed = { kind: "closed", code: "closed", message: "the peer closed with 1001" } as const;

it("passes where nothing failed, unexpected replies or not", () => {
  expect(judged({ messages: { sent: 5, answered: 5, unexpected: 1 } })).toEqual({ exitCode: 0 });
});

it("has the code of the most frequent failure of sockets", () => {
  const refusals = [{ ...refused, count: 3 }];
  const some = { ...opened, opened: 7, failed: 3 };
  expect(judged({ sockets: some, refusals, breaks: [{ ...closed, count: 2 }] })).toEqual({
    exitCode: 11,
    reason: { ...refused, message: "5 of 10 sockets failed: x refused" },
  });
  expect(judged({ breaks: [{ ...closed, count: 4 }], messages: { sent: 4, lost: 4 } })).toEqual({
    exitCode: 22,
    reason: { ...closed, hint: undefined, message: `4 of 10 sockets failed: ${closed.message}` },
  });
});

it("says the reason alone where no socket opened", () => {
  const none = { attempted: 10, failed: 10 };
  const { reason } = judged({ sockets: none, refusals: [{ ...refused, count: 10 }] });
  expect(reason).toEqual(refused);
});

it("expects each message to be answered", () => {
  expect(judged({ messages: { sent: 5, answered: 3, inFlight: 2 } })).toMatchObject({
    exitCode: 30,
    reason: { code: "expectation", message: "2 of 5 messages were not answered within 5000 ms" },
  });
});

it("blames itself for dead workers and for sums that do not agree", () => {
  const breaks = [{ ...closed, count: 2 }];
  const dead = judged({ breaks }, { ending: "died", death: "SIGKILL" });
  expect(dead).toMatchObject({ exitCode: 1, reason: { message: "1 of 1 workers died: SIGKILL" } });
  const wrong = judged({ messages: { sent: 1 } });
  expect(wrong).toMatchObject({ exitCode: 1, reason: { message: /do not agree/ } });
});

it("has the signal's code, whatever else there is", () => {
  const summary = summarize(benchPlan(), [workerReport({ sockets: { attempted: 1 } })], facts);
  expect([judge(summary, "SIGINT"), judge(summary, "SIGTERM")]).toEqual([
    { exitCode: 130 },
    { exitCode: 143 },
  ]);
});
