import type { Assembled } from "./assembler.ts";
import type { DeflateParams } from "./deflate.ts";
import { type DeflateContext, deflateContext } from "./deflate-context.ts";
import { type DeflateReach, endsWithTail, type TooFar, walkDeflate } from "./deflate-walker.ts";
import type { Flow, FramePlace, Report } from "./finding.ts";
import type { Frame } from "./frame.ts";
import { Gather } from "./gather.ts";
import type { LintLimits } from "./lint-limits.ts";
import { isControl, Opcode } from "./opcodes.ts";

/** What was agreed for one direction. */
export interface DeflateTerms extends DeflateContext {
  /** Whether all messages from the first one on are seen. */
  readonly fromStart: boolean;
}

/** The terms of a direction; without a handshake what any sender may do. */
export function deflateTerms(flow: Flow, agreed: DeflateParams | undefined): DeflateTerms {
  if (!agreed) return { windowBits: 15, noContextTakeover: false, fromStart: false };
  return { ...deflateContext(agreed, flow === "c2s" ? "client" : "server"), fromStart: true };
}

/** The compressed message under way. */
interface Compressed {
  readonly payload: Gather;
  length: number;
  /** Some of its payload is missing, or is too much to be kept. */
  cut: boolean;
}

/** Where any window and any context are allowed, there is nothing to walk for. */
const FULL_WINDOW_BITS = 15;
const TAIL_LENGTH = 4;
const EMPTY = new Uint8Array(0);

/**
 * The compressed messages of one direction (RFC 7692). Payloads are kept, up to a limit, only where
 * a window or a context was agreed that references could exceed.
 */
export class DeflateLint {
  readonly #report: Report;
  readonly #limits: LintLimits;
  readonly #terms: DeflateTerms;
  readonly #walks: boolean;
  #message: Compressed | undefined;
  /** The last octets of the message under way. */
  #last: Uint8Array = EMPTY;
  /** Bytes of plain text in the compressed messages before; Infinity where that is not known. */
  #earlier: number;

  constructor(report: Report, limits: LintLimits, terms: DeflateTerms) {
    this.#report = report;
    this.#limits = limits;
    this.#terms = terms;
    this.#walks = terms.windowBits < FULL_WINDOW_BITS || terms.noContextTakeover;
    this.#earlier = terms.fromStart ? 0 : Number.POSITIVE_INFINITY;
  }

  frame(place: FramePlace, frame: Frame, { message: whole }: Assembled): void {
    const { opcode, rsv1, fin } = frame.header;
    if (isControl(opcode)) return;
    if (opcode !== Opcode.continuation) this.#begin(rsv1);
    const message = this.#message;
    if (!message) return;
    this.#add(message, frame);
    if (!fin) return;
    this.#message = undefined;
    const inflated = whole && !whole.cut ? whole.data.length : undefined;
    this.#judge(place, message, inflated);
  }

  /** Bytes are missing: what the messages after them refer to is not known any more. */
  gap(): void {
    this.#message = undefined;
    this.#earlier = Number.POSITIVE_INFINITY;
  }

  #begin(compressed: boolean): void {
    // One that is given up may have gone into the sender's context or not.
    if (this.#message) this.gap();
    this.#last = EMPTY;
    this.#message = compressed ? { payload: new Gather(), length: 0, cut: false } : undefined;
  }

  #add(message: Compressed, { header, payload, payloadCut }: Frame): void {
    message.length += header.length;
    message.cut ||= payloadCut;
    this.#last = lastOctets(this.#last, payload);
    if (!this.#walks) return;
    message.cut ||= message.length > this.#limits.maxWalkedLength;
    if (message.cut) message.payload.take();
    else message.payload.append(payload, header.fin ? message.length : undefined);
  }

  #judge(place: FramePlace, message: Compressed, inflated: number | undefined): void {
    if (!message.cut && endsWithTail(this.#last)) this.#report(place, "deflate-tail-kept");
    const walked = this.#walks ? this.#walk(place, message) : undefined;
    const length = inflated ?? walked;
    if (length !== undefined) this.#judgeSize(place, message.length, length);
  }

  /** Gives the length of the plain text, where that is to be known. */
  #walk(place: FramePlace, { payload, cut }: Compressed): number | undefined {
    const walked = cut ? undefined : walkDeflate(payload.take(), this.#reach());
    if (walked?.tooFar) this.#tellTooFar(place, walked.tooFar);
    const length = walked?.sound ? walked.length : undefined;
    this.#earlier += length ?? Number.POSITIVE_INFINITY;
    return length;
  }

  #reach(): DeflateReach {
    const windowSize = 2 ** this.#terms.windowBits;
    const [history, foreign] = this.#terms.noContextTakeover
      ? [0, this.#earlier]
      : [this.#earlier, 0];
    return { windowSize, history, foreign };
  }

  #tellTooFar(place: FramePlace, { past, distance, at }: TooFar): void {
    const found = `${distance} bytes back from byte ${at} of the message`;
    if (past === "context") this.#report(place, "deflate-context-kept", found);
    else
      this.#report(place, "deflate-beyond-window", `${found}, window ${this.#reach().windowSize}`);
  }

  #judgeSize(place: FramePlace, wire: number, plain: number): void {
    const { inflationRatio, inflationFloor } = this.#limits;
    const sizes = `${plain} bytes from ${wire}`;
    if (plain >= inflationFloor && plain > wire * inflationRatio) {
      this.#report(place, "inflation-ratio", sizes);
    }
    if (plain > 0 && wire > plain) this.#report(place, "compression-grew", sizes);
  }
}

function lastOctets(before: Uint8Array, payload: Uint8Array): Uint8Array {
  if (payload.length >= TAIL_LENGTH) return payload.slice(-TAIL_LENGTH);
  return Uint8Array.from([...before, ...payload].slice(-TAIL_LENGTH));
}
