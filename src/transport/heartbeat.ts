import type { Clock } from "../clock.ts";
import { FramecatError } from "../errors.ts";
import type { Connection } from "./connection.ts";
import type { Event, MessageEvent } from "./events.ts";
import { HeartbeatRhythm, type RhythmOptions } from "./heartbeat-rhythm.ts";

export interface HeartbeatOptions extends RhythmOptions {
  /** Asks by a message of the application instead of by a ping. */
  readonly message?:
    | {
        readonly send: string | Uint8Array;
        /** Whether a message that came answers. */
        readonly expect: (data: Uint8Array) => boolean;
      }
    | undefined;
}

/** What a heartbeat needs of a connection. */
export type Beating = Pick<
  Connection,
  "state" | "heardAt" | "held" | "progress" | "traffic" | "midMessage" | "ping" | "send" | "fail"
>;

/** Questions that wait for their answer; older ones are forgotten. */
const MAX_OPEN = 64;

/**
 * Asks the peer of one connection for signs of life, and fails the connection when none come.
 *
 * While we hold the peer back nothing can be heard of it, and while it takes what we have queued it
 * is alive: neither counts against it. Between the fragments of a message no other message may stand
 * (RFC 6455, section 5.4), so there a ping asks in place of a message.
 */
export class Heartbeat {
  readonly #connection: Beating;
  readonly #clock: Clock;
  readonly #options: HeartbeatOptions;
  readonly #rhythm: HeartbeatRhythm;
  #timer: NodeJS.Timeout | undefined;
  #pings = 0;
  /** When the messages that were not answered yet were sent. */
  readonly #open: number[] = [];
  /** Messages that are questions or answers of ours. */
  #own = 0;
  #progress: number | undefined;

  constructor(connection: Beating, clock: Clock, options: HeartbeatOptions) {
    this.#connection = connection;
    this.#clock = clock;
    this.#options = options;
    this.#rhythm = new HeartbeatRhythm(options, this.#traffic());
  }

  start(): void {
    this.#look();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Every event of the connection passes here, and comes back: answers of the peer as such. */
  pass(event: Event): Event {
    const marked = event.type === "message" && event.dir === "in" ? this.#mark(event) : event;
    const came = "dir" in event && event.dir === "in";
    if (came && this.#timer && this.#rhythm.asked) this.#look();
    return marked;
  }

  #mark(event: MessageEvent): MessageEvent {
    const [askedAt] = this.#open;
    if (askedAt === undefined || !this.#options.message?.expect(event.data)) return event;
    this.#open.shift();
    this.#own += 1;
    return { ...event, heartbeat: true, rttMs: this.#now() - askedAt };
  }

  #look(): void {
    this.stop();
    if (this.#connection.state !== "OPEN") return;
    const beat = this.#rhythm.look({
      now: this.#now(),
      heardAt: millis(this.#connection.heardAt),
      traffic: this.#traffic(),
      excused: this.#isExcused(),
    });
    if (beat.act === "lost") return this.#connection.fail(lost(beat.afterMs));
    this.#timer = setTimeout(() => this.#look(), Math.ceil(beat.forMs));
    if (beat.act === "ask") this.#ask();
  }

  #isExcused(): boolean {
    const before = this.#progress;
    this.#progress = this.#connection.progress;
    const taken = before !== undefined && before !== this.#progress;
    return taken || this.#connection.held;
  }

  #ask(): void {
    const { message } = this.#options;
    if (message && !this.#connection.midMessage) {
      this.#open.push(this.#now());
      if (this.#open.length > MAX_OPEN) this.#open.shift();
      void this.#connection.send(message.send, {
        binary: typeof message.send !== "string",
        heartbeat: true,
        sent: (ok) => (this.#own += Number(ok)),
      });
      return;
    }
    this.#pings += 1;
    void this.#connection.ping(Buffer.from(String(this.#pings)));
  }

  /** Messages both ways that are none of ours. */
  #traffic(): number {
    const { traffic } = this.#connection;
    return traffic.in.messages + traffic.out.messages - this.#own;
  }

  #now(): number {
    return millis(this.#clock.now());
  }
}

function millis({ ns }: { readonly ns: bigint }): number {
  return Number(ns) / 1e6;
}

function lost(afterMs: number): FramecatError {
  const message = `the heartbeat was lost: nothing came for ${afterMs / 1000} s after it was asked for`;
  return new FramecatError("heartbeat", message);
}
