import { parseClosePayload } from "./close-codes.ts";
import type { Frame } from "./frame.ts";
import { Gather } from "./gather.ts";
import { isControl, Opcode } from "./opcodes.ts";
import { type Violation, violation } from "./rules.ts";
import { Utf8Validator } from "./utf8.ts";

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
  /** Longest message in bytes, after inflation; a longer one breaks 10.4. Default 100 MiB. */
  readonly maxMessageLength?: number;
  /** Absent: compressed messages are given as they are, marked `cut`. */
  readonly inflate?: Inflate | undefined;
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
  readonly #inflate: Inflate | undefined;
  #started: Started | undefined;
  #closed = false;

  constructor(options: MessageAssemblerOptions = {}) {
    this.#maxMessageLength = options.maxMessageLength ?? DEFAULT_MAX_MESSAGE_LENGTH;
    this.#inflate = options.inflate;
  }

  /** True while a message has begun and not ended. */
  get inMessage(): boolean {
    return this.#started !== undefined;
  }

  /** Takes the next frame of the direction. */
  push(frame: Frame): Assembled {
    const late = this.#closed ? [violation("frame-after-close")] : [];
    const { violations, ...rest } = isControl(frame.header.opcode)
      ? this.#control(frame)
      : this.#data(frame);
    return { violations: [...late, ...violations], ...rest };
  }

  #control({ header, payload }: Frame): Assembled {
    if (header.opcode !== Opcode.close) return { violations: [], fragment: 0 };
    this.#closed = true;
    return { violations: parseClosePayload(payload).violations, fragment: 0 };
  }

  #data(frame: Frame): Assembled {
    const violations: Violation[] = [];
    if (frame.header.opcode === Opcode.continuation) {
      if (!this.#started) {
        return { violations: [violation("continuation-without-start")], fragment: 0 };
      }
    } else {
      if (this.#started) violations.push(violation("message-interrupted"));
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

  /** Adds a fragment's payload, as long as the message stays within its limit. */
  #add(started: Started, frame: Frame): Violation[] {
    const before = started.wireLength;
    started.fragments += 1;
    started.wireLength += frame.header.length;
    started.cut ||= frame.payloadCut;
    const violations: Violation[] = [];
    if (started.wireLength > this.#maxMessageLength) {
      started.cut = true;
      started.payload.take();
      if (before <= this.#maxMessageLength) {
        violations.push(
          violation("length-over-limit", `more than ${this.#maxMessageLength} bytes`),
        );
      }
    } else if (!started.cut) {
      started.payload.append(frame.payload);
    }
    if (started.utf8 && !started.cut && !started.invalid && !started.utf8.push(frame.payload)) {
      started.invalid = true;
      violations.push(violation("text-utf8"));
    }
    return violations;
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
    if (!this.#inflate || cut) return { data: wire, cut: true, violations: [] };
    const inflated = this.#inflate(wire, this.#maxMessageLength);
    if (!inflated.ok) return { data: wire, cut: true, violations: [violation(inflated.rule)] };
    const utf8 = new Utf8Validator();
    const valid = kind === "binary" || (utf8.push(inflated.data) && utf8.end());
    return { data: inflated.data, cut: false, violations: valid ? [] : [violation("text-utf8")] };
  }
}

/** A frame with a reserved data opcode is taken as binary: its content is not ours to judge. */
function start({ header }: Frame): Started {
  const kind = header.opcode === Opcode.text ? "text" : "binary";
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
