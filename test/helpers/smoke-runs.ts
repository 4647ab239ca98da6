import { FramecatError } from "../../src/errors.ts";
import type { ExpectationOptions } from "../../src/scenario/checks.ts";
import { Expectations } from "../../src/scenario/expectations.ts";
import { judge, type RunEnd } from "../../src/scenario/judge.ts";
import { parsePattern, type Pattern } from "../../src/scenario/pattern.ts";
import { type ConnectResult, smokeResult } from "../../src/scenario/smoke-result.ts";
import { Statistics } from "../../src/scenario/statistics.ts";
import type { Event } from "../../src/transport/events.ts";
import { closeAt, handshakeAt, messageAt, momentAt, stateAt } from "./connect-events.ts";

/** Results of smoke tests, made by what makes them in a run. */
const patterns = (texts: readonly string[]): Promise<Pattern[]> =>
  Promise.all(texts.map((text) => parsePattern(text, "--expect")));

const URL = "wss://stream.example.net/v1?token=hunter2";

interface Course {
  readonly options: Partial<ExpectationOptions>;
  readonly events: readonly Event[];
  readonly end?: RunEnd;
  readonly failure?: FramecatError;
}

function resultOf({ options, events, end = {}, failure }: Course): ConnectResult {
  const expectations = new Expectations({ expect: [], reject: [], order: "in-order", ...options });
  const statistics = new Statistics();
  for (const event of events) {
    expectations.take(event);
    statistics.take(event);
  }
  if (failure) statistics.failed(failure.code);
  return smokeResult({
    url: URL,
    startedAt: momentAt(0),
    endedAt: momentAt(1234.5),
    handshake: events.find((event) => event.type === "handshake"),
    close: events.find((event) => event.type === "close"),
    checks: expectations.checks,
    others: expectations.progress.others,
    statistics: statistics.snapshot(momentAt(1234.5)),
    failure: failure ?? judge(expectations, end),
  });
}

const opened = [
  stateAt(0, "CONNECTING"),
  handshakeAt(43, {
    url: URL,
    remote: "192.0.2.1:443",
    timings: { dns: 2, tcp: 11, tls: 19, upgrade: 11 },
    subprotocol: "chat",
    deflate: {
      serverNoContextTakeover: false,
      clientNoContextTakeover: false,
      serverMaxWindowBits: 15,
      clientMaxWindowBits: 15,
    },
    tls: {
      version: "TLSv1.3",
      cipher: "TLS_AES_256_GCM_SHA384",
      authorized: true,
      peer: {
        subject: "stream.example.net",
        issuer: "Example CA",
        validFrom: "2026-01-01T00:00:00.000Z",
        validTo: "2026-04-01T00:00:00.000Z",
        fingerprint256: "AA:BB",
      },
    },
  }),
  stateAt(43, "OPEN"),
  messageAt(44, "out", '{"type":"ping"}'),
];

const LONG = `json:$.items[?@.name == "a name that is long"].price=${"1234567890".repeat(4)}`;

const [pong, hello, error, long, hex] = await patterns([
  "pong",
  "/^hello$/",
  "error",
  LONG,
  "hex:0102",
]);

export const PASSED = resultOf({
  options: {
    subprotocol: "chat",
    expect: [pong!, pong!],
    reject: [error!],
    maxLatencyMs: 500,
    closeCode: 1001,
  },
  events: [
    ...opened,
    messageAt(56, "in", '{"type":"pong"}'),
    messageAt(300, "in", "pong 2"),
    closeAt(400, 1001, { reason: "bye", durationMs: 3 }),
  ],
});

export const MISSED = resultOf({
  options: {
    subprotocol: "mqtt",
    order: "any",
    expect: [pong!, hello!, long!, hex!],
    reject: [error!],
    count: 9,
  },
  events: [
    ...opened.map((event) =>
      event.type === "handshake" ? { ...event, subprotocol: "mqtt" } : event,
    ),
    messageAt(56, "in", "pong"),
    messageAt(60, "in", "trouble"),
    messageAt(70, "in", "\x1b[31man error, which is told at such length that it fits nowhere"),
  ],
});

export const TIMED_OUT = resultOf({
  options: {},
  events: opened,
  end: { timedOutAfterMs: 10_000 },
});

export const REFUSED = resultOf({
  options: { expect: [pong!], reject: [error!] },
  events: [stateAt(0, "CONNECTING")],
  failure: new FramecatError(
    "unreachable",
    "stream.example.net:443 refused the connection",
    "Is the server running?",
  ),
});

/** Without anything that was to be. */
export const PLAIN = resultOf({ options: {}, events: [...opened, closeAt(50)] });

export const SMOKE_RUNS = { PASSED, MISSED, TIMED_OUT, REFUSED, PLAIN };
