import type { LeanClose } from "../transport/lean-connection.ts";
import { greet } from "./greet.ts";
import { inflateMessage } from "./outgoing-frame.ts";
import type { Recorder } from "./recorder.ts";
import { SequenceTracker } from "../scenario/sequence-tracker.ts";
import type { Stream } from "./stream.ts";
import type { LoadConnection, User, UserContext } from "./user.ts";

/** How pushed messages are followed, for all users of a worker. */
export interface Listening {
  readonly stream: Stream;
  readonly gaps: Recorder;
  /** The number of a message in its stream; undefined where it has none. */
  readonly numberOf: (payload: Uint8Array) => number | undefined;
  readonly greetings: (socket: number) => readonly Buffer[];
}

/** One socket that receives what the server sends by itself. */
export class ListeningUser implements User {
  readonly #context: UserContext;
  readonly #listening: Listening;
  readonly #socket: number;
  #tracker: SequenceTracker | undefined;
  #lastAt: number | undefined;
  readonly inFlight = 0;
  connection: LoadConnection | undefined;

  constructor(context: UserContext, listening: Listening, socket: number) {
    this.#context = context;
    this.#listening = listening;
    this.#socket = socket;
  }

  join(connection: LoadConnection): void {
    this.connection = connection;
    greet(connection, this.#listening.greetings(this.#socket), this.#context.load);
  }

  start(): void {}
  plan(): void {}
  flush(): void {}
  drained(): void {}

  message(payload: Uint8Array, _opcode: number, compressed: boolean): void {
    const { load } = this.#context;
    const now = load.now();
    const before = this.#lastAt;
    this.#lastAt = now;
    if (!load.isMeasuring) return;
    const { stream, gaps, numberOf } = this.#listening;
    // A gap that began before the window is not one of it.
    if (before !== undefined && before >= load.windowStart) gaps.record((now - before) * 1e6);
    const plain = compressed ? inflateMessage(payload) : payload;
    const number = plain && numberOf(plain);
    // A negative number marks the end of a stream.
    if (number !== undefined && number < 0) return;
    if (number === undefined) stream.takeUnnumbered();
    else stream.take((this.#tracker ??= new SequenceTracker()), number);
  }

  received(messages: number, bytes: number): void {
    const { load } = this.#context;
    load.bytesIn += bytes;
    load.messagesIn += messages;
  }

  closed(close: LeanClose): void {
    this.#context.onClosed(this, close);
  }
}
