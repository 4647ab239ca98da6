import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Clock, Moment } from "../../src/clock.ts";
import type { FramecatError } from "../../src/errors.ts";
import type { SendOptions } from "../../src/transport/connection.ts";
import type { Event, MessageEvent } from "../../src/transport/events.ts";
import { type Beating, Heartbeat, type HeartbeatOptions } from "../../src/transport/heartbeat.ts";
import { utf8 } from "../helpers/bytes.ts";

/** Milliseconds of the fake timers, as a clock. */
const clock: Clock = {
  now: (): Moment => ({ epochUs: 0, ns: BigInt(Math.round(performance.now() * 1e6)) }),
};

/** A connection of which the test says what is heard. */
class FakeConnection implements Beating {
  state: Beating["state"] = "OPEN";
  heardAt = clock.now();
  held = false;
  progress: number | undefined;
  midMessage = false;
  messages = { in: 0, out: 0 };
  readonly said: string[] = [];

  get traffic() {
    const tally = (messages: number) => ({ messages, payloadBytes: 0, wireBytes: 0 });
    return { in: tally(this.messages.in), out: tally(this.messages.out) };
  }

  ping(data?: Uint8Array): Promise<void> {
    this.said.push(`ping ${String(data)}`);
    return Promise.resolve();
  }

  send(data: string | Uint8Array, options: SendOptions = {}): Promise<void> {
    const { binary, heartbeat, sent } = options;
    this.said.push(`${binary ? "binary" : "text"} ${String(data)} ${heartbeat}`);
    this.messages.out += 1;
    sent?.(true);
    return Promise.resolve();
  }

  fail({ code, message }: FramecatError): void {
    this.said.push(`fail ${code}: ${message}`);
    this.state = "CLOSING";
  }

  /** What has been said since the last time. */
  take(): string[] {
    return this.said.splice(0);
  }
}

const LOST =
  "fail heartbeat: the heartbeat was lost: nothing came for 0.4 s after it was asked for";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  const left = vi.getTimerCount();
  vi.useRealTimers();
  if (left > 0) throw new Error(`${left} timers were left behind`);
});

function begin(message?: HeartbeatOptions["message"]) {
  const connection = new FakeConnection();
  const heartbeat = new Heartbeat(connection, clock, { intervalMs: 1000, timeoutMs: 400, message });
  heartbeat.start();
  /** Something has come. */
  const hear = (event: Event): Event => {
    connection.heardAt = clock.now();
    if (event.type === "message") connection.messages.in += 1;
    return heartbeat.pass(event);
  };
  return { connection, heartbeat, hear };
}

const common = { conn: "1", at: clock.now(), dir: "in" } as const;
const pong: Event = { ...common, type: "pong", data: utf8("1") };
const text = (data: string): MessageEvent => ({
  ...common,
  type: "message",
  kind: "text",
  data: utf8(data),
});

it("pings a silent line, and fails it when nothing comes", () => {
  const { connection } = begin();
  vi.advanceTimersByTime(999);
  expect(connection.take()).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(connection.take()).toEqual(["ping 1"]);
  vi.advanceTimersByTime(399);
  expect(connection.take()).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(connection.take()).toEqual([LOST]);
});

it("goes on after a pong at once, also where the interval is shorter than the patience", () => {
  const { connection, heartbeat, hear } = begin();
  vi.advanceTimersByTime(1000);
  vi.advanceTimersByTime(10);
  hear(pong);
  vi.advanceTimersByTime(1499);
  expect(connection.take()).toEqual(["ping 1"]);
  vi.advanceTimersByTime(1);
  expect(connection.take()).toEqual(["ping 2"]);
  heartbeat.stop();
});

it("asks nothing while bytes come, also where they make no event yet", () => {
  const { connection, heartbeat } = begin();
  for (let i = 0; i < 30; i++) {
    connection.heardAt = clock.now();
    vi.advanceTimersByTime(500);
  }
  expect(connection.take()).toEqual([]);
  heartbeat.stop();
});

it("does not take what we read late for silence", () => {
  const { connection, heartbeat } = begin();
  vi.advanceTimersByTime(1000);
  connection.held = true;
  vi.advanceTimersByTime(10_000);
  expect(connection.take()).toEqual(["ping 1"]);
  connection.held = false;
  vi.advanceTimersByTime(399);
  connection.heardAt = clock.now();
  vi.advanceTimersByTime(400);
  expect(connection.state).toBe("OPEN");
  heartbeat.stop();
});

it("takes what the peer takes of a long queue for a sign of life", () => {
  const { connection } = begin();
  connection.progress = -1_000_000;
  vi.advanceTimersByTime(1000);
  for (const progress of [-900_000, -500_000, 3_000_000]) {
    connection.progress = progress;
    vi.advanceTimersByTime(400);
  }
  expect(connection.take()).toEqual(["ping 1"]);
  vi.advanceTimersByTime(400);
  expect(connection.take()).toEqual([LOST]);
});

it("does not take what we queue for a sign of life", () => {
  const { connection } = begin();
  vi.advanceTimersByTime(1000);
  connection.progress = -1_000_000;
  vi.advanceTimersByTime(400);
  expect(connection.take()).toEqual(["ping 1", LOST]);
});

it("asks by messages, and marks their answers and nothing else", () => {
  const expected = (data: Uint8Array) => String(Buffer.from(data)) === "pong";
  const { connection, heartbeat, hear } = begin({ send: "ping?", expect: expected });
  expect(hear(text("pong"))).not.toHaveProperty("heartbeat");
  vi.advanceTimersByTime(1000);
  expect(connection.take()).toEqual(["text ping? true"]);
  vi.advanceTimersByTime(30);
  const data = text("data");
  expect(hear(data)).toBe(data);
  vi.advanceTimersByTime(20);
  expect(hear(text("pong"))).toMatchObject({ heartbeat: true, rttMs: 50 });
  expect(hear(text("pong"))).not.toHaveProperty("heartbeat");
  heartbeat.stop();
});

it("does not take its own messages for traffic: a quiet line is asked less often", () => {
  const { connection, heartbeat, hear } = begin({
    send: Uint8Array.of(33),
    expect: () => true,
  });
  const asked = (afterMs: number) => {
    vi.advanceTimersByTime(afterMs - 1);
    expect(connection.take()).toEqual([]);
    vi.advanceTimersByTime(1);
    answer();
  };
  const answer = () => {
    expect(connection.take()).toEqual(["binary 33 true"]);
    vi.advanceTimersByTime(1);
    hear(text("any"));
  };
  for (const afterMs of [1000, 1500, 2250]) asked(afterMs);
  connection.messages.out += 1;
  vi.advanceTimersByTime(3375);
  answer();
  asked(1500);
  heartbeat.stop();
});

it("pings between the fragments of a message", () => {
  const { connection, heartbeat } = begin({ send: "ping?", expect: () => true });
  connection.midMessage = true;
  vi.advanceTimersByTime(1000);
  expect(connection.take()).toEqual(["ping 1"]);
  heartbeat.stop();
});

it("ends with the connection", () => {
  const { connection } = begin();
  connection.state = "CLOSING";
  vi.advanceTimersByTime(10_000);
  expect(connection.take()).toEqual([]);
});

it("does nothing once it is stopped, whatever comes", () => {
  const { connection, heartbeat, hear } = begin();
  vi.advanceTimersByTime(1000);
  heartbeat.stop();
  hear(pong);
  expect(connection.take()).toEqual(["ping 1"]);
});
