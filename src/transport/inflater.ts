import { Buffer } from "node:buffer";
import { inflateRawSync, type ZlibOptions } from "node:zlib";
import type { Inflate, Inflated } from "../protocol/assembler.ts";

/**
 * Inflates the messages of one direction (RFC 7692, section 7.2.2).
 *
 * 1. A sender ends each message with an empty stored block and takes its last four octets off. They
 *    are put back, and an empty final block after them: where the stream then ends, the message was
 *    whole; where it does not, it was truncated or corrupt.
 * 2. A sender may also set BFINAL (section 7.2.3.4). The stream ends early then, and what follows in
 *    the message is a further one.
 * 3. Between messages only the last 2^windowBits bytes of plain text are kept. So memory is bounded
 *    by that, and by one message while it is inflated.
 * 4. After a message that does not inflate nothing before it is kept. What refers to it then fails
 *    instead of being guessed; what does not is inflated rightly, because references count backwards.
 */
export interface InflateOptions {
  /** Each message stands alone: the sender drops its context after every one. Default false. */
  readonly noContextTakeover?: boolean;
  /** The sender refers back at most 2^n bytes, n from 8 to 15. Default 15. */
  readonly windowBits?: number;
}

/** Put back what the sender took off, then end the stream: an empty stored block with BFINAL. */
const TAIL = Uint8Array.of(0x00, 0x00, 0xff, 0xff, 0x01, 0x00, 0x00, 0xff, 0xff);
/** For a sender that forgot to take the octets off. */
const END = TAIL.subarray(4);
/** zlib's deflate uses 2^9 where 2^8 was agreed. */
const MIN_WINDOW_BITS = 9;
/** Streams in one message; each costs a set-up, so a message of nothing else is not followed. */
const MAX_STREAMS = 1024;
const EMPTY = Buffer.alloc(0);

/** Makes the inflater of one direction of one connection. */
export function createInflate(options: InflateOptions = {}): Inflate {
  const { noContextTakeover = false, windowBits = 15 } = options;
  const windowSize = 2 ** Math.max(windowBits, MIN_WINDOW_BITS);
  let window: Buffer = EMPTY;
  return (payload, maxLength) => {
    const inflated = inflateMessage(payload, maxLength, window, windowSize);
    if (noContextTakeover) return inflated;
    window = inflated.ok ? slide(window, inflated.data, windowSize) : EMPTY;
    return inflated;
  };
}

function inflateMessage(
  payload: Uint8Array,
  maxLength: number,
  window: Buffer,
  windowSize: number,
): Inflated {
  const inflate = (tail: Uint8Array) =>
    inflateStreams(Buffer.concat([payload, tail]), tail.length, maxLength, window, windowSize);
  const inflated = inflate(TAIL);
  if (inflated.ok || inflated.rule === "length-over-limit" || !hasTail(payload)) return inflated;
  return inflate(END);
}

function hasTail(payload: Uint8Array): boolean {
  return (
    payload.length >= 4 && TAIL.subarray(0, 4).every((octet, i) => payload.at(i - 4) === octet)
  );
}

/** Inflates one stream after another until the payload, which is before the tail, is used up. */
function inflateStreams(
  input: Buffer,
  tailLength: number,
  maxLength: number,
  window: Buffer,
  windowSize: number,
): Inflated {
  const plain: Buffer[] = [];
  let length = 0;
  let at = 0;
  let history = window;
  for (let streams = 0; at < input.length - tailLength; streams++) {
    if (streams === MAX_STREAMS) return { ok: false, rule: "deflate-corrupt" };
    const next = inflateStream(input.subarray(at), maxLength - length, history);
    if (typeof next === "string") return { ok: false, rule: next };
    plain.push(next.data);
    length += next.data.length;
    at += next.used;
    // A block that was cut off took a part of the end for its own.
    if (at > input.length - END.length && at < input.length) {
      return { ok: false, rule: "deflate-corrupt" };
    }
    history = slide(history, next.data, windowSize);
  }
  return { ok: true, data: plain[0] && plain.length === 1 ? plain[0] : Buffer.concat(plain) };
}

function inflateStream(
  input: Buffer,
  maxLength: number,
  dictionary: Buffer,
): { data: Buffer; used: number } | "deflate-corrupt" | "length-over-limit" {
  try {
    const { buffer: data, engine } = inflateWithInfo(input, {
      // zlib refuses a limit of 0, which an empty message keeps; hence the check below.
      maxOutputLength: Math.max(maxLength, 1),
      ...(dictionary.length > 0 && { dictionary }),
    });
    return data.length > maxLength ? "length-over-limit" : { data, used: engine.bytesWritten };
  } catch (thrown) {
    const code = thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
    if (code === "ERR_BUFFER_TOO_LARGE") return "length-over-limit";
    if (code.startsWith("Z_")) return "deflate-corrupt";
    throw thrown;
  }
}

/** With `info` zlib also tells how much of the input it used, which its types leave out. */
function inflateWithInfo(input: Buffer, options: ZlibOptions) {
  return inflateRawSync(input, { ...options, info: true }) as unknown as {
    readonly buffer: Buffer;
    readonly engine: { readonly bytesWritten: number };
  };
}

/** The last `size` bytes of both, copied, so that a long message is not held by its end. */
function slide(window: Buffer, added: Uint8Array, size: number): Buffer {
  if (added.length === 0) return window;
  const kept = window.subarray(Math.max(0, window.length + Math.min(added.length, size) - size));
  return Buffer.concat([kept, added.subarray(Math.max(0, added.length - size))]);
}
