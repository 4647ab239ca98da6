import { describe, expect, it } from "vitest";
import type { ExpectationOptions } from "../../src/scenario/checks.ts";
import { Expectations } from "../../src/scenario/expectations.ts";
import { judge, type RunEnd } from "../../src/scenario/judge.ts";
import { parsePattern } from "../../src/scenario/pattern.ts";
import type { Event } from "../../src/transport/events.ts";
import { closeAt, handshakeAt, messageAt } from "../helpers/connect-events.ts";

const parse = (text: string) => parsePattern(text, "--expect");
const [A, B, PONG, ERROR, END] = await Promise.all(["a", "b", "/po.g/", "error", "end"].map(parse));

function verdict(given: Partial<ExpectationOptions>, events: readonly Event[], end?: RunEnd) {
  const options = { expect: [], reject: [], order: "in-order", ...given } as const;
  const expectations = new Expectations(options);
  for (const event of events) expectations.take(event);
  const failure = judge(expectations, end);
  return failure && `${failure.exitCode} ${failure.message}`;
}

const came = (...texts: readonly string[]) => [
  handshakeAt(0),
  ...texts.map((text, i) => messageAt(i + 1, "in", text)),
];
const IN_TIME = { timedOutAfterMs: 10_000 };

describe("the verdict", () => {
  it.each<[Partial<ExpectationOptions>, Event[], RunEnd | undefined, string | undefined]>([
    [{}, came(), undefined, undefined],
    [{ expect: [A!] }, came("a"), undefined, undefined],
    [{}, came("a"), IN_TIME, "32 the time limit of 10 s has passed"],
    [{ expect: [A!] }, came("a"), IN_TIME, undefined],
    [{ reject: [ERROR!] }, came("a"), IN_TIME, undefined],
    [
      { reject: [ERROR!] },
      [],
      IN_TIME,
      '30 expected no "error" within 10 s; the connection did not open',
    ],
    [{}, [], { timedOutAfterMs: 1500 }, "32 the time limit of 1500 ms has passed"],
    [
      { expect: [PONG!] },
      came("x", "y", '{"type":"hello"}'),
      IN_TIME,
      '30 expected /po.g/ within 10 s; 3 other messages came, the last {"type":"hello"}',
    ],
    [{ expect: [A!] }, came(), undefined, '30 expected "a" before the end; nothing came'],
    [
      { expect: [A!, B!] },
      [...came("a"), closeAt(9, 1011, { reason: "oops" })],
      undefined,
      '30 expected "b" (2 of 2) before the peer closed with 1011 Internal Error "oops"; nothing else came',
    ],
    [
      { expect: [B!], count: 2 },
      came("a", "a"),
      undefined,
      '30 expected "b" within 2 messages; 2 other messages came, the last "a"',
    ],
    [
      { expect: [B!], until: END! },
      came("end"),
      IN_TIME,
      '30 expected "b" before "end"; nothing else came',
    ],
    [{ count: 5 }, came("a"), IN_TIME, "30 expected 5 messages within 10 s; 1 came"],
    [
      { expect: [B!], reject: [ERROR!] },
      came("an error"),
      undefined,
      '30 expected no "error"; "an error" came',
    ],
    [
      { expect: [A!], maxLatencyMs: 1 },
      came("x", "a"),
      undefined,
      '30 expected each answer within 1 ms; "a" took 2 ms',
    ],
    [
      { subprotocol: "chat" },
      came(),
      undefined,
      "30 expected subprotocol chat; the server chose none",
    ],
    [
      { closeCode: 1001 },
      [...came(), closeAt(1, 1000)],
      undefined,
      "30 expected close 1001 Going Away; the peer closed with 1000 Normal Closure",
    ],
    [
      { closeCode: 1001, count: 1 },
      came("a"),
      IN_TIME,
      "30 expected close 1001 Going Away within 10 s; no close came",
    ],
  ])("%#: %j", (given, events, end, told) => expect(verdict(given, events, end)).toBe(told));
});
