import { type HttpHead, parseRequestLine } from "../../protocol/http-head.ts";
import { redactHead } from "../../redact.ts";
import type { Direction } from "../../transport/events.ts";
import type { Decoding, DirectionEnd } from "./decoding.ts";
import { headCost } from "../head-cost.ts";
import { DroppedStage } from "./dropped-stage.ts";
import { openingOf } from "./first-bytes.ts";
import {
  answeredDeflate,
  type AskedRequest,
  asksForWebSocket,
  handshakeEvent,
  namesUpgrade,
  namesWebSocket,
  statusOf,
} from "./handshake.ts";
import { HeldBytes } from "./held-bytes.ts";
import { HttpBodySkipper, requestFraming, responseFraming } from "./http-body-skipper.ts";
import { HttpReader } from "./http-reader.ts";
import type { Compression } from "./inflation.ts";
import type { Stamp } from "./packet-time.ts";
import { opposite, type Stage, type StageHost } from "./stage.ts";
import { WebSocketSession } from "./web-socket-session.ts";

/** What is kept of a refusal's body. */
const MAX_BODY = 64 * 1024;
/** Bytes of one side that wait for the other, and for how long, in seconds of capture time. */
const MAX_WAITING = 1024 * 1024;
const PATIENCE: Readonly<Record<Direction, number>> = { out: 10, in: 1 };
/** Requests that wait for their responses; where there are more, none is captured. */
const MAX_PIPELINED = 256;

/** A request that waits for its response, and the memory that it takes. */
interface WaitingRequest extends AskedRequest {
  readonly cost: number;
}

interface Refusal {
  readonly head: HttpHead;
  readonly body: HttpBodySkipper;
}

/**
 * HTTP/1.1 until it becomes something else (RFC 9112; RFC 6455, section 4).
 *
 * 1. Requests are read until one asks to speak another protocol. What the client sends after that
 *    waits for the response, which tells what it is.
 * 2. Each response belongs to the oldest request without one. In captures it may stand before it, so
 *    it waits for the request.
 * 3. Where either is not in the capture, that shows by a gap, by the end, by time or by the amount
 *    that waits. Then it goes on with the other one alone, and says so.
 * 4. What is held of messages is counted for all connections together. Where that is too much, what is
 *    under way goes on as if it were not in the capture.
 * 5. A refusal is told with its body, and HTTP goes on after it.
 */
export class HttpStage implements Stage {
  readonly kind = "http";
  readonly #decoding: Decoding;
  readonly #host: StageHost;
  readonly #held: Readonly<Record<Direction, HeldBytes>>;
  readonly #readers: Record<Direction, HttpReader>;
  /** Whether it is looked for a packet with which a message begins. */
  readonly #seeking: Record<Direction, boolean> = { out: false, in: false };
  readonly #requests: WaitingRequest[] = [];
  readonly #ended: Partial<Record<Direction, DirectionEnd>> = {};
  /** The refusal whose body is being read. */
  #refusal: Refusal | undefined;
  /** The response that is being read is no interim one. */
  #final = false;
  /** Bytes of the client that are missing behind the request that waits. */
  #clientGap = 0;
  /** What the budget counts of messages under way. */
  #counted = 0;
  #next: Stage | undefined;

  constructor(decoding: Decoding, host: StageHost) {
    this.#decoding = decoding;
    this.#host = host;
    this.#held = { out: new HeldBytes(decoding.budget), in: new HeldBytes(decoding.budget) };
    this.#readers = { out: this.#newReader("out"), in: this.#newReader("in") };
  }

