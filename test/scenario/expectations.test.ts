import { describe, expect, it } from "vitest";
import type { ExpectationOptions } from "../../src/scenario/checks.ts";
import { Expectations } from "../../src/scenario/expectations.ts";
import { parsePattern } from "../../src/scenario/pattern.ts";
import type { Event } from "../../src/transport/events.ts";
import { closeAt, handshakeAt, messageAt, refusalAt, stateAt } from "../helpers/connect-events.ts";

type Given = Partial<Omit<ExpectationOptions, "expect" | "reject" | "until">> & {
  readonly expect?: readonly string[];
  readonly reject?: readonly string[];
  readonly until?: string;
};

const parse = (text: string) => parsePattern(text, "--expect");

async function expectations({ expect: wanted = [], reject = [], until, ...rest }: Given) {
  return new Expectations({
    order: "in-order",
    ...rest,
    expect: await Promise.all(wanted.map(parse)),
    reject: await Promise.all(reject.map(parse)),
    until: until === undefined ? undefined : await parse(until),
  });
}

/** `< text` came, `> text` was sent; ten milliseconds after each other, the handshake at 0. */
function talk(...lines: readonly string[]): Event[] {
  return lines.map((line, i) =>
    messageAt(10 * (i + 1), line.startsWith("<") ? "in" : "out", line.slice(2)),
  );
}

async function run(given: Given, events: readonly Event[]) {
  const judged = await expectations(given);
  for (const event of events) judged.take(event);
  return judged;
}

const OPEN = handshakeAt(0);

describe("the state", () => {
  it.each<[Given, string[], string]>([
    [{}, ["< a"], "pending"],
    [{ expect: ["a"] }, [], "pending"],
    [{ expect: ["a"] }, ["< b"], "pending"],
    [{ expect: ["a"] }, ["> a"], "pending"],
    [{ expect: ["a"] }, ["< b", "< a"], "done"],
    [{ expect: ["a", "b"] }, ["< b", "< a"], "pending"],
    [{ expect: ["a", "b"], order: "any" }, ["< b", "< a"], "done"],
    [{ expect: ["a", "b"] }, ["< ab"], "pending"],
    [{ reject: ["x"] }, ["< a"], "pending"],
    [{ reject: ["x"] }, ["< a", "< x"], "failed"],
    [{ expect: ["a"], reject: ["x"] }, ["< ax"], "failed"],
    [{ expect: ["a"], reject: ["x"] }, ["< a", "< x"], "done"],
    [{ count: 2 }, ["< a"], "pending"],
    [{ count: 2 }, ["< a", "> b", "< c"], "done"],
    [{ count: 2, expect: ["a"] }, ["< a"], "pending"],
    [{ count: 2, expect: ["c"] }, ["< a", "< c"], "done"],
    [{ count: 2, expect: ["x"] }, ["< a", "< c"], "failed"],
    [{ until: "end" }, ["< a"], "pending"],
    [{ until: "end" }, ["< a", "< the end"], "done"],
    [{ until: "end", expect: ["a"] }, ["< end", "< a"], "failed"],
    [{ until: "end", expect: ["d"] }, ["< end"], "done"],
    [{ expect: ["a"], maxLatencyMs: 10 }, ["> q", "< a"], "done"],
    [{ expect: ["a"], maxLatencyMs: 9 }, ["> q", "< a"], "failed"],
    [{ expect: ["a"], maxLatencyMs: 15 }, ["< a"], "done"],
    [{ expect: ["a"], maxLatencyMs: 15 }, ["< x", "< a"], "failed"],
    [{ expect: ["a"], maxLatencyMs: 15 }, ["< x", "< x", "> q", "< a"], "done"],
    [{ until: "a", maxLatencyMs: 5 }, ["> q", "< a"], "failed"],
    [{ expect: ["a"], closeCode: 1001 }, ["< a"], "pending"],
  ])("with %j after %j: %s", async (given, lines, state) => {
    expect((await run(given, [OPEN, ...talk(...lines)])).state).toBe(state);
  });

  it.each<[number, ReturnType<typeof closeAt>, string]>([
    [1001, closeAt(50, 1001), "done"],
    [1001, closeAt(50, 1000), "pending"],
    [1006, closeAt(50, 1006, { clean: false }), "done"],
    [1000, closeAt(50, 1000, { initiator: "local" }), "done"],
    [1000, closeAt(50, 1000, { initiator: "local", clean: false }), "pending"],
  ])("with a close of %i wanted %#", async (closeCode, close, state) => {
    expect((await run({ closeCode }, [OPEN, close])).state).toBe(state);
    const unmet = await run({ closeCode, expect: ["a"] }, [OPEN, close]);
    expect(unmet.state).toBe("pending");
  });

  it("is of the handshake where a subprotocol is wanted", async () => {
    const given = { subprotocol: "chat" };
    const agreed = handshakeAt(0, { subprotocol: "chat" });
    const other = handshakeAt(0, { subprotocol: "mqtt" });
    expect((await run(given, [agreed])).state).toBe("pending");
    expect((await run(given, [OPEN])).state).toBe("failed");
    expect((await run(given, [other])).state).toBe("failed");
    expect((await run(given, [refusalAt(0)])).state).toBe("pending");
    expect((await run(given, [agreed, other, agreed])).state).toBe("failed");
    expect((await run({ ...given, expect: ["a"] }, [agreed, ...talk("< a")])).state).toBe("done");
  });
});

it("does not look at heartbeats", async () => {
  const ping = { ...messageAt(10, "out", "ping"), heartbeat: true } as const;
  const pong = { ...messageAt(20, "in", "pong"), heartbeat: true } as const;
  const judged = await run({ expect: ["pong"], maxLatencyMs: 15 }, [OPEN, ping, pong]);
  expect([judged.state, judged.progress.received]).toEqual(["pending", 0]);
  judged.take(messageAt(16, "in", "pong"));
  expect(judged.state).toBe("failed");
});

it("does not look at what comes after the end", async () => {
  const judged = await run({ count: 1 }, [OPEN, ...talk("< a", "< b")]);
  expect(judged.progress.received).toBe(1);
});

it("counts what met nothing, and keeps the latest", async () => {
  const judged = await run({ expect: ["x"] }, [OPEN, ...talk("< a", "< b", "< c", "< d")]);
  expect(judged.progress.others).toEqual({ count: 4, last: ['"b"', '"c"', '"d"'] });
});

it("counts latency from the opening anew where the connection was lost", async () => {
  const events = [OPEN, closeAt(500, 1006), handshakeAt(1000), messageAt(1010, "in", "a")];
  const judged = await run({ expect: ["a"], maxLatencyMs: 10 }, events);
  expect(judged.state).toBe("done");
  expect(judged.checks[0]).toMatchObject({ afterMs: 1010, latencyMs: 10 });
});

it("knows nothing of what is no message", async () => {
  const judged = await run({ expect: ["a"] }, [stateAt(0, "OPEN"), OPEN]);
  expect(judged.state).toBe("pending");
});

it.each<[Given, string]>([
  [{ count: 1, until: "a" }, "--count and --until both say when to stop"],
  [{ maxLatencyMs: 5 }, "--max-latency needs --expect or --until"],
  [{ maxLatencyMs: 5, count: 1 }, "--max-latency needs --expect or --until"],
])("refuses %j", async (given, message) => {
  await expect(expectations(given)).rejects.toMatchObject({
    code: "usage",
    message: expect.stringContaining(message),
  });
});
