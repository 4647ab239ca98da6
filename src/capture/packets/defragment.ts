import { HeldPieces } from "./held-pieces.ts";
import type { IpHeader } from "./ip.ts";

/**
 * Puts fragments of IP packets together (RFC 791, section 3.2; RFC 8200, section 4.5).
 *
 * 1. Where fragments overlap, the first one wins.
 * 2. A packet whose fragments do not all come is dropped after a while, and the oldest one when too
 *    many wait; both are counted. TCP then shows a gap.
 * 3. A packet with a fragment behind its last one is dropped as well: nobody would accept it.
 * 4. Where a fragment was captured in part, so is the packet: up to there.
 */
export interface DefragmenterLimits {
  /** Incomplete packets. Default 1024. */
  readonly maxPackets?: number;
  /** Memory for fragments, in bytes. Default 16 MiB. */
  readonly maxMemory?: number;
  /** Seconds by the clock of the capture. Default 30, as Linux does. */
  readonly timeoutSeconds?: number;
}

/** The payload of a whole packet. */
export interface Defragmented {
  readonly bytes: Uint8Array;
  /** Bytes behind them that were not captured. */
  readonly missing: number;
}

interface Partial {
  readonly since: number;
  readonly pieces: HeldPieces;
  /** Length of the whole payload, once the last fragment has come. */
  length: number | undefined;
  /** Memory when it was last counted. */
  memory: number;
  /** A packet of the same key was whole before: most likely these are its fragments once more. */
  readonly again: boolean;
}

const DEFAULTS: Required<DefragmenterLimits> = {
  maxPackets: 1024,
  maxMemory: 16 * 1024 * 1024,
  timeoutSeconds: 30,
};
/** No IP packet but a jumbogram is longer, and those are not fragmented. */
const MAX_LENGTH = 65_535;

export class Defragmenter {
  readonly #limits: Required<DefragmenterLimits>;
  /** In the order of their first fragments. */
  readonly #partials = new Map<string, Partial>();
  /** Keys of the latest packets that were whole. */
  readonly #whole = new Set<string>();
  #memory = 0;
  /** Packets given up because fragments were missing. */
  dropped = 0;

  constructor(limits: DefragmenterLimits = {}) {
    this.#limits = { ...DEFAULTS, ...limits };
  }

  /** Packets that wait for fragments. */
  get waiting(): number {
    return [...this.#partials.values()].filter(({ again }) => !again).length;
  }

  /** Takes a fragment; gives the payload of the packet that it completes. */
  push(ip: IpHeader, seconds: number): Defragmented | undefined {
    this.#expire(seconds);
    if (endOf(ip) > MAX_LENGTH) return undefined;
    const key = keyOf(ip);
    const partial = this.#partials.get(key) ?? this.#begin(key, seconds);
    if (!ip.moreFragments) partial.length ??= endOf(ip);
    hold(partial.pieces, ip);
    this.#memory += partial.pieces.memory - partial.memory;
    partial.memory = partial.pieces.memory;
    const { pieces, length } = partial;
    if (length !== undefined && (pieces.last?.end ?? 0) > length) this.#drop(key, partial);
    else if (length !== undefined && pieces.covered === length) return this.#finish(key, partial);
    else this.#shrink();
    return undefined;
  }

  #finish(key: string, partial: Partial): Defragmented {
    this.#remove(key, partial);
    this.#whole.add(key);
    const [oldest] = this.#whole;
    if (oldest !== undefined && this.#whole.size > this.#limits.maxPackets)
      this.#whole.delete(oldest);
    return joined(partial.pieces, partial.pieces.covered);
  }

  #begin(key: string, seconds: number): Partial {
    const again = this.#whole.has(key);
    const pieces = new HeldPieces();
    const partial = { since: seconds, pieces, length: undefined, memory: 0, again };
    this.#partials.set(key, partial);
    return partial;
  }

  #remove(key: string, partial: Partial): void {
    this.#partials.delete(key);
    this.#memory -= partial.memory;
  }

  #expire(seconds: number): void {
    for (const [key, partial] of this.#partials) {
      if (seconds - partial.since <= this.#limits.timeoutSeconds) return;
      this.#drop(key, partial);
    }
  }

  #shrink(): void {
    for (const [key, partial] of this.#partials) {
      const { maxPackets, maxMemory } = this.#limits;
      if (this.#partials.size <= maxPackets && this.#memory <= maxMemory) return;
      this.#drop(key, partial);
    }
  }

  #drop(key: string, partial: Partial): void {
    this.#remove(key, partial);
    if (!partial.again) this.dropped += 1;
  }
}

function endOf(ip: IpHeader): number {
  return ip.fragmentOffset + ip.end - ip.start + ip.missing;
}

/** Fragments of a packet have addresses, protocol and identification in common. */
function keyOf(ip: IpHeader): string {
  const { bytes, source, addressLength, protocol, identification } = ip;
  let key = `${protocol} ${identification} `;
  for (let i = 0; i < 2 * addressLength; i++) key += String.fromCharCode(bytes[source + i] ?? 0);
  return key;
}

function hold(pieces: HeldPieces, ip: IpHeader): void {
  const start = ip.fragmentOffset;
  const middle = start + ip.end - ip.start;
  const common = { seconds: 0, nanoseconds: 0, packetNumber: 0 };
  const bytes = ip.bytes.subarray(ip.start, ip.end);
  if (middle > start) pieces.add({ start, end: middle, bytes, ...common });
  const end = middle + ip.missing;
  if (end > middle) pieces.add({ start: middle, end, bytes: undefined, ...common });
}

function joined(pieces: HeldPieces, length: number): Defragmented {
  const bytes = new Uint8Array(length);
  let end = 0;
  for (const piece of pieces.takeFrom(0)) {
    if (!piece.bytes) break;
    bytes.set(piece.bytes, piece.start);
    end = piece.end;
  }
  return { bytes: bytes.subarray(0, end), missing: length - end };
}
