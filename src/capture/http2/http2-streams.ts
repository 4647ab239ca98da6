import type { Direction } from "../../transport/events.ts";
import type { Decoding, DirectionEnd } from "../streams/decoding.ts";
import { opposite, type StageHost } from "../streams/stage.ts";
import { connectRequest, type ConnectRequest } from "./connect-request.ts";
import { ConnectStream } from "./connect-stream.ts";
import { EarlyAnswers } from "./early-answers.ts";
import { HpackDecoder, MAX_TABLE_SIZE } from "./hpack-decoder.ts";
import { DEFAULT_TABLE_SIZE, type Field } from "./hpack-tables.ts";
import { DEFAULT_FRAME_LENGTH, errorName, MAX_FRAME_LENGTH, Setting } from "./http2-frame.ts";
import type { HeaderBlock, Http2FrameSink } from "./http2-frame-reader.ts";

/** What a receiver has said that it takes; the largest counts, because frames may be under way. */
interface Limits {
  frameLength: number;
  tableSize: number;
}

/** Streams that were reset and of which late data is still told. */
const MAX_RESET = 64;
const SENDER = { out: "the client", in: "the server" } as const;
const DIRECTIONS = ["out", "in"] as const;

/**
 * The streams of an HTTP/2 connection that ask for WebSocket (RFC 8441). All header blocks are
 * decoded, because each may refer to earlier ones; all else of other streams is passed over.
 */
