import { type Assembled, type Message, MessageAssembler } from "../../protocol/assembler.ts";
import { exactLength, lengthSum } from "../../protocol/exact-length.ts";
import type { Frame } from "../../protocol/frame.ts";
import type { HeaderExpectations, Sender } from "../../protocol/header-rules.ts";
import { isControl, Opcode } from "../../protocol/opcodes.ts";
import { FrameParser } from "../../protocol/parser.ts";
import type { RuleId, Violation } from "../../protocol/rules.ts";
import { isValidUtf8 } from "../../protocol/utf8.ts";
import type { Direction } from "../../transport/events.ts";
import { BorderSearch } from "./border-search.ts";
import type { Decoding, DirectionEnd } from "./decoding.ts";
import { type Compression, Inflation } from "./inflation.ts";

/** What the parser says of the bytes after the last whole frame. */
export type PartialFrame = ReturnType<FrameParser["end"]>;

/** Takes what one direction consists of, at the time that `Decoding` tells. */
export interface FrameStreamSink {
  frame(dir: Direction, frame: Frame, assembled: Assembled): void;
  note(dir: Direction, message: string): void;
  gap(dir: Direction): void;
  /** @param cut the frame that the end cuts, with what it adds up to */
  end(dir: Direction, how: DirectionEnd, rest: PartialFrame, cut?: Assembled): void;
}

/** Bytes of payload kept of each frame, and the longest message that is put together. */
const KEEP_PAYLOAD = 16 * 1024 * 1024;
const MAX_MESSAGE_LENGTH = 64 * 1024 * 1024;
const NO_VIOLATIONS: readonly Violation[] = [];

/**
 * One direction of a WebSocket connection in a capture: bytes and gaps in → frames and messages out.
 *
 * 1. A gap within a payload costs no more than that frame's payload, because its length is known:
 *    the frame is told as far as it came, and the next one begins at the byte where it ends.
 * 2. After any other gap the next certain frame border is looked for. What lies before it is passed
 *    over, and its length is told.
 * 3. Of a message with a gap nothing is made up: it is cut, or not told at all.
 */
export class FrameStream {
  readonly #dir: Direction;
  readonly #decoding: Decoding;
  readonly #sink: FrameStreamSink;
  readonly #compression: Compression;
  readonly #expected: HeaderExpectations;
  /** Of a frame that comes in pieces; absent between frames, because there may be many directions. */
  #parser: FrameParser | undefined;
  /** Of messages that are more than a frame; absent before the first one. */
  #assembler: MessageAssembler | undefined;
  #inflation: Inflation | undefined;
  /** Bytes of the direction so far, missing ones included. */
  #position = 0;
  /** Where the last frame ends, and the last message. */
  #boundary = 0;
  #messageStart = 0;
  /** Bytes still to come of a frame that was told already, and where it ends. */
  #rest = 0;
  #restEnd: number | bigint = 0;
  /** A border is looked for; bytes that are missing before it, and that were passed over. */
  #search: BorderSearch | undefined;
  #missing = 0;
  #skipped = 0;
  /** Fragments may belong to a message whose beginning is missing. */
  #headless = false;
  #excused = false;
  #closed = false;
  /** What the budget counts of this direction. */
  #counted = 0;

  /** @param begins false where the first byte is not known to begin a frame */
  constructor(
    dir: Direction,
    decoding: Decoding,
    sink: FrameStreamSink,
    { compression, begins }: { readonly compression: Compression; readonly begins: boolean },
  ) {
    this.#dir = dir;
    this.#decoding = decoding;
    this.#sink = sink;
    this.#compression = compression;
    this.#expected = expectationsOf(dir, compression);
    if (begins) return;
    sink.gap(dir);
    this.#lose();
  }

