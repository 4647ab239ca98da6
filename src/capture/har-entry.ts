import { isValidUtf8 } from "../protocol/utf8.ts";
import type { CloseEvent, ErrorEvent, HandshakeEvent, MessageEvent } from "../transport/events.ts";
import {
  connectMs,
  type HarEntry,
  type HarFacts,
  harStart,
  harTimings,
  roundMs,
} from "./har-format.ts";
import { base64Pieces, textPieces } from "./json-pieces.ts";

/** What the end of an entry repeats of a handshake. */
interface Opening extends Pick<HandshakeEvent, "at" | "timings" | "conn" | "role" | "remote"> {
  readonly tls: HandshakeEvent["tls"] | undefined;
}

/**
 * The entry of a connection that goes on, in pieces: a start, messages, and an end that changes. Where
 * it has to end before the connection does, what comes after that goes into another one.
 */
export class OpenEntry {
  /** The JSON up to the first message. */
  readonly start: string;
  readonly #opening: Opening;
  #lastUs: number;
  #messages = 0;
  #pings = 0;
  #pongs = 0;
  #close: HarFacts["close"];
  #continues = false;

  constructor(handshake: HandshakeEvent, options: { readonly showSecrets: boolean }) {
    const { at, timings, conn, role, remote, tls } = handshake;
    this.#opening = { at, timings, conn, role, remote, tls };
    this.#lastUs = at.epochUs;
    const start = JSON.stringify(harStart(handshake, options));
    this.start = `${start.slice(0, -1)},"_webSocketMessages":[`;
  }

  /** The JSON of a message, with what separates it from the one before. */
  message(event: MessageEvent): Iterable<string> {
    return this.#add(event, messagePieces(event, this.#typeOf(event)));
  }

  error(event: ErrorEvent): Iterable<string> {
    const time = event.at.epochUs / 1e6;
    const entry = { type: "error", time, opcode: -1, data: event.message };
    return this.#add(event, [JSON.stringify(entry)]);
  }

  ping(): void {
    this.#pings += 1;
  }

  pong(): void {
    this.#pongs += 1;
  }

  close({ code, reason, initiator, clean, at }: CloseEvent): void {
    this.#close = { code, reason, initiator, clean };
    this.#lastUs = at.epochUs;
  }

  /** Pings and pongs came that no entry tells of. */
  get isUntold(): boolean {
    return this.#pings + this.#pongs > 0;
  }

  /** It has ended in the file: from now on it is the one that continues it. */
  continue(): void {
    this.#continues = true;
    this.#messages = 0;
    this.#pings = 0;
    this.#pongs = 0;
  }

  /** The JSON after the last message. */
  end(): string {
    const opening = this.#opening;
    const receiveMs = Math.max(0, (this.#lastUs - opening.at.epochUs) / 1000);
    const { conn, role, remote, tls } = opening;
    const end: Pick<HarEntry, "time" | "timings" | "_framecat"> = {
      time: roundMs(connectMs(opening) + receiveMs),
      timings: harTimings(opening, receiveMs),
      _framecat: {
        conn,
        role,
        remote,
        ...(tls && { tls }),
        pings: this.#pings,
        pongs: this.#pongs,
        ...(this.#continues && { continues: true }),
        ...(this.#close && { close: this.#close }),
      },
    };
    return `],${JSON.stringify(end).slice(1)}`;
  }

  #add({ at }: MessageEvent | ErrorEvent, pieces: Iterable<string>): Iterable<string> {
    const separator = this.#messages === 0 ? "\n" : ",\n";
    this.#messages += 1;
    this.#lastUs = at.epochUs;
    return prefixed(separator, pieces);
  }

  /** A HAR is written by a client: what comes to a server is what its client sent. */
  #typeOf({ dir }: MessageEvent): "send" | "receive" {
    const ours = this.#opening.role === "client" ? "out" : "in";
    return dir === ours ? "send" : "receive";
  }
}

function* prefixed(prefix: string, pieces: Iterable<string>): Generator<string> {
  yield prefix;
  yield* pieces;
}

function* messagePieces(
  { at, kind, data, omitted }: MessageEvent,
  type: "send" | "receive",
): Generator<string> {
  const text = kind === "text";
  const head = { type, time: at.epochUs / 1e6, opcode: text ? 1 : 2 };
  yield `${JSON.stringify(head).slice(0, -1)},"data":"`;
  yield* text ? textPieces(data) : base64Pieces(data);
  if (text && !isValidUtf8(data)) {
    yield `","_base64":"`;
    yield* base64Pieces(data);
  }
  yield omitted === undefined ? `"}` : `","_omitted":${omitted}}`;
}
