import { parseClosePayload } from "./close-codes.ts";
import type { Frame } from "./frame.ts";
import { Gather } from "./gather.ts";
import { isControl, Opcode } from "./opcodes.ts";
import { type Violation, violation } from "./rules.ts";
import { isValidUtf8, Utf8Validator } from "./utf8.ts";

/** A whole message: fragments joined, inflated where it was compressed (section 5.4, RFC 7692). */
export interface Message {
  readonly kind: "text" | "binary";
  readonly data: Uint8Array;
  /** Bytes of payload on the wire, all fragments together, before inflation. */
  readonly wireLength: number;
  readonly fragments: number;
  readonly compressed: boolean;
  /** True where `data` lacks bytes: over a limit, not to be inflated, or not kept by the parser. */
  readonly cut: boolean;
}

/** What an inflater answers: the plain bytes, or which rule stopped it. */
export type Inflated =
  | { readonly ok: true; readonly data: Uint8Array }
  | { readonly ok: false; readonly rule: "deflate-corrupt" | "length-over-limit" };

/**
 * Inflates the payload of one compressed message (RFC 7692, section 7.2.2). It is called once a
 * message, in order, and keeps the context between calls where the connection agreed on that.
 */
export type Inflate = (payload: Uint8Array, maxLength: number) => Inflated;

export interface MessageAssemblerOptions {
  /** Longest message in bytes, on the wire and inflated; a longer one breaks 10.4. Default 100 MiB. */
  readonly maxMessageLength?: number;
  /** Absent: compressed messages are given as they are, marked `cut`. */
  readonly inflate?: Inflate | undefined;
  /**
   * Whether compressed messages may refer to earlier ones (RFC 7692, section 7.1.1), default true.
   * Then, after one that is cut or given up, so that `inflate` never saw it, the later ones are not
   * inflated either: they would come out wrong without a sign of it, or be blamed on the peer.
   */
  readonly contextTakeover?: boolean | undefined;
}

/** What one frame adds up to. */
export interface Assembled {
  /** The rules that the frame breaks by its place in the sequence or by its content. */
  readonly violations: readonly Violation[];
  /** Which fragment of its message a data frame is, from 1 on; 0 for control frames. */
  readonly fragment: number;
  /** The message that this frame completes. */
  readonly message?: Message;
}

const DEFAULT_MAX_MESSAGE_LENGTH = 100 * 1024 * 1024;
const NO_VIOLATIONS: readonly Violation[] = [];

interface Started {
  readonly kind: "text" | "binary";
  readonly compressed: boolean;
  readonly payload: Gather;
  readonly utf8: Utf8Validator | undefined;
  wireLength: number;
  fragments: number;
  cut: boolean;
  /** Set once the text is known to be wrong, so that it is reported once. */
  invalid: boolean;
}

/**
 * Joins the frames of one direction into messages. Control frames pass between the fragments.
 *
 * It goes on after every violation: a continuation without a start is dropped, a message that a
 * new one interrupts is given up. A strict endpoint stops at the first error it is told of.
 */
export class MessageAssembler {
  readonly #maxMessageLength: number;
  readonly #contextTakeover: boolean;
  #inflate: Inflate | undefined;
  #started: Started | undefined;
  #closed = false;

  constructor(options: MessageAssemblerOptions = {}) {
    this.#maxMessageLength = options.maxMessageLength ?? DEFAULT_MAX_MESSAGE_LENGTH;
    this.#inflate = options.inflate;
    this.#contextTakeover = options.contextTakeover ?? true;
  }

  /** True while a message has begun and not ended. */
  get inMessage(): boolean {
    return this.#started !== undefined;
  }

  /** Takes the next frame of the direction. */
  push(frame: Frame): Assembled {
    const wasClosed = this.#closed;
    const assembled = isControl(frame.header.opcode) ? this.#control(frame) : this.#data(frame);
    if (!wasClosed) return assembled;
    return { ...assembled, violations: [lateFrame(frame), ...assembled.violations] };
  }

