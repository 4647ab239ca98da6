import type { Headers } from "../../protocol/http-head.ts";
import { opensStream } from "../../protocol/http2-head.ts";
import { redactHead } from "../../redact.ts";
import type { Direction } from "../../transport/events.ts";
import type { Decoding, DirectionEnd } from "../streams/decoding.ts";
import { answeredDeflate, type Place } from "../streams/handshake.ts";
import { HeldBytes } from "../streams/held-bytes.ts";
import type { Compression } from "../streams/inflation.ts";
import type { Stamp } from "../streams/packet-time.ts";
import { WebSocketSession } from "../streams/web-socket-session.ts";
import { connectEvent, type ConnectRequest, responseHead, statusIn } from "./connect-request.ts";
import { fieldSize } from "./hpack-tables.ts";

/** What is kept of a refusal's body. */
const MAX_BODY = 64 * 1024;
/** Bytes of one side that wait for the response. */
const MAX_WAITING = 64 * 1024;
/** How long they wait, in seconds of capture time. */
const PATIENCE = 10;
/** What a stream takes by itself, about, and what it takes besides where it is judged. */
const STREAM_COST = 8 * 1024;
const JUDGING_COST = 8 * 1024;
const SENDER = { out: "the client", in: "the server" } as const;

/**
 * A stream of HTTP/2 on which the client asked for a WebSocket (RFC 8441, section 5).
 *
 * 1. What the client sends waits for the response. Where that is lost, or too much waits, it goes on
 *    without, and says so.
 * 2. A response of 2xx opens the WebSocket. So does 101, which is wrong: what follows tells more.
 * 3. Any other but 1xx is a refusal, told with its body.
 */
export class ConnectStream {
  readonly #decoding: Decoding;
  readonly #place: Place;
  readonly #asked: ConnectRequest;
  readonly #held: Readonly<Record<Direction, HeldBytes>>;
  readonly #ended: Partial<Record<Direction, DirectionEnd>> = {};
  #session: WebSocketSession | undefined;
  /** The fields of a refusal whose body is being read. */
  #refusal: Headers | undefined;
  /** The response cannot be read. */
  #lost = false;
  /** Data came after its end, and that was told. */
  #late = false;

  constructor(decoding: Decoding, place: Place, asked: ConnectRequest) {
    this.#decoding = decoding;
    this.#place = place;
    this.#asked = asked;
    this.#held = { out: new HeldBytes(decoding.budget), in: new HeldBytes(decoding.budget) };
  }