export class Http2Streams implements Http2FrameSink {
  readonly #decoding: Decoding;
  readonly #host: StageHost;
  readonly #limitFrames: (sender: Direction, length: number) => void;
  /** By the sender; undefined once a block is missing, because later ones may refer to it. */
  readonly #hpack: Record<Direction, HpackDecoder | undefined> = {
    out: new HpackDecoder(),
    in: new HpackDecoder(),
  };
  /** By the receiver, once it has told any. */
  readonly #limits: Partial<Record<Direction, Limits>> = {};
  /** The one that said something last is the last. */
  readonly #streams = new Map<number, ConnectStream>();
  #latest = 0;
  readonly #reset = new Set<number>();
  readonly #ended: Partial<Record<Direction, DirectionEnd>> = {};
  #enableConnect: number | undefined | "unseen";
  /** The highest stream that the client has opened. */
  #newest = 0;
  readonly #early: EarlyAnswers;
  #tooMany = false;
  #cost = 0;

  /** @param limitFrames learns of the longest payload that the sender may use */
  constructor(
    decoding: Decoding,
    host: StageHost,
    limitFrames: (sender: Direction, length: number) => void,
  ) {
    this.#decoding = decoding;
    this.#host = host;
    this.#early = new EarlyAnswers(decoding);
    this.#limitFrames = limitFrames;
  }

  /** Octets that are held. */
  get held(): number {
    return this.#cost + (this.#hpack.out?.size ?? 0) + (this.#hpack.in?.size ?? 0);
  }

  data(dir: Direction, id: number, bytes: Uint8Array, start: number, end: number): void {
    const stream = this.#streams.get(id);
    if (stream) this.#dataOf(id, stream, dir, bytes, start, end);
    else if (this.#isEarly(dir, id)) this.#early.data(id, bytes, start, end);
    else if (this.#reset.delete(id)) {
      this.#note(`${SENDER[dir]} sent data after the reset, which is not decoded`, this.#name(id));
    }
  }

  dataGap(dir: Direction, id: number, length: number): void {
    this.#streams.get(id)?.gapIn(dir, length, true);
    if (this.#isEarly(dir, id)) this.#early.lose(id);
  }

  headers(dir: Direction, { stream, promise, bytes }: HeaderBlock): void {
    const hpack = this.#hpack[dir];
    if (!hpack) return;
    const list = bytes ? hpack.decode(bytes) : "it is not all there";
    if (typeof list === "string") return this.#loseHeaders(dir, list);
    if (promise) return;
    if (dir === "out") this.#request(stream, list.fields, list.cut);
    else if (this.#isEarly(dir, stream)) this.#early.headers(stream, list.fields);
    else this.#streams.get(stream)?.response(list.fields);
  }

  endStream(dir: Direction, id: number): void {
    this.#streams.get(id)?.endOf(dir, "fin");
    this.#closeDone(id);
    if (this.#isEarly(dir, id)) this.#early.end(id);
  }

  settings(dir: Direction, values: ReadonlyMap<number, number> | undefined): void {
    if (dir === "in") this.#setConnect(values);
    const before = this.#limits[dir];
    const limits = values ? largest(values, before) : UNLIMITED;
    this.#limits[dir] = limits;
    const sender = opposite(dir);
    this.#limitFrames(sender, limits.frameLength);
    const hpack = this.#hpack[sender];
    if (hpack) hpack.allowed = limits.tableSize;
  }

  /** Both directions are at an end, whoever resets the stream (RFC 9113, section 5.4.2). */
  reset(dir: Direction, id: number, code: number | undefined): void {
    const stream = this.#streams.get(id);
    if (!stream) return;
    const why = code === undefined ? "" : `: ${errorName(code)}`;
    if (code !== 0) stream.note(`${SENDER[dir]} reset the stream${why}`);
    stream.endOf(dir, "reset");
    this.#close(id, stream);
    this.#remember(id);
  }

  goAway(dir: Direction, code: number): void {
    if (code !== 0) this.#tell(`${SENDER[dir]} ends the connection with ${errorName(code)}`);
  }

  /** Octets of this direction are missing, and it is not known where the next frame begins. */
  lose(dir: Direction, length: number, exact: boolean): void {
    const missing = `${exact ? "" : "up to "}${length} B are missing in the capture`;
    this.#tell(`the HTTP/2 of ${SENDER[dir]} is not read any further: ${missing}`);
    this.#hpack[dir] = undefined;
    if (dir === "in") this.#loseResponses();
    for (const stream of this.#streams.values()) stream.gapIn(dir, length, false);
    this.endOf(dir, "cut");
  }

  /** Neither direction can be read any further. */
  fail(why: string): void {
    this.#tell(`HTTP/2 is not read any further: ${why}`);
    for (const dir of DIRECTIONS) this.endOf(dir, "cut");
  }

  /** Gives up the stream that has been at rest for longest; false where no other is left. */
  giveUpOne(): boolean {
    const [longest] = this.#streams;
    if (!longest || this.#streams.size === 1) return false;
    const [id, stream] = longest;
    stream.note("too many streams are open at once: this one, the longest at rest, is given up");
    this.#close(id, stream);
    return true;
  }

  /** The connection has ended in this direction. */
  endOf(dir: Direction, how: DirectionEnd): void {
    this.#ended[dir] ??= how;
    for (const [id, stream] of this.#inOrder()) {
      stream.endOf(dir, how);
      this.#closeDone(id);
    }
  }

  finish(): void {
    for (const [id, stream] of this.#inOrder()) this.#close(id, stream);
    for (const dir of DIRECTIONS) this.#hpack[dir] = undefined;
    this.#early.drop();
  }

  #inOrder(): (readonly [id: number, stream: ConnectStream])[] {
    return [...this.#streams].toSorted(([a], [b]) => a - b);
  }

  #dataOf(id: number, stream: ConnectStream, ...piece: Parameters<ConnectStream["data"]>): void {
    if (id !== this.#latest) {
      this.#streams.delete(id);
      this.#streams.set(id, stream);
      this.#latest = id;
    }
    stream.data(...piece);
  }

  /** The request of a stream that a client opens has not come yet. */
  #isEarly(dir: Direction, id: number): boolean {
    return dir === "in" && id % 2 === 1 && id > this.#newest;
  }

  #request(id: number, fields: readonly Field[], cut: boolean): void {
    // Others are trailing fields, or wrong.
    if (id <= this.#newest) return;
    this.#newest = id;
    const at = this.#decoding.time.moment();
    const asked = connectRequest(fields, { enableConnect: this.#enableConnect, at });
    const stream = asked && this.#open(id, asked);
    if (stream && cut) stream.note("the request has more header fields than are kept");
    this.#early.asked(id, stream);
    if (stream && !this.#hpack.in) stream.responseLost();
    if (stream && this.#ended.in) stream.endOf("in", this.#ended.in);
    this.#closeDone(id);
  }

  #open(id: number, asked: ConnectRequest): ConnectStream | undefined {
    this.#host.attempted = true;
    if (this.#decoding.budget.exceeded) {
      if (!this.#tooMany) this.#tell("more is open at once than is kept: new streams are left out");
      this.#tooMany = true;
      return undefined;
    }
    const { remote, tls } = this.#host;
    const stream = new ConnectStream(this.#decoding, { conn: this.#name(id), remote, tls }, asked);
    this.#streams.set(id, stream);
    this.#latest = id;
    this.#cost += stream.cost;
    return stream;
  }

  #remember(reset: number): void {
    const [oldest] = this.#reset;
    if (this.#reset.size === MAX_RESET && oldest !== undefined) this.#reset.delete(oldest);
    this.#reset.add(reset);
  }

  #setConnect(values: ReadonlyMap<number, number> | undefined): void {
    if (!values) this.#enableConnect = "unseen";
    else this.#enableConnect = values.get(Setting.enableConnectProtocol) ?? this.#enableConnect;
  }

  #loseHeaders(dir: Direction, why: string): void {
    this.#hpack[dir] = undefined;
    this.#tell(`no header block of ${SENDER[dir]} can be decoded from here on: ${why}`);
    if (dir === "in") this.#loseResponses();
  }

  #loseResponses(): void {
    this.#enableConnect = "unseen";
    for (const stream of this.#streams.values()) stream.responseLost();
  }

  #closeDone(id: number): void {
    const stream = this.#streams.get(id);
    if (stream?.done) this.#close(id, stream);
  }

  #close(id: number, stream: ConnectStream): void {
    this.#streams.delete(id);
    this.#cost -= stream.cost;
    stream.finish();
  }

  /** Of a connection that never could have had a WebSocket nothing is told. */
  #tell(message: string): void {
    if (this.#host.attempted || this.#enableConnect === 1) this.#note(message, this.#host.conn);
  }

  #note(message: string, conn: string): void {
    const at = this.#decoding.time.moment();
    this.#decoding.emit({ type: "note", conn, at, message });
  }

  #name(id: number): string {
    return `${this.#host.conn}.${id}`;
  }
}

const UNLIMITED: Limits = { frameLength: MAX_FRAME_LENGTH, tableSize: MAX_TABLE_SIZE };

function largest(values: ReadonlyMap<number, number>, before: Limits | undefined): Limits {
  const frameLength = values.get(Setting.maxFrameSize) ?? 0;
  const tableSize = values.get(Setting.headerTableSize) ?? 0;
  return {
    frameLength: Math.max(frameLength, before?.frameLength ?? DEFAULT_FRAME_LENGTH),
    tableSize: Math.max(tableSize, before?.tableSize ?? DEFAULT_TABLE_SIZE),
  };
}
