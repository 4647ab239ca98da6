import { DEFLATE } from "../protocol/deflate.ts";
import { exactLength } from "../protocol/exact-length.ts";
import { HeadReader, type HttpHead, parseRequestLine } from "../protocol/http-head.ts";
import type { Violation } from "../protocol/rules.ts";
import type { Direction, Event, FindingEvent, NoteEvent } from "../transport/events.ts";
import { createInflate } from "../transport/inflater.ts";
import { type CutInput, RawFrames, type RawFramesOptions } from "./frames.ts";
import type { Run } from "./hex.ts";
import { answeredDeflate, asksForWebSocket, handshakeEvent } from "./streams/handshake.ts";

export interface RawEventsOptions extends RawFramesOptions {
  /** Tells what the first octets of a header break where the input ends within it. */
  readonly lint?: boolean;
}

/**
 * Frames without packets around them → events. Before the frames may be the heads of the handshake,
 * as in what tcpflow, socat or Wireshark's "Follow TCP Stream" write, of one direction or of both.
 *
 * 1. No frame begins with G or H: both would set RSV1 and have a reserved opcode, or a cut control
 *    frame. So what begins like a GET request or a response is a head.
 * 2. Both heads are a handshake. One alone is told in a note, and of a response permessage-deflate
 *    is believed.
 * 3. Offsets of frames count from behind the heads.
 */
export class RawEvents {
  readonly #options: RawEventsOptions;
  readonly #sides: [Side, Side] = [newSide(), newSide()];
  #request: HttpHead | undefined;
  #response: HttpHead | undefined;
  #toldHeads = false;

  constructor(options: RawEventsOptions = {}) {
    this.#options = options;
  }

  /** Takes what one side sent next, or what both did where they are not told apart. */
  push(bytes: Uint8Array, side: Run["side"] = 0): Event[] {
    const events: Event[] = [];
    const state = this.#sides[side];
    let rest: Uint8Array | undefined = bytes;
    while (rest && rest.length > 0 && !state.frames) rest = this.#begin(state, rest, events);
    if (rest && state.frames) events.push(...state.frames.push(rest));
    return events;
  }

  /** The input has ended: the frames it ended in, and where that is. */
  end(): Event[] {
    return this.#sides.flatMap((side) => this.#endOf(side));
  }

  /** Reads a head, or begins with the frames; gives what is behind the head. */
  #begin(side: Side, bytes: Uint8Array, events: Event[]): Uint8Array | undefined {
    const reader = side.head ?? (beginsHead(bytes) ? new HeadReader() : undefined);
    const result = reader?.push(bytes);
    side.head = undefined;
    if (result?.state === "more") side.head = reader;
    else if (result?.state === "head") {
      this.#take(result.head);
      if (this.#request && this.#response) events.push(...this.#tellHeads());
      return result.rest;
    } else {
      events.push(...this.#tellHeads());
      side.frames = new RawFrames(this.#frameOptions());
      return result?.bytes ?? bytes;
    }
    return undefined;
  }

  #take(head: HttpHead): void {
    if (parseRequestLine(head.startLine)) this.#request = head;
    else this.#response = head;
  }

  #endOf({ head, frames }: Side): Event[] {
    // A head that is cut has no frames behind it.
    if (head) return [...this.#tellHeads(), note("the input ends within an HTTP head")];
    const ended = frames?.end();
    if (!ended) return frames ? [] : this.#tellHeads();
    return [...this.#lastOf(ended), note(cutWords(ended))];
  }

  /** The frame that is cut; of half a header only what it breaks, because that is no frame. */
  #lastOf(ended: CutInput): Event[] {
    if (ended.event) return [ended.event];
    if (!this.#options.lint) return [];
    const { cut, dir, breaches } = ended;
    return breaches.map((violation) => finding(violation, cut.offset, dir));
  }

  /** What the heads before the frames tell, once. */
  #tellHeads(): Event[] {
    const [request, response] = [this.#request, this.#response];
    if (this.#toldHeads || (!request && !response)) return [];
    this.#toldHeads = true;
    if (!request || !response) return [note(loneHead(request, response))];
    const asked = { head: request, method: "GET", at: NO_TIME };
    const place = { conn: "1", remote: "", tls: undefined };
    if (!asksForWebSocket(request)) return [note(loneHead(request, undefined))];
    return [handshakeEvent(asked, { head: response, at: NO_TIME }, place)];
  }

  #frameOptions(): RawFramesOptions {
    const deflate = this.#response && answeredDeflate(this.#response);
    return deflate ? { createInflate, ...this.#options, deflate } : this.#options;
  }
}

interface Side {
  /** A head is being read. */
  head: HeadReader | undefined;
  /** Frames have begun. */
  frames: RawFrames | undefined;
}

function newSide(): Side {
  return { head: undefined, frames: undefined };
}

const NO_TIME = { epochUs: 0, ns: 0n } as const;
const STARTS = ["GET ", "HTTP/1."];

/** Whether the bytes are the beginning of a head, as far as they go. */
function beginsHead(bytes: Uint8Array): boolean {
  return STARTS.some((start) =>
    bytes.subarray(0, start.length).every((octet, i) => octet === start.charCodeAt(i)),
  );
}

function loneHead(request: HttpHead | undefined, response: HttpHead | undefined): string {
  const { startLine } = request ?? response ?? { startLine: "" };
  const deflate = response && answeredDeflate(response);
  const agreed = deflate ? `, which agrees to ${DEFLATE}` : "";
  return `before the frames is the HTTP head of one direction: ${startLine}${agreed}`;
}

/** Raw bytes have no time and no name. */
function note(message: string): NoteEvent {
  return { type: "note", conn: "1", at: NO_TIME, message };
}

function finding(violation: Violation, offset: number, dir: Direction | undefined): FindingEvent {
  const place = { part: "frame", offset, ...(dir && { dir }) } as const;
  return { type: "finding", conn: "1", at: NO_TIME, violation, ...place };
}

/** Where the input ends too early, and how much is missing. */
function cutWords({ cut, event }: CutInput): string {
  const { offset, part, present, missing } = cut;
  const whole = BigInt(event ? exactLength(event.frame) : present + missing);
  const least = part === "header" ? "at least " : "";
  const figures = `${least}${count(whole - BigInt(present))} of ${count(whole)} B are missing`;
  return `the input ends within the ${part} of the frame at byte ${count(BigInt(offset))}: ${figures}`;
}

function count(value: bigint): string {
  return value.toLocaleString("en-US");
}