  #control({ header, payload, payloadCut }: Frame): Assembled {
    if (header.opcode !== Opcode.close) return { violations: [], fragment: 0 };
    this.#closed = true;
    // Of a payload that is not all there, what is missing could be what makes it right.
    return { violations: payloadCut ? [] : parseClosePayload(payload).violations, fragment: 0 };
  }

  #data(frame: Frame): Assembled {
    if (!this.#started && this.#isPlain(frame)) {
      return { violations: NO_VIOLATIONS, fragment: 1, message: messageOf(frame) };
    }
    const violations: Violation[] = [];
    if (frame.header.opcode === Opcode.continuation) {
      if (!this.#started) {
        return { violations: [violation("continuation-without-start")], fragment: 0 };
      }
    } else {
      if (this.#started) violations.push(this.#giveUp(this.#started));
      this.#started = start(frame);
    }
    const started = this.#started;
    violations.push(...this.#add(started, frame));
    if (!frame.header.fin) return { violations, fragment: started.fragments };
    this.#started = undefined;
    const finished = this.#finish(started);
    violations.push(...finished.violations);
    return { violations, fragment: started.fragments, message: finished.message };
  }

  /** A message by itself, as most are, which needs neither copy nor judgement. */
  #isPlain({ header, payload, payloadCut }: Frame): boolean {
    const { opcode, fin, rsv1, length } = header;
    if (!fin || rsv1 || payloadCut || opcode === Opcode.continuation) return false;
    if (length > this.#maxMessageLength) return false;
    return opcode !== Opcode.text || isValidUtf8(payload);
  }

  /** A new message begins before this one has ended. */
  #giveUp({ compressed }: Started): Violation {
    if (compressed) this.#loseContext();
    return violation("message-interrupted");
  }

  /** Counts a fragment, and takes its payload as long as the message stays within its limit. */
  #add(started: Started, frame: Frame): Violation[] {
    const before = started.wireLength;
    started.fragments += 1;
    started.wireLength += frame.header.length;
    if (started.wireLength <= this.#maxMessageLength) {
      return started.cut ? [] : addPayload(started, frame);
    }
    started.cut = true;
    started.payload.take();
    if (before > this.#maxMessageLength) return [];
    return [violation("length-over-limit", `more than ${this.#maxMessageLength} bytes`)];
  }

  #finish(started: Started): { message: Message; violations: Violation[] } {
    const { kind, compressed, wireLength, fragments } = started;
    const wire = started.payload.take();
    if (!compressed) {
      const open = started.utf8 && !started.cut && !started.invalid && !started.utf8.end();
      const violations = open ? [violation("text-utf8", "a code point is cut at the end")] : [];
      const message = { kind, data: wire, wireLength, fragments, compressed, cut: started.cut };
      return { message, violations };
    }
    const { data, cut, violations } = this.#inflateWhole(started, wire);
    return { message: { kind, data, wireLength, fragments, compressed, cut }, violations };
  }

  #inflateWhole(
    { kind, cut }: Started,
    wire: Uint8Array,
  ): { data: Uint8Array; cut: boolean; violations: Violation[] } {
    if (cut) this.#loseContext();
    const inflated = cut ? undefined : this.#inflate?.(wire, this.#maxMessageLength);
    if (!inflated) return { data: wire, cut: true, violations: [] };
    if (!inflated.ok) return { data: wire, cut: true, violations: [violation(inflated.rule)] };
    const utf8 = new Utf8Validator();
    const valid = kind === "binary" || (utf8.push(inflated.data) && utf8.end());
    return { data: inflated.data, cut: false, violations: valid ? [] : [violation("text-utf8")] };
  }

  /** A compressed message was not inflated: those that may refer to it cannot be either. */
  #loseContext(): void {
    if (this.#contextTakeover) this.#inflate = undefined;
  }
}

/** The message of a frame that is one by itself, not compressed. */
function messageOf({ header, payload }: Frame): Message {
  return {
    kind: kindOf(header.opcode),
    data: payload,
    wireLength: header.length,
    fragments: 1,
    compressed: false,
    cut: false,
  };
}

/** A frame with a reserved data opcode is taken as binary: its content is not ours to judge. */
function kindOf(opcode: number): Message["kind"] {
  return opcode === Opcode.text ? "text" : "binary";
}

/** What comes after the sender's own Close. */
function lateFrame({ header }: Frame): Violation {
  return violation(header.opcode === Opcode.close ? "close-twice" : "frame-after-close");
}

/** Adds a fragment's payload, or its beginning where the parser kept no more, after which none fits. */
function addPayload(started: Started, { header, payload, payloadCut }: Frame): Violation[] {
  started.payload.append(payload, header.fin ? started.wireLength : undefined);
  started.cut = payloadCut;
  if (!started.utf8 || started.invalid || started.utf8.push(payload)) return [];
  started.invalid = true;
  return [violation("text-utf8")];
}

function start({ header }: Frame): Started {
  const kind = kindOf(header.opcode);
  return {
    kind,
    compressed: header.rsv1,
    payload: new Gather(),
    utf8: kind === "text" && !header.rsv1 ? new Utf8Validator() : undefined,
    wireLength: 0,
    fragments: 0,
    cut: false,
    invalid: false,
  };
}
