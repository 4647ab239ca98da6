import { answersPerSecond } from "./answer-rate.ts";
import type { AssertionResult, BenchResult } from "./result.ts";

type Value = (result: BenchResult) => number | undefined;

/** A number of a run that is no latency. */
export interface Figure {
  readonly unit: Exclude<AssertionResult["unit"], "ms" | "percent">;
  /** Undefined where it was not measured. */
  readonly value: Value;
  /** What it is a share of, where it is one. */
  readonly whole?: Value;
}

const planned: Value = ({ messages }) => messages.planned;
const attempted: Value = ({ sockets }) => sockets.attempted;
const expected: Value = ({ stream }) => stream?.expected;

/**
 * Every figure by its name:
 *
 * - `errors`: all that failed, see `errorsByKind`; as a share of all attempts;
 * - `planned`, `sent`, `answered`, `wrong`, `lost`, `unanswered`, `unsent`: messages of the measured
 *   window; as a share of those planned;
 * - `missing`: expected and not received, where messages are numbered or published (`push`,
 *   `fanout`); as a share of those expected;
 * - `duplicated`, `reordered`, `unexpected`: beside what was asked for;
 * - `connected`, `refused`, `broken`: sockets that opened, did not, and were ended by the peer or
 *   the network; as a share of those attempted. `open`: sockets at the end; `peak`: the most at a time;
 * - `rate`: answers per second, see `answersPerSecond`;
 * - `handshakes`: opened per second, in the window for `connect`, otherwise at the start;
 * - `server.rss`: the most memory of the server.
 */
const FIGURES = {
  errors: { unit: "count", value: errorsOf, whole: attemptsOf },
  planned: { unit: "count", value: planned },
  sent: { unit: "count", value: ({ messages }) => messages.sent, whole: planned },
  answered: { unit: "count", value: ({ messages }) => messages.answered, whole: planned },
  wrong: { unit: "count", value: ({ messages }) => messages.wrong, whole: planned },
  lost: { unit: "count", value: ({ messages }) => messages.lost, whole: planned },
  unanswered: { unit: "count", value: ({ messages }) => messages.inFlight, whole: planned },
  unsent: { unit: "count", value: ({ messages }) => messages.unsent, whole: planned },
  missing: { unit: "count", value: ({ stream }) => stream?.missing, whole: expected },
  duplicated: {
    unit: "count",
    value: ({ messages, stream }) => messages.duplicated + (stream?.duplicated ?? 0),
  },
  reordered: {
    unit: "count",
    value: ({ messages, stream }) => messages.reordered + (stream?.reordered ?? 0),
  },
  unexpected: { unit: "count", value: ({ messages }) => messages.unexpected },
  connected: { unit: "count", value: ({ sockets }) => sockets.opened, whole: attempted },
  refused: { unit: "count", value: ({ sockets }) => sockets.failed, whole: attempted },
  broken: { unit: "count", value: ({ sockets }) => sockets.broken, whole: attempted },
  open: { unit: "count", value: ({ sockets }) => sockets.open },
  peak: { unit: "count", value: ({ sockets }) => sockets.peak },
  rate: { unit: "per-second", value: answersPerSecond },
  handshakes: { unit: "per-second", value: handshakesPerSecond },
  "server.rss": { unit: "bytes", value: ({ server }) => server?.maxRssBytes },
} as const satisfies Readonly<Record<string, Figure>>;

export const FIGURE_NAMES: readonly string[] = Object.keys(FIGURES);

const BY_NAME: ReadonlyMap<string, Figure> = new Map(Object.entries(FIGURES));

export function figureNamed(name: string): Figure | undefined {
  return BY_NAME.get(name);
}

/** What failed, of sockets and of messages. */
export interface Errors {
  readonly sockets: number;
  readonly messages: number;
}

/**
 * All that failed: sockets that did not open or did not stay, messages that were not sent, not
 * answered until the end, lost or answered wrongly, and deliveries that are missing. What was in
 * flight when a signal ended the run did not fail. The messages of `connect` are its handshakes: what
 * failed of them is counted as sockets already.
 */
export function errorsByKind({ settings, sockets, messages, stream, ending }: BenchResult): Errors {
  const { unsent, inFlight, wrong, lost } = messages;
  const answers = settings.measure === "connect" ? 0 : wrong + lost;
  const unanswered = ending === "interrupted" ? 0 : inFlight;
  return {
    sockets: sockets.failed + sockets.broken,
    messages: unsent + unanswered + answers + (stream?.missing ?? 0),
  };
}

/** The sum of `errorsByKind`. */
export function errorsOf(result: BenchResult): number {
  const { sockets, messages } = errorsByKind(result);
  return sockets + messages;
}

/** What could have failed: messages planned and deliveries expected; sockets where there are none. */
export function attemptsOf({ sockets, messages, stream }: BenchResult): number {
  return messages.planned + (stream?.expected ?? 0) || sockets.attempted;
}

function handshakesPerSecond(result: BenchResult): number | undefined {
  if (result.settings.measure === "connect") return answersPerSecond(result);
  const { opened, connectMs } = result.sockets;
  return connectMs > 0 ? (opened * 1000) / connectMs : undefined;
}
