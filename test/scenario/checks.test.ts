import { describe, expect, it } from "vitest";
import {
  type Check,
  checksOf,
  closeInWords,
  type ExpectationOptions,
  messagesInWords,
  type Progress,
} from "../../src/scenario/checks.ts";
import { closeAt } from "../helpers/connect-events.ts";

const pattern = (text: string) => ({ text, shown: `"${text}"`, matches: () => false });
const [pong, done, error] = ["pong", "done", "error"].map(pattern);
const meeting = { afterMs: 12, latencyMs: 2.3456, got: '"hi"' };

const nothing: Progress = {
  hasOpened: true,
  received: 0,
  others: { count: 0, last: [] },
  met: [undefined],
};

function check(options: Partial<ExpectationOptions>, progress: Partial<Progress>): Check {
  const all: ExpectationOptions = { expect: [], reject: [], order: "in-order", ...options };
  const [first, ...rest] = checksOf(all, { ...nothing, ...progress });
  expect(rest).toEqual([]);
  return first!;
}

/** The outcome and what came. */
function told(options: Partial<ExpectationOptions>, progress: Partial<Progress> = {}) {
  const { outcome, got } = check(options, progress);
  return [outcome, got];
}

describe("a check", () => {
  it("of what is expected", () => {
    const expected = { expect: [pong!] };
    const others = (count: number) => ({ received: 9, others: { count, last: ['"a"', '"b"'] } });
    expect(check(expected, { met: [meeting] })).toEqual({
      kind: "expect",
      wanted: "pong",
      name: '"pong"',
      outcome: "passed",
      ...meeting,
    });
    expect(told(expected)).toEqual(["unmet", "nothing came"]);
    expect(told(expected, { received: 1 })).toEqual(["unmet", "nothing else came"]);
    expect(told(expected, others(1))).toEqual(["unmet", '1 other message came: "b"']);
    expect(told(expected, others(5))).toEqual(["unmet", '5 other messages came, the last "b"']);
  });

  it("of what must not come", () => {
    const reject = { reject: [error!] };
    const rejected = { ...meeting, by: error! };
    expect(check(reject, {})).toMatchObject({ name: 'no "error"', outcome: "passed" });
    expect(told(reject, { rejected })).toEqual(["failed", '"hi" came']);
    expect(told(reject, { rejected: { ...meeting, by: pong! } })[0]).toBe("passed");
    expect(told(reject, { hasOpened: false })).toEqual(["unmet", "the connection did not open"]);
  });

  it("of what ends the test", () => {
    expect(check({ count: 3 }, { received: 3, stop: meeting })).toEqual({
      kind: "count",
      wanted: "3",
      name: "3 messages",
      outcome: "passed",
      afterMs: 12,
      got: "3 came",
    });
    expect(told({ count: 3 })).toEqual(["unmet", "none came"]);
    expect(told({ count: 3 }, { received: 2 })).toEqual(["unmet", "2 came"]);
    expect(check({ until: done! }, { stop: meeting })).toMatchObject({
      kind: "until",
      outcome: "passed",
      got: '"hi"',
    });
    expect(told({ until: done! })).toEqual(["unmet", "nothing came"]);
  });

  it("of latency", () => {
    const limit = { maxLatencyMs: 2 };
    expect(told(limit)).toEqual(["unmet", "no answer came"]);
    expect(check(limit, { slowest: meeting })).toEqual({
      kind: "latency",
      wanted: "2",
      name: "each answer within 2 ms",
      outcome: "failed",
      afterMs: 12,
      latencyMs: 2.3456,
      got: '"hi" took 2.35 ms',
    });
    expect(told({ maxLatencyMs: 2.3456 }, { slowest: meeting })[0]).toBe("passed");
  });

  it("of the subprotocol", () => {
    const chat = { subprotocol: "chat" };
    const agreed = (subprotocol?: string) => ({ agreed: { subprotocol, afterMs: 0 } });
    expect(told(chat, agreed("chat"))).toEqual(["passed", "the server chose chat"]);
    expect(told(chat, agreed("mqtt"))).toEqual(["failed", "the server chose mqtt"]);
    expect(told(chat, agreed())).toEqual(["failed", "the server chose none"]);
    expect(told(chat)).toEqual(["unmet", "the connection did not open"]);
  });

  it("of the close", () => {
    const close = (code: number) => ({ close: { event: closeAt(5, code), afterMs: 5 } });
    expect(check({ closeCode: 1001 }, close(1001))).toMatchObject({
      name: "close 1001 Going Away",
      outcome: "passed",
      afterMs: 5,
    });
    expect(told({ closeCode: 1001 }, close(1000))).toEqual([
      "failed",
      "the peer closed with 1000 Normal Closure",
    ]);
    expect(told({ closeCode: 1001 })).toEqual(["unmet", "no close came"]);
  });
});

it("come in the order of a conversation", () => {
  const checks = checksOf(
    {
      expect: [pong!, pong!],
      order: "any",
      reject: [error!],
      until: done!,
      maxLatencyMs: 5,
      closeCode: 1000,
      subprotocol: "chat",
    },
    { ...nothing, met: [undefined, meeting] },
  );
  expect(checks.map(({ kind, outcome }) => `${kind} ${outcome}`)).toEqual([
    "subprotocol unmet",
    "expect unmet",
    "expect passed",
    "reject passed",
    "until unmet",
    "latency unmet",
    "close unmet",
  ]);
});

it.each([
  [closeAt(0, 1001, { reason: "bye" }), 'the peer closed with 1001 Going Away "bye"'],
  [
    closeAt(0, 1000, { initiator: "local" }),
    "we closed, and the peer answered 1000 Normal Closure",
  ],
  [
    closeAt(0, 1000, { initiator: "local", clean: false }),
    "we closed with 1000 Normal Closure, unanswered",
  ],
  [closeAt(0, 1006, { clean: false }), "the connection ended without a Close frame (1006)"],
])("a close in words %#", (close, words) => expect(closeInWords(close)).toBe(words));

it("messages in words", () => {
  expect([1, 2].map(messagesInWords)).toEqual(["1 message", "2 messages"]);
});