  /** Octets that it counts for as long as it is open, besides those that it holds. */
  get cost(): number {
    const own = STREAM_COST + (this.#decoding.watcher ? JUDGING_COST : 0);
    return this.#asked.head.headers.reduce((sum, field) => sum + fieldSize(field), own);
  }

  /** Both directions have ended, or the one that refused has. */
  get done(): boolean {
    const { out, in: answer } = this.#ended;
    return answer !== undefined && (out !== undefined || this.#refusal !== undefined);
  }

  /** The fields of a response, or trailing ones. */
  response(fields: Headers): void {
    if (this.#session || this.#refusal) return;
    const status = statusIn(fields);
    if (this.#asked.opens && opensStream(status)) {
      this.#accepted(fields);
    } else if (status < 100 || status >= 200) {
      this.#refusal = fields;
    }
  }

  /** The response cannot be read: whether it opened the WebSocket shows in what follows. */
  responseLost(): void {
    if (this.#session || this.#refusal || !this.#asked.opens) return;
    this.#lost = true;
    if (this.#held.out.length > 0) this.#openUnanswered({ in: true });
  }

  data(dir: Direction, bytes: Uint8Array, start: number, end: number): void {
    if (this.#ended[dir]) this.#tellLate(dir);
    else if (this.#session) this.#session.data(dir, bytes, start, end);
    else if (this.#refusal) this.#keepBody(dir, bytes, start, end);
    else if (this.#asked.opens) this.#wait(dir, bytes, start, end);
  }

  /**
   * Payload is missing; or, where that is not exact, up to so many octets of the connection, after
   * which nothing more comes of this direction.
   */
  gapIn(dir: Direction, length: number, exact: boolean): void {
    if (this.#ended[dir]) return;
    const waits = !this.#session && !this.#refusal && this.#asked.opens;
    if (waits && exact) this.#openUnanswered({ in: false });
    this.#session?.gapIn(dir, length, exact);
  }

  endOf(dir: Direction, how: DirectionEnd): void {
    if (this.#ended[dir]) return;
    this.#ended[dir] = how;
    this.#session?.endOf(dir, how);
  }

  /** Nothing more comes. */
  finish(): void {
    const waiting = this.#held.out.length > 0 || (this.#lost && this.#held.in.length > 0);
    if (waiting && !this.#refusal) this.#openUnanswered({ in: false });
    if (this.#session) this.#session.finish();
    else if (this.#refusal) this.#tell(this.#refusal, this.#held.in.view.slice());
    else this.note(`${this.#line}: no response to it is in the capture`);
    this.#held.out.drop();
    this.#held.in.drop();
  }

  note(message: string): void {
    const at = this.#decoding.time.moment();
    this.#decoding.emit({ type: "note", conn: this.#place.conn, at, message });
  }

  /** Notes are never shown with secrets. */
  get #line(): string {
    return redactHead(this.#asked.head).startLine;
  }

  #tellLate(dir: Direction): void {
    if (!this.#late) this.note(`${SENDER[dir]} sent data after END_STREAM, which is not decoded`);
    this.#late = true;
  }

  #keepBody(dir: Direction, bytes: Uint8Array, start: number, end: number): void {
    const room = MAX_BODY - this.#held.in.length;
    const { time, budget } = this.#decoding;
    if (dir === "out" || room <= 0 || budget.exceeded) return;
    this.#held.in.add(bytes, start, Math.min(end, start + room), time);
  }

  #wait(dir: Direction, bytes: Uint8Array, start: number, end: number): void {
    const held = this.#held[dir];
    const { time, budget } = this.#decoding;
    held.add(bytes, start, end, time);
    const waited = time.seconds - (held.since?.seconds ?? 0);
    if (dir === "out" && this.#lost) this.#openUnanswered({ in: true });
    else if (held.length > MAX_WAITING || waited > PATIENCE || budget.exceeded) {
      this.#openUnanswered({ in: false });
    }
  }

  #accepted(fields: Headers): void {
    this.#tell(fields);
    this.#tellEarly();
    this.#open(answeredDeflate({ startLine: "", headers: fields }) ?? "none", {
      out: true,
      in: true,
    });
  }

  #tell(fields: Headers, body?: Uint8Array): void {
    const head = responseHead(fields);
    const answer = { head, at: this.#decoding.time.moment(), ...(body && { body }) };
    this.#decoding.emit(connectEvent(this.#asked, answer, this.#place));
  }

  /** A client must wait for the response (RFC 6455, section 4.1). */
  #tellEarly(): void {
    const { length, since } = this.#held.out;
    const { time, watcher } = this.#decoding;
    if (!since || !isEarlier(since, time)) return;
    watcher?.bytesBeforeResponse(this.#place.conn, length);
    this.note(`the client sent ${length} B before the response`);
  }

  /** @param begins whether what the server sent is known to be WebSocket from its first byte on */
  #openUnanswered(begins: { readonly in: boolean }): void {
    const absent = this.#lost ? "is not in the capture" : "has not come before what follows";
    this.note(`${this.#line}: the response to it ${absent}`);
    const compression = this.#decoding.deflate ? "assumed" : "unknown";
    this.#open(compression, { out: true, ...begins });
  }

  #open(compression: Compression, begins: Readonly<Record<Direction, boolean>>): void {
    const { conn } = this.#place;
    const session = new WebSocketSession(this.#decoding, { conn, compression, begins });
    this.#session = session;
    for (const dir of ["out", "in"] as const) {
      this.#held[dir].replay(this.#decoding.time, (...piece) => session.data(dir, ...piece));
      const how = this.#ended[dir];
      if (how) session.endOf(dir, how);
    }
  }
}

function isEarlier(a: Stamp, b: Stamp): boolean {
  return a.seconds < b.seconds || (a.seconds === b.seconds && a.nanoseconds < b.nanoseconds);
}