  /** `bytes[start, end)` come next, and are valid until this returns. */
  data(bytes: Uint8Array, start: number, end: number): void {
    const passed = Math.min(this.#rest, end - start);
    this.#rest -= passed;
    this.#position += end - start;
    if (start + passed === end) return;
    if (this.#search) this.#searchBorder(this.#search, bytes, start + passed, end);
    else this.#parse(bytes, start + passed, end);
  }

  /** @param exact false where it may be any number of bytes up to `length` */
  gap(length: number, exact: boolean): void {
    this.#concludeSearch();
    const within = this.#rest > 0 || this.#cutFrame(`${length} B are missing in the capture`);
    // Behind the frame that it cuts: what that begins may have ended in the gap.
    this.#sink.gap(this.#dir);
    this.#position += length;
    if (within && exact && length <= this.#rest) {
      this.#rest -= length;
      return;
    }
    this.#missing += length;
    this.#lose();
  }

  end(how: DirectionEnd): void {
    this.#concludeSearch();
    if (this.#search) this.#tellSkipped("; no certain frame border came after it");
    this.#search = undefined;
    if (this.#rest > 0)
      this.#sink.note(this.#dir, `${this.#left()} B of its last frame did not come`);
    const rest = this.#parser?.end();
    const cut = rest?.frame && this.#assemble(rest.frame);
    this.#sink.end(this.#dir, how, rest, cut);
    this.#inflation?.end();
    this.#count(0);
  }

  #parse(bytes: Uint8Array, start: number, end: number): void {
    const before = this.#position - (end - start);
    const read = before === this.#boundary ? this.#parseWhole(bytes, start, end, before) : 0;
    if (start + read < end) this.#parsePieces(bytes, start + read, end);
    this.#limit();
  }

  #parsePieces(bytes: Uint8Array, start: number, end: number): void {
    const position = this.#position - (end - start);
    const parser = this.#parser ?? this.#newParser(position);
    for (const frame of parser.push(bytes.subarray(start, end))) this.#deliver(frame);
    this.#parser = this.#boundary === this.#position ? undefined : parser;
  }

  /** Delivers the frames that are all there; gives how many bytes they are. */
  #parseWhole(bytes: Uint8Array, start: number, end: number, position: number): number {
    const { whole } = this.#decoding;
    whole.begin(bytes, start, end, position, this.#expected);
    for (let frame = whole.next(); frame; frame = whole.next()) this.#deliver(frame);
    return whole.used;
  }

  #deliver(frame: Frame): void {
    const { offset, headerLength, length } = frame.header;
    this.#boundary = offset + headerLength + length;
    const assembled = this.#assemble(frame);
    if (!this.#inMessage) this.#messageStart = this.#boundary;
    this.#sink.frame(this.#dir, frame, assembled);
    const { message } = assembled;
    if (message?.compressed && message.cut && !this.#excused) this.#excuse(assembled);
  }

  /** Says once why messages are not inflated, unless the sender is to blame. */
  #excuse({ violations }: Assembled): void {
    const { excuse } = this.#inflating();
    if (excuse === undefined || violations.length > 0) return;
    this.#excused = true;
    this.#sink.note(this.#dir, excuse);
  }

  #assemble(frame: Frame): Assembled {
    if (!this.#inMessage && !this.#headless && !this.#closed) {
      const message = wholeMessage(frame);
      if (message) return { violations: NO_VIOLATIONS, fragment: 1, message };
    }
    if (frame.header.opcode === Opcode.close) this.#closed = true;
    this.#assembler ??= this.#newAssembler();
    const assembled = this.#inflating().judge(this.#assembler.push(frame));
    if (assembled.violations.length > 0 && this.#headless) {
      return without(assembled, "continuation-without-start");
    }
    const { opcode, fin } = frame.header;
    if (this.#headless && !isControl(opcode)) this.#headless = opcode === 0 && !fin;
    if (assembled.violations.length === 0) return assembled;
    // What is put together here is our limit: no peer broke it, unless by inflating to more.
    const { message } = assembled;
    const bomb = message?.compressed && message.wireLength <= MAX_MESSAGE_LENGTH;
    return bomb ? assembled : without(assembled, "length-over-limit");
  }

  /** Tells the frame under way as far as it came, and why no further; false where none is. */
  #cutFrame(reason: string): boolean {
    const frame = this.#parser?.end()?.frame;
    if (!frame) return false;
    const { offset, headerLength, length } = frame.header;
    const violations = frame.violations.filter(({ rule }) => rule !== "frame-truncated");
    this.#rest = offset + headerLength + length - this.#position;
    this.#restEnd = lengthSum(exactLength(frame), offset + headerLength);
    this.#deliver({ ...frame, payloadCut: true, violations });
    this.#sink.note(this.#dir, `${reason}, from within the frame at byte ${offset}`);
    this.#parser = undefined;
    return true;
  }

  /** As `#rest`, but also where a number cannot tell it. */
  #left(): number | bigint {
    return lengthSum(this.#restEnd, -this.#position);
  }

  /** Nothing is known any more of what comes next. */
  #lose(): void {
    this.#skipped += this.#search?.givenUp ?? 0;
    this.#rest = 0;
    this.#loseMessages();
    this.#count(0);
    const terms = { masked: this.#dir === "out", compressed: this.#compression !== "none" };
    const after = this.#skipped > 0 ? "loss" : "frames";
    this.#search = new BorderSearch(terms, this.#decoding.budget, { after });
  }

  /** Neither the message under way can be put together, nor what refers to it. */
  #loseMessages(): void {
    this.#headless = true;
    this.#inflating().lose();
    this.#assembler = undefined;
  }

