import { type FramecatError, usageError } from "../../errors.ts";

/**
 * A packet as a capture file holds it.
 *
 * The reader has one such object and fills it anew for each packet; `bytes[start, end)` is what was
 * captured of it. Both are valid until the sink's method returns.
 */
export class Packet {
  /** Counted from 1 over the whole file, as Wireshark does. */
  number = 0;
  /** Time since 1970, in whole seconds and the rest of it. */
  seconds = 0;
  nanoseconds = 0;
  /** LINKTYPE_ of https://www.tcpdump.org/linktypes.html */
  linkType = 0;
  /** Number of the interface within its section of the file. */
  interface = 0;
  /** Bytes it had on the wire: more than were captured where a snap length cut it. */
  originalLength = 0;
  /** Where its record begins in the file, once that is no longer gzip'ed. */
  fileOffset = 0;
  bytes: Uint8Array = new Uint8Array(0);
  start = 0;
  end = 0;

  get capturedLength(): number {
    return this.end - this.start;
  }

  /** The captured bytes; a view, not a copy. */
  get data(): Uint8Array {
    return this.bytes.subarray(this.start, this.end);
  }

  /** Time since 1970 in nanoseconds. */
  get tsNs(): bigint {
    return toNanoseconds(this.seconds, this.nanoseconds);
  }
}

export function toNanoseconds(seconds: number, nanoseconds: number): bigint {
  return BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds);
}

/** The same in seconds, good enough to tell how long something takes. */
export function toSeconds({ seconds, nanoseconds }: Pick<Packet, "seconds" | "nanoseconds">) {
  return seconds + nanoseconds / 1e9;
}

/** What is worth knowing about the file itself, and no error. */
export type CaptureNote =
  /** The file ends within a record, as when tcpdump was killed: all before it was read. */
  | {
      readonly type: "truncated";
      readonly offset: number;
      readonly present: number;
      /** At least so many bytes are missing. */
      readonly missing: number;
    }
  /** The gzip stream ends early, after so many compressed bytes. */
  | { readonly type: "gzip-truncated"; readonly offset: number };

/** Takes what a capture file holds, in the order of the file. */
export interface CaptureSink {
  packet(packet: Packet): void;
  /** A TLS key log in NSS format, which pcapng files can carry. */
  secrets(keyLog: string): void;
  note(note: CaptureNote): void;
}

/** Packets are longer than that in no capture of a network: what claims more is damaged. */
export const MAX_CAPTURED_LENGTH = 16 * 1024 * 1024;

/** The file is no capture, or is damaged from `offset` on. */
export function damaged(name: string, offset: number, what: string): FramecatError {
  return usageError(
    `${name} is damaged at byte ${offset}: ${what}`,
    "What lies before it was read. editcap and pcapfix can save what lies behind.",
  );
}