  #newReader(dir: Direction): HttpReader {
    const client = { head: (head: HttpHead) => this.#request(head), end: () => this.#requested() };
    const server = { head: (head: HttpHead) => this.#response(head), end: () => this.#answered() };
    // A response waits for its request.
    return new HttpReader(dir === "out" ? client : server, { stopped: dir === "in" });
  }

  data(dir: Direction, bytes: Uint8Array, start: number, end: number): void {
    if (this.#next) this.#next.data(dir, bytes, start, end);
    else if (this.#held[dir].length > 0) this.#hold(dir, bytes, start, end);
    else if (!this.#seeking[dir] || this.#begins(dir, bytes, start, end))
      this.#take(dir, bytes, start, end);
    else this.#follow(dir, bytes, start, end);
  }

  gapIn(dir: Direction, length: number, exact: boolean): void {
    if (this.#next) return this.#next.gapIn(dir, length, exact);
    if (exact && this.#held[dir].length === 0 && this.#readers[dir].gap(length)) {
      this.#pump(opposite(dir));
      return;
    }
    // What the client sends meanwhile tells nothing of the response.
    const waits = dir === "out" && this.#readers.out.stopped;
    if (dir === "in" || this.#held.out.length > 0) this.#conclude({ answerLost: dir === "in" });
    if (this.#next) this.gapIn(dir, length, exact);
    else if (waits) this.#clientGap += length;
    else this.#lose(dir);
  }

  endOf(dir: Direction, how: DirectionEnd): void {
    if (this.#next) return this.#next.endOf(dir, how);
    this.#ended[dir] = how;
    if (dir === "out") return;
    if (this.#refusal) this.#tellRefusal();
    // A response that waits may still get its request: that is of the other direction.
    if (this.#held.in.length === 0) this.#conclude({ answerLost: false });
  }

  finish(): void {
    if (this.#refusal) this.#tellRefusal();
    this.#conclude({ answerLost: false });
    if (this.#next) return this.#next.finish();
    const waiting = this.#requests.at(-1);
    if (waiting && asksForWebSocket(waiting.head)) {
      this.#note(`${redactHead(waiting.head).startLine}: no response to it is in the capture`);
    }
    this.#drop();
  }

  #take(dir: Direction, bytes: Uint8Array, start: number, end: number): void {
    const reader = this.#readers[dir];
    const at = reader.push(bytes, start, end);
    if (reader.broken) return this.#lose(dir);
    if (this.#next) {
      this.#handOver(this.#next);
      if (at < end) this.#next.data(dir, bytes, at, end);
      return;
    }
    if (at < end) this.#hold(dir, bytes, at, end);
    if (!this.#next) this.#limit(dir);
    this.#pump(opposite(dir));
  }

  /** Holds no more of a message where too much is held in all. */
  #limit(dir: Direction): void {
    this.#countAll();
    if (!this.#decoding.budget.refuses(this.#underWay(dir))) return;
    const what = dir === "out" ? "what the client asks" : "what the server answers";
    this.#note(`more is under way at once than is kept: ${what} is given up`);
    if (dir === "out") this.#requests.length = 0;
    this.#lose(dir);
  }

  /** Memory of what has come of messages, and is not told yet. */
  #underWay(dir: Direction): number {
    const { held } = this.#readers[dir];
    return dir === "in" ? held : this.#requests.reduce((sum, { cost }) => sum + cost, held);
  }

  #countAll(): void {
    this.#count(this.#underWay("out") + this.#underWay("in"));
  }

  #count(bytes: number): void {
    this.#decoding.budget.held += bytes - this.#counted;
    this.#counted = bytes;
  }

  /** It begins no message. Where a request is lost, the response that waits tells what it is. */
  #follow(dir: Direction, bytes: Uint8Array, start: number, end: number): void {
    if (dir === "out") this.#conclude({ answerLost: false });
    this.#next?.data(dir, bytes, start, end);
  }

  #hold(dir: Direction, bytes: Uint8Array, start: number, end: number): void {
    const held = this.#held[dir];
    const { time, budget } = this.#decoding;
    held.add(bytes, start, end, time);
    const waited = time.seconds - (held.since?.seconds ?? 0);
    if (held.length > MAX_WAITING || waited > PATIENCE[dir] || budget.exceeded) {
      this.#conclude({ answerLost: false });
      if (!this.#next && held.length > MAX_WAITING) this.#lose(dir);
    }
  }

  /** Reads what has waited, where that can be read now. */
  #pump(dir: Direction): void {
    if (this.#next || this.#readers[dir].stopped) return;
    this.#replay(dir);
  }

  #replay(dir: Direction): void {
    this.#held[dir].replay(this.#decoding.time, (...piece) => this.data(dir, ...piece));
  }

  /** The next stage gets all that has waited. */
  #handOver(next: Stage): void {
    this.#count(0);
    this.#host.become(next);
    if (this.#clientGap > 0) next.gapIn("out", this.#clientGap, true);
    this.#replay("out");
    this.#replay("in");
    for (const dir of ["out", "in"] as const) {
      const how = this.#ended[dir];
      if (how) next.endOf(dir, how);
    }
  }

  #request(head: HttpHead): HttpBodySkipper {
    const method = parseRequestLine(head.startLine)?.method ?? "";
    this.#requests.push({ head, method, at: this.#decoding.time.moment(), cost: headCost(head) });
    if (this.#requests.length > MAX_PIPELINED) this.#requests.shift();
    this.#readers.in.stopped = false;
    return new HttpBodySkipper(requestFraming(head.headers));
  }

  /** False where the response tells what comes next. */
  #requested(): boolean {
    const request = this.#requests.at(-1);
    return !request || (request.method !== "CONNECT" && !namesUpgrade(request.head));
  }

  #response(head: HttpHead): HttpBodySkipper | undefined {
    const [asked] = this.#requests;
    const status = statusOf(head);
    if (status === 101) return this.#switch(this.#requests.at(-1), head);
    if (!asked) return new HttpBodySkipper(responseFraming("", status, head.headers));
    if (status >= 100 && status < 200) return new HttpBodySkipper(0);
    if (asked.method === "CONNECT" && status >= 200 && status < 300) {
      this.#next = this.#host.stages.sniff(true);
      return undefined;
    }
    const refuses = asksForWebSocket(asked.head) || (status === 426 && namesWebSocket(head));
    const framing = responseFraming(asked.method, status, head.headers);
    const body = new HttpBodySkipper(framing, refuses ? MAX_BODY : 0);
    if (refuses) this.#refusal = { head, body };
    else this.#final = true;
    return body;
  }

  #answered(): boolean {
    if (this.#refusal) this.#tellRefusal();
    else if (this.#final) this.#requests.shift();
    else return true;
    this.#final = false;
    if (this.#requests.length > 0) return true;
    // The one that the client waits for is the last.
    this.#readers.out.stopped = false;
    return false;
  }

  #tellRefusal(): void {
    const [asked] = this.#requests;
    const refusal = this.#refusal;
    this.#refusal = undefined;
    if (!asked || !refusal) return;
    this.#requests.shift();
    this.#tellHandshake(asked, refusal.head, refusal.body.body);
  }

  #tellHandshake(asked: AskedRequest, head: HttpHead, body?: Uint8Array): void {
    this.#host.attempted = true;
    const answer = { head, at: this.#decoding.time.moment(), ...(body && { body }) };
    this.#decoding.emit(handshakeEvent(asked, answer, this.#host));
  }

  /** The server says that it speaks another protocol from now on. */
  #switch(asked: AskedRequest | undefined, head: HttpHead): undefined {
    if (!namesWebSocket(head)) {
      this.#note(`${head.startLine}: what follows is another protocol than WebSocket`);
      this.#next = new DroppedStage("other");
      return;
    }
    if (asked) this.#tellHandshake(asked, head);
    else this.#note(`${head.startLine}: the request that it answers is not in the capture`);
    this.#tellEarly();
    this.#open(answeredDeflate(head) ?? "none", { out: asked !== undefined, in: true });
  }

  /** A client must wait for the response. */
  #tellEarly(): void {
    const { length, since } = this.#held.out;
    const { time, watcher } = this.#decoding;
    if (length === 0 || !since || isLater(since, time)) return;
    watcher?.bytesBeforeResponse(this.#host.conn, length);
    this.#note(`the client sent ${length} B before the response`);
  }

  #open(compression: Compression, begins: Readonly<Record<Direction, boolean>>): void {
    this.#host.attempted = true;
    const { conn } = this.#host;
    this.#next = new WebSocketSession(this.#decoding, { conn, compression, begins });
  }

  /** What is waited for does not come any more. */
  #conclude({ answerLost }: { readonly answerLost: boolean }): void {
    if (this.#refusal) return;
    if (this.#readers.out.stopped && (answerLost || this.#held.out.length > 0)) {
      this.#openUnanswered();
    } else if (this.#held.in.length > 0 && this.#readers.in.stopped) {
      this.#readers.in.stopped = false;
      this.#pump("in");
    }
  }

  /** A response is missing: what it said shows in what follows. */
  #openUnanswered(): void {
    const asked = this.#requests.at(-1);
    if (!asked || !asksForWebSocket(asked.head)) return;
    this.#note(`${redactHead(asked.head).startLine}: the response to it is not in the capture`);
    this.#open(this.#decoding.deflate ? "assumed" : "unknown", { out: false, in: false });
    if (this.#next) this.#handOver(this.#next);
  }

  /** It is not known where the next message of this direction begins: perhaps with a packet. */
  #lose(dir: Direction): void {
    if (dir === "in") {
      if (this.#refusal) this.#tellRefusal();
      this.#requests.splice(0, this.#requests.length - 1);
    }
    this.#held[dir].drop();
    this.#readers[dir] = this.#newReader(dir);
    this.#readers.in.stopped = this.#requests.length === 0;
    this.#seeking[dir] = true;
    this.#countAll();
    if (!this.#seeking[opposite(dir)]) return;
    this.#next = this.#host.stages.lookOut();
    this.#handOver(this.#next);
  }

  #begins(dir: Direction, bytes: Uint8Array, start: number, end: number): boolean {
    const opening = openingOf(bytes, start, end);
    this.#seeking[dir] = opening !== (dir === "out" ? "request" : "response");
    return !this.#seeking[dir];
  }

  #drop(): void {
    this.#count(0);
    this.#held.out.drop();
    this.#held.in.drop();
  }

  #note(message: string): void {
    const at = this.#decoding.time.moment();
    this.#decoding.emit({ type: "note", conn: this.#host.conn, at, message });
  }
}

function isLater(a: Stamp, b: Stamp): boolean {
  return a.seconds > b.seconds || (a.seconds === b.seconds && a.nanoseconds >= b.nanoseconds);
}
