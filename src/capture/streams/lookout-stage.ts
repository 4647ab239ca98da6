import type { Direction } from "../../transport/events.ts";
import { type ConnectionKind, countTlsFailure, NO_TLS_HANDSHAKE } from "./connection-counts.ts";
import type { Decoding, DirectionEnd } from "./decoding.ts";
import { isTlsRecord, openingOf } from "./first-bytes.ts";
import { borderEvidence } from "./frame-border.ts";
import { opposite, type Stage, type StageHost } from "./stage.ts";

/** Pieces of each direction that are looked at for WebSocket frames. */
const MAX_PIECES = 16;
/** Evidence in bits that makes it very likely, of both directions. */
const LIKELY = 96;
/** A longer piece says no more. */
const MAX_PIECE = 16 * 1024;

interface Likeness {
  pieces: number;
  evidence: number;
}

/**
 * A connection of which the beginning is missing: HTTP may begin at the beginning of any packet.
 * Nothing is held meanwhile. Where the packets look like WebSocket frames, that is remembered, for a
 * hint.
 */
export class LookoutStage implements Stage {
  kind: ConnectionKind = "other";
  readonly #decoding: Decoding;
  readonly #host: StageHost;
  readonly #likeness: Readonly<Record<Direction, Record<"masked" | "plain", Likeness>>>;
  #swapped = false;
  #next: Stage | undefined;

  constructor(decoding: Decoding, host: StageHost) {
    this.#decoding = decoding;
    this.#host = host;
    const none = () => ({
      masked: { pieces: 0, evidence: 0 },
      plain: { pieces: 0, evidence: 0 },
    });
    this.#likeness = { out: none(), in: none() };
  }

  data(dir: Direction, bytes: Uint8Array, start: number, end: number): void {
    if (this.#next) return this.#next.data(this.#roleOf(dir), bytes, start, end);
    const opening = openingOf(bytes, start, end);
    if (opening === "request" || (opening === "response" && isSwitch(bytes, start, end))) {
      this.#speakHttp(opening === "request" ? "out" : "in", dir, bytes, start, end);
    } else if (this.kind === "other") this.#compare(dir, bytes, start, end);
  }

  gapIn(dir: Direction, length: number, exact: boolean): void {
    this.#next?.gapIn(this.#roleOf(dir), length, exact);
  }

  endOf(dir: Direction, how: DirectionEnd): void {
    this.#next?.endOf(this.#roleOf(dir), how);
  }

  finish(): void {
    if (this.#next) this.#next.finish();
    else if (this.kind === "tlsWithoutKeys") {
      countTlsFailure(this.#decoding.counts, NO_TLS_HANDSHAKE);
    }
  }

  /** @param role of who speaks */
  #speakHttp(role: Direction, dir: Direction, bytes: Uint8Array, start: number, end: number): void {
    this.#swapped = role !== dir;
    if (this.#swapped) this.#host.swap();
    const next = this.#host.stages.http();
    this.#next = next;
    this.#host.become(next);
    next.data(role, bytes, start, end);
  }

  /** Whoever calls this stage knows the directions as they were before. */
  #roleOf(dir: Direction): Direction {
    return this.#swapped ? opposite(dir) : dir;
  }

  /** Whether a packet consists of frames. */
  #compare(dir: Direction, bytes: Uint8Array, start: number, end: number): void {
    if (isTlsRecord(bytes, start, end)) this.kind = "tlsWithoutKeys";
    const { masked, plain } = this.#likeness[dir];
    const piece = bytes.subarray(start, Math.min(end, start + MAX_PIECE));
    compare(masked, piece, true);
    compare(plain, piece, false);
    const [a, b] = [this.#likeness.out, this.#likeness.in];
    if (isLikely(a.masked, b.plain)) this.#hint(1);
    else if (isLikely(b.masked, a.plain)) this.#hint(0);
  }

  #hint(server: 0 | 1): void {
    this.#decoding.counts.likelyWebSocket.add(this.#host.ports[server]);
  }
}

function compare(likeness: Likeness, piece: Uint8Array, masked: boolean): void {
  if (likeness.pieces >= MAX_PIECES) return;
  const terms = { masked, compressed: true };
  const evidence = borderEvidence(piece, 0, terms, (at) => at === piece.length);
  likeness.pieces += 1;
  // One packet that cannot be frames rules them out.
  likeness.evidence = evidence === -1 ? Number.NEGATIVE_INFINITY : likeness.evidence + evidence;
}

function isLikely(client: Likeness, server: Likeness): boolean {
  return client.evidence > 0 && server.evidence > 0 && client.evidence + server.evidence >= LIKELY;
}

/** `HTTP/1.1 101` */
function isSwitch(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 12) return false;
  return bytes[start + 9] === 0x31 && bytes[start + 10] === 0x30 && bytes[start + 11] === 0x31;
}
