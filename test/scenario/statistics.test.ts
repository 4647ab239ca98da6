import { describe, expect, it } from "vitest";
import { Statistics } from "../../src/scenario/statistics.ts";
import type { Event } from "../../src/transport/events.ts";
import type { Traffic } from "../../src/transport/traffic.ts";
import {
  closeAt,
  handshakeAt,
  messageAt,
  momentAt,
  refusalAt,
  stateAt,
} from "../helpers/connect-events.ts";
import { frameEvents } from "../helpers/frame-events.ts";

function snapshot(events: readonly Event[], traffic?: Traffic) {
  const statistics = new Statistics();
  for (const event of events) statistics.take(event);
  return statistics.snapshot(momentAt(1000), traffic);
}

const common = { conn: "1", at: momentAt(5) };
const lost: Event = { ...common, type: "error", code: "abnormal", message: "reset" };
const late: Event = { ...common, type: "error", code: "connect-timeout", message: "too long" };
const silent: Event = { ...common, type: "error", code: "heartbeat", message: "no pong" };
const again: Event = { ...common, type: "reconnect", attempt: 1, delayMs: 5 };
const pong = (rttMs?: number): Event => ({
  ...common,
  type: "pong",
  dir: "in",
  data: new Uint8Array(0),
  ...(rttMs !== undefined && { rttMs }),
});

const opening = (from: number, to: number) => [
  stateAt(from, "CONNECTING"),
  handshakeAt(to),
  stateAt(to, "OPEN"),
];

describe("connections", () => {
  it("are none at first", () => {
    const none = { messages: 0, payloadBytes: 0 };
    expect(snapshot([])).toEqual({
      durationMs: 0,
      attempts: 0,
      opened: 0,
      failed: 0,
      reconnects: 0,
      timeouts: 0,
      sent: none,
      received: none,
      errors: {},
    });
  });

  it.each<[string, Event[], number[]]>([
    ["one under way", [stateAt(0, "CONNECTING")], [1, 0, 0, 0, 0]],
    ["one opened", opening(0, 10), [1, 1, 0, 0, 0]],
    ["one refused", [stateAt(0, "CONNECTING"), refusalAt(5)], [1, 0, 1, 0, 0]],
    ["one too late", [stateAt(0, "CONNECTING"), late], [1, 0, 1, 0, 1]],
    ["one given up without a word", [stateAt(0, "CONNECTING"), again], [1, 0, 1, 0, 0]],
    ["two, and no word between", [stateAt(0, "CONNECTING"), ...opening(5, 6)], [2, 1, 1, 0, 0]],
    [
      "one lost and one in its place",
      [...opening(0, 10), lost, closeAt(20, 1006), again, ...opening(30, 40)],
      [2, 2, 0, 1, 0],
    ],
    ["one lost to silence", [...opening(0, 10), silent], [1, 1, 0, 0, 1]],
    ["a refusal told twice", [stateAt(0, "CONNECTING"), refusalAt(5), late], [1, 0, 1, 0, 1]],
  ])("%s", (_, events, counts) => {
    const { attempts, opened, failed, reconnects, timeouts } = snapshot(events);
    expect([attempts, opened, failed, reconnects, timeouts]).toEqual(counts);
  });

  it("take a mean time", () => {
    expect(snapshot([...opening(0, 10), ...opening(100, 130)]).meanConnectMs).toBe(20);
    expect(snapshot([]).meanConnectMs).toBeUndefined();
  });

  it("last since the first event", () => {
    expect(snapshot([stateAt(400, "CONNECTING")]).durationMs).toBe(600);
  });

  it("fail also where no event tells of it", () => {
    const statistics = new Statistics();
    statistics.take(stateAt(0, "CONNECTING"));
    statistics.failed("unreachable");
    const { failed, errors } = statistics.snapshot(momentAt(1));
    expect([failed, errors]).toEqual([1, { unreachable: 1 }]);
  });
});

describe("traffic", () => {
  it("is counted in messages and payload each way", () => {
    const long = { ...messageAt(3, "out", "abc"), omitted: 97 };
    const { sent, received } = snapshot([messageAt(1, "out", ""), long, messageAt(2, "in", "ü")]);
    expect(sent).toEqual({ messages: 2, payloadBytes: 100, meanBytes: 50 });
    expect(received).toEqual({ messages: 1, payloadBytes: 2, meanBytes: 2 });
  });

  it("is what the connections themselves count, where they are asked", () => {
    const traffic = {
      out: { messages: 0, payloadBytes: 0, wireBytes: 7 },
      in: { messages: 2, payloadBytes: 5, wireBytes: 9 },
    };
    const events = [messageAt(1, "out", "a"), ...frameEvents([{ opcode: 1, payload: "abc" }])];
    const { sent, received } = snapshot(events, traffic);
    expect(sent).toEqual({ messages: 0, payloadBytes: 0, wireBytes: 7 });
    expect(received).toEqual({ ...traffic.in, meanBytes: 2.5, frames: { text: 1 } });
  });

  it("is counted in frames where they are watched", () => {
    const { sent, received } = snapshot(
      frameEvents([
        { opcode: 1, maskKey: 1, payload: "hello" },
        { opcode: 9, payload: "p" },
        { opcode: 1, fin: false, payload: "a" },
        { opcode: 0, payload: "b" },
      ]),
    );
    expect([sent.wireBytes, sent.frames]).toEqual([11, { text: 1 }]);
    expect([received.wireBytes, received.frames]).toEqual([
      9,
      { ping: 1, text: 1, continuation: 1 },
    ]);
  });

  it("adds up what deflate saved", () => {
    const [frame] = frameEvents([{ opcode: 1, payload: "ab" }]);
    const message = { ...frame!.message!, wireLength: 40, data: new Uint8Array(100) };
    const compressed = { ...frame!, message: { ...message, compressed: true } };
    const cut = { ...frame!, message: { ...message, compressed: true, cut: true } };
    const { deflate } = snapshot([compressed, compressed, frame!, cut]).received;
    expect(deflate).toEqual({ payloadBytes: 200, wireBytes: 80 });
  });
});

it("counts the round trips of pings and heartbeats", () => {
  const beat = { ...messageAt(1, "in", "pong"), heartbeat: true, rttMs: 3 } as const;
  const { roundTripsMs } = snapshot([pong(1), pong(), pong(2), beat]);
  expect(roundTripsMs).toMatchObject({ count: 3, min: 1, mean: 2, max: 3 });
});

it("counts errors by their code", () => {
  expect(snapshot([lost, lost, silent]).errors).toEqual({ abnormal: 2, heartbeat: 1 });
});
