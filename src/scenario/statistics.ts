import { elapsedMs, type Moment } from "../clock.ts";
import type { FailureCode } from "../errors.ts";
import { describeOpcode } from "../protocol/opcodes.ts";
import type {
  Direction,
  Event,
  FrameEvent,
  MessageEvent,
  StateEvent,
} from "../transport/events.ts";
import type { Tally, Traffic } from "../transport/traffic.ts";
import { hasOpened } from "../opened.ts";
import { type HistogramSummary, LogHistogram } from "../log-histogram.ts";

/** What passed one way. */
export interface DirectionCounts {
  readonly messages: number;
  /** Of messages, inflated. */
  readonly payloadBytes: number;
  readonly meanBytes?: number | undefined;
  /** Of all frames with their headers, where that is known. */
  readonly wireBytes?: number | undefined;
  /** Of the messages that were compressed, where frames were watched. */
  readonly deflate?: DeflateCounts | undefined;
  /** Frames by the name of their opcode, where they were watched. */
  readonly frames?: Readonly<Record<string, number>> | undefined;
}

export interface DeflateCounts {
  readonly payloadBytes: number;
  readonly wireBytes: number;
}

export interface StatisticsSnapshot {
  /** Since the first event. */
  readonly durationMs: number;
  readonly attempts: number;
  readonly opened: number;
  readonly failed: number;
  /** Opened again after the first time. */
  readonly reconnects: number;
  /** Connecting took too long, or a heartbeat was not answered. */
  readonly timeouts: number;
  /** From the first step of connecting to the end of the handshake. */
  readonly meanConnectMs?: number | undefined;
  readonly sent: DirectionCounts;
  readonly received: DirectionCounts;
  /** Of pings, and of heartbeats that the peer answered. */
  readonly roundTripsMs?: HistogramSummary | undefined;
  readonly errors: Readonly<Partial<Record<FailureCode, number>>>;
}

const TIMEOUTS: ReadonlySet<FailureCode> = new Set(["connect-timeout", "heartbeat"]);

/** Counts what happens on a connection, and on those that take its place. */
export class Statistics {
  readonly #ways: Readonly<Record<Direction, WayCounter>> = {
    out: new WayCounter(),
    in: new WayCounter(),
  };
  readonly #roundTrips = new LogHistogram();
  readonly #errors = new Map<FailureCode, number>();
  #startNs: bigint | undefined;
  #attempts = 0;
  #opened = 0;
  #failed = 0;
  #connectMs = 0;
  /** When the attempt that is under way began. */
  #connectingNs: bigint | undefined;

  take(event: Event): void {
    this.#startNs ??= event.at.ns;
    switch (event.type) {
      case "state":
        this.#takeState(event);
        break;
      case "handshake":
        if (!hasOpened(event)) this.#endAttempt();
        break;
      case "reconnect":
        this.#endAttempt();
        break;
      case "message":
        this.#ways[event.dir].takeMessage(event);
        if (event.rttMs !== undefined) this.#roundTrips.record(event.rttMs);
        break;
      case "frame":
        this.#ways[event.dir].takeFrame(event);
        break;
      case "pong":
        if (event.rttMs !== undefined) this.#roundTrips.record(event.rttMs);
        break;
      case "error":
        this.failed(event.code);
        break;
      default:
    }
  }

  /** Counts a failure that no event tells of, as of the dial that a run ends with. */
  failed(code: FailureCode): void {
    this.#errors.set(code, (this.#errors.get(code) ?? 0) + 1);
    this.#endAttempt();
  }

  /**
   * @param traffic what the connections themselves have counted: what has left, where events tell what
   *   was sent, and the bytes on the wire, also where no frames are watched
   */
  snapshot(now: Moment, traffic?: Traffic): StatisticsSnapshot {
    const opened = this.#opened;
    return {
      durationMs: elapsedMs(this.#startNs ?? now.ns, now.ns),
      attempts: this.#attempts,
      opened,
      failed: this.#failed,
      reconnects: Math.max(0, opened - 1),
      timeouts: [...this.#errors].reduce(
        (n, [code, count]) => n + (TIMEOUTS.has(code) ? count : 0),
        0,
      ),
      meanConnectMs: opened === 0 ? undefined : this.#connectMs / opened,
      sent: this.#ways.out.counts(traffic?.out),
      received: this.#ways.in.counts(traffic?.in),
      roundTripsMs: this.#roundTrips.summary,
      errors: Object.fromEntries(this.#errors),
    };
  }

  #takeState({ state, at }: StateEvent): void {
    if (state === "CONNECTING") {
      this.#endAttempt();
      this.#attempts += 1;
      this.#connectingNs = at.ns;
    } else if (state === "OPEN") {
      this.#opened += 1;
      this.#connectMs += elapsedMs(this.#connectingNs ?? at.ns, at.ns);
      this.#connectingNs = undefined;
    }
  }

  /** Whatever comes before it has opened says that it never will. */
  #endAttempt(): void {
    if (this.#connectingNs === undefined) return;
    this.#connectingNs = undefined;
    this.#failed += 1;
  }
}

class WayCounter {
  #messages = 0;
  #payloadBytes = 0;
  #frameBytes = 0;
  readonly #frames = new Map<number, number>();
  #deflated: DeflateCounts | undefined;

  takeMessage({ data, omitted = 0 }: MessageEvent): void {
    this.#messages += 1;
    this.#payloadBytes += data.length + omitted;
  }

  takeFrame({ frame, message }: FrameEvent): void {
    const { opcode, headerLength, length } = frame.header;
    this.#frames.set(opcode, (this.#frames.get(opcode) ?? 0) + 1);
    this.#frameBytes += headerLength + length;
    if (!message?.compressed || message.cut) return;
    const { payloadBytes, wireBytes } = this.#deflated ?? { payloadBytes: 0, wireBytes: 0 };
    this.#deflated = {
      payloadBytes: payloadBytes + message.data.length,
      wireBytes: wireBytes + message.wireLength,
    };
  }

  counts(tally: Tally | undefined): DirectionCounts {
    const watched = this.#frames.size > 0;
    const { messages, payloadBytes } = tally ?? {
      messages: this.#messages,
      payloadBytes: this.#payloadBytes,
    };
    const names = [...this.#frames].map(
      ([opcode, count]) => [describeOpcode(opcode).name, count] as const,
    );
    return {
      messages,
      payloadBytes,
      meanBytes: messages === 0 ? undefined : payloadBytes / messages,
      wireBytes: tally?.wireBytes ?? (watched ? this.#frameBytes : undefined),
      deflate: this.#deflated,
      frames: watched ? Object.fromEntries(names) : undefined,
    };
  }
}