  #searchBorder(search: BorderSearch, bytes: Uint8Array, start: number, end: number): void {
    const found = search.push(bytes, start, end, this.#decoding.time);
    if (found !== undefined) this.#resume(search, found);
  }

  /** What is held is all there is before a gap, or the end. */
  #concludeSearch(): void {
    const search = this.#search;
    if (!search) return;
    const found = search.search();
    if (found !== undefined) this.#resume(search, found);
    else search.giveUp();
  }

  #resume(search: BorderSearch, found: number): void {
    this.#position += found - search.held.length;
    this.#boundary = this.#position;
    this.#messageStart = this.#position;
    this.#parser = undefined;
    search.givenUp += found;
    this.#tellSkipped("");
    this.#search = undefined;
    search.held.replay(this.#decoding.time, (...piece) => this.data(...piece), found);
  }

  #tellSkipped(ending: string): void {
    const skipped = this.#skipped + (this.#search?.givenUp ?? 0);
    const parts = [
      ...(this.#missing > 0 ? [`${this.#missing} B are missing in the capture`] : []),
      ...(skipped > 0 ? [`${skipped} B before the next certain frame border are passed over`] : []),
    ];
    if (parts.length > 0) this.#sink.note(this.#dir, parts.join(", ") + ending);
    this.#missing = 0;
    this.#skipped = 0;
  }

  /** Holds less where too much is held in all. */
  #limit(): void {
    const underWay = this.#underWay();
    this.#count(underWay);
    if (!this.#decoding.budget.refuses(underWay)) return;
    this.#cutFrame("more is under way at once than is kept: the rest is left out");
    if (this.#inMessage) this.#loseMessages();
    this.#messageStart = this.#boundary;
    this.#count(0);
  }

  /** Bytes of the message that is not complete. */
  #underWay(): number {
    const start = this.#inMessage ? this.#messageStart : this.#boundary;
    return Math.min(Math.max(0, this.#position - start), MAX_MESSAGE_LENGTH);
  }

  #count(bytes: number): void {
    this.#decoding.budget.held += bytes - this.#counted;
    this.#counted = bytes;
  }

  #newParser(position: number): FrameParser {
    return new FrameParser({ ...this.#expected, keepPayload: KEEP_PAYLOAD, position });
  }

  get #inMessage(): boolean {
    return this.#assembler?.inMessage === true;
  }

  #inflating(): Inflation {
    this.#inflation ??= new Inflation(this.#compression, this.#dir, this.#decoding.windows);
    return this.#inflation;
  }

  #newAssembler(): MessageAssembler {
    return new MessageAssembler({
      maxMessageLength: MAX_MESSAGE_LENGTH,
      inflate: this.#inflating().inflate,
      // The inflation starts anew by itself after a message that is cut.
      contextTakeover: false,
    });
  }
}

/** The same values for all streams of a kind, of which there may be many. */
const EXPECTED = {
  out: { plain: expected("client", false), deflated: expected("client", true) },
  in: { plain: expected("server", false), deflated: expected("server", true) },
} as const;

function expected(sender: Sender, deflate: boolean): HeaderExpectations {
  return { sender, deflate, maxFrameLength: Number.POSITIVE_INFINITY };
}

function expectationsOf(dir: Direction, compression: Compression): HeaderExpectations {
  return EXPECTED[dir][compression === "none" ? "plain" : "deflated"];
}

/** The message of one frame, where nothing about it needs the assembler. */
function wholeMessage({ header, payload, payloadCut }: Frame): Message | undefined {
  const { opcode, fin, rsv1, length } = header;
  if (!fin || rsv1 || payloadCut) return undefined;
  if (opcode !== Opcode.binary && (opcode !== Opcode.text || !isValidUtf8(payload)))
    return undefined;
  return {
    kind: opcode === Opcode.text ? "text" : "binary",
    data: payload,
    wireLength: length,
    fragments: 1,
    compressed: false,
    cut: false,
  };
}

function without(assembled: Assembled, unwanted: RuleId): Assembled {
  return {
    ...assembled,
    violations: assembled.violations.filter(({ rule }) => rule !== unwanted),
  };
}
