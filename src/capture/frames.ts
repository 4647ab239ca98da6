import { type Inflate, type Message, MessageAssembler } from "../protocol/assembler.ts";
import type { DeflateParams } from "../protocol/deflate.ts";
import { deflateContext } from "../protocol/deflate-context.ts";
import { type Frame, headerLength } from "../protocol/frame.ts";
import { FrameParser } from "../protocol/parser.ts";
import type { Violation } from "../protocol/rules.ts";
import type { Direction, FrameEvent } from "../transport/events.ts";
import type { InflateOptions } from "../transport/inflater.ts";

/**
 * Raw frames without a handshake, in pieces of any size → events.
 *
 * 1. Nothing tells who sent them but the mask: what is masked comes from the client (`out`). Where
 *    both kinds are mixed, as people paste them, each direction is put together by itself.
 * 2. Masking is not judged for the same reason. RSV1 is right only where the caller says that
 *    permessage-deflate was agreed on, by passing inflaters.
 * 3. Memory is bounded by `keepPayload` and by the longest message, not by the input.
 */
export interface RawFramesOptions {
  /** permessage-deflate was negotiated: makes the inflater of a direction. */
  readonly createInflate?: ((options: InflateOptions) => Inflate) | undefined;
  /** What was agreed on for it; by default what any sender may do. */
  readonly deflate?: DeflateParams | undefined;
  /** Bytes of payload kept of each frame. Default 16 MiB. */
  readonly keepPayload?: number;
  /** Longest message that is put together. Default 64 MiB. */
  readonly maxMessageLength?: number;
}

/** The input ended within a frame. */
export interface CutFrame {
  /** Where the frame begins in the input. */
  readonly offset: number;
  readonly part: "header" | "payload";
  /** Bytes of that part that are there, and that are missing at least. */
  readonly present: number;
  readonly missing: number;
}

/** Where the input ended within a frame: of a payload the frame as far as it came. */
export type CutInput =
  | { readonly cut: CutFrame; readonly event: FrameEvent }
  | {
      readonly cut: CutFrame;
      readonly event?: undefined;
      /** Which way the frame goes, where its mask bit is there. */
      readonly dir: Direction | undefined;
      /** What half a header breaks, being cut among it. */
      readonly breaches: readonly Violation[];
    };

/** Raw bytes have no time and no name. */
const COMMON = { conn: "1", at: { epochUs: 0, ns: 0n } } as const;
const DEFAULT_MAX_MESSAGE_LENGTH = 64 * 1024 * 1024;

export class RawFrames {
  readonly #parser: FrameParser;
  readonly #sides: Readonly<Record<Direction, MessageAssembler>>;
  readonly #maxMessageLength: number;
  /** Bytes of the input so far, and where the last whole frame ended. */
  #position = 0;
  #boundary = 0;

  constructor(options: RawFramesOptions = {}) {
    const { createInflate, deflate, keepPayload, maxMessageLength } = options;
    this.#maxMessageLength = maxMessageLength ?? DEFAULT_MAX_MESSAGE_LENGTH;
    this.#parser = new FrameParser({
      sender: "unknown",
      deflate: createInflate !== undefined,
      ...(keepPayload !== undefined && { keepPayload }),
    });
    const side = (sender: "client" | "server"): MessageAssembler =>
      new MessageAssembler({
        inflate: createInflate?.(deflate ? deflateContext(deflate, sender) : {}),
        maxMessageLength: this.#maxMessageLength,
      });
    this.#sides = { out: side("client"), in: side("server") };
  }

  /** Takes the next piece; gives the frames that it completes. */
  push(bytes: Uint8Array): FrameEvent[] {
    this.#position += bytes.length;
    return this.#parser.push(bytes).map((frame) => this.#event(frame));
  }

  /** The input has ended. Gives the frame it ended in, and where that is; undefined between two. */
  end(): CutInput | undefined {
    const ended = this.#parser.end();
    if (!ended) return undefined;
    const { frame } = ended;
    if (!frame) {
      const { offset, partialHeader, violation } = ended;
      const breaches = [...ended.breaches, violation];
      return { cut: cutHeader(offset, partialHeader), dir: sentBy(partialHeader[1]), breaches };
    }
    const { offset, headerLength: header, length } = frame.header;
    const present = this.#position - this.#boundary - header;
    const cut: CutFrame = { offset, part: "payload", present, missing: length - present };
    // A frame that is cut completes no message.
    const { message: _, ...event } = this.#event(frame);
    return { cut, event };
  }

  #event(frame: Frame): FrameEvent {
    const { offset, headerLength: header, length } = frame.header;
    this.#boundary = offset + header + length;
    const dir = directionOf(frame);
    const { violations: found, fragment, message } = this.#sides[dir].push(frame);
    const violations = this.#judge(frame, found, message);
    // Written out twice, because there may be millions: a conditional spread takes microseconds.
    if (!message) return { type: "frame", ...COMMON, dir, frame, violations, fragment };
    return { type: "frame", ...COMMON, dir, frame, violations, fragment, message };
  }

  /** How much is put together here is our limit: no peer broke it, unless by inflating to more. */
  #judge(
    { violations }: Frame,
    found: readonly Violation[],
    message: Message | undefined,
  ): readonly Violation[] {
    if (found.length === 0) return violations;
    const bomb = message?.compressed && message.wireLength <= this.#maxMessageLength;
    const blamed = found.filter(({ rule }) => bomb || rule !== "length-over-limit");
    return [...violations, ...blamed];
  }
}

function directionOf({ header }: Frame): Direction {
  return header.masked ? "out" : "in";
}

/** @param second octet of a header, where it is there */
function sentBy(second: number | undefined): Direction | undefined {
  if (second === undefined) return undefined;
  return (second & 0x80) !== 0 ? "out" : "in";
}

/** How much of a header is missing is known once its second octet tells its form. */
function cutHeader(offset: number, bytes: Uint8Array): CutFrame {
  const second = bytes[1];
  const short = (second ?? 0) & 0x7f;
  const form = short < 126 ? 7 : short === 126 ? 16 : 64;
  const whole = second === undefined ? 2 : headerLength(form, (second & 0x80) !== 0);
  return { offset, part: "header", present: bytes.length, missing: whole - bytes.length };
}
