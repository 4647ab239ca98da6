import type { Direction } from "../../transport/events.ts";
import { countTlsFailure, NO_TLS_HANDSHAKE } from "./connection-counts.ts";
import type { Decoding, DirectionEnd } from "./decoding.ts";
import { DroppedStage } from "./dropped-stage.ts";
import { isTlsRecord, openingOf } from "./first-bytes.ts";
import { HeldBytes } from "./held-bytes.ts";
import { opposite, type Stage, type StageHost } from "./stage.ts";

/** The first bytes of a connection, which tell what it speaks. */
export class SniffingStage implements Stage {
  readonly #decoding: Decoding;
  readonly #host: StageHost;
  readonly #held: Readonly<Record<Direction, HeldBytes>>;
  /** The bytes are those that the two began with. */
  #fromStart: boolean;
  #swapped = false;
  readonly #ended: Partial<Record<Direction, DirectionEnd>> = {};
  /** Bytes that are missing before the first ones. */
  readonly #missing: Record<Direction, number> = { out: 0, in: 0 };
  #next: Stage | undefined;

  constructor(decoding: Decoding, host: StageHost, fromStart: boolean) {
    this.#decoding = decoding;
    this.#host = host;
    this.#fromStart = fromStart;
    this.#held = { out: new HeldBytes(decoding.budget), in: new HeldBytes(decoding.budget) };
  }

  get kind() {
    return this.#held.out.length + this.#held.in.length > 0 ? ("other" as const) : undefined;
  }

  data(dir: Direction, bytes: Uint8Array, start: number, end: number): void {
    if (this.#next) return this.#next.data(this.#roleOf(dir), bytes, start, end);
    const held = this.#held[dir];
    held.add(bytes, start, end, this.#decoding.time);
    const next = this.#decide(dir, held.view);
    if (next) this.#become(next, dir);
  }

  gapIn(dir: Direction, length: number, exact: boolean): void {
    if (!this.#next) {
      this.#fromStart = false;
      if (this.#held[dir].length === 0) {
        this.#missing[dir] += length;
        return;
      }
      this.#become(this.#unknown(), dir);
    }
    this.#next?.gapIn(this.#roleOf(dir), length, exact);
  }

  endOf(dir: Direction, how: DirectionEnd): void {
    if (this.#next) this.#next.endOf(this.#roleOf(dir), how);
    else this.#ended[dir] = how;
  }

  finish(): void {
    if (this.#next) this.#next.finish();
    this.#held.out.drop();
    this.#held.in.drop();
  }

  /** What the connection goes on as; undefined where more bytes are needed. */
  #decide(dir: Direction, bytes: Uint8Array): Stage | undefined {
    const opening = openingOf(bytes, 0, bytes.length);
    const { stages } = this.#host;
    switch (opening) {
      case "more":
        return undefined;
      case "tls":
        return stages.decrypt();
      case "http2":
      case "http2Server":
        if (!this.#fromStart && (dir === "out") !== (opening === "http2")) this.#swap();
        return stages.http2();
      case "request":
      case "response":
        if (!this.#fromStart && (dir === "out") !== (opening === "request")) this.#swap();
        return stages.http();
      default:
        if (this.#fromStart || !isTlsRecord(bytes, 0, bytes.length)) return this.#unknown();
        countTlsFailure(this.#decoding.counts, NO_TLS_HANDSHAKE);
        return new DroppedStage("tlsWithoutKeys");
    }
  }

  #unknown(): Stage {
    const { stages, ports } = this.#host;
    const isAssumed = ports.some((port) => this.#decoding.assumeWebSocket.has(port));
    return this.#fromStart && !isAssumed ? new DroppedStage("other") : stages.lookOut();
  }

  /** Only the HTTP in it tells who is the client. */
  #swap(): void {
    this.#host.swap();
    this.#swapped = !this.#swapped;
  }

  /** Whoever calls this stage knows the directions as they were before. */
  #roleOf(dir: Direction): Direction {
    return this.#swapped ? opposite(dir) : dir;
  }

  /** @param decided whose bytes are known to begin what they look like */
  #become(next: Stage, decided: Direction): void {
    this.#next = next;
    this.#host.become(next);
    for (const dir of ["out", "in"] as const) {
      const now = this.#roleOf(dir);
      const missing = this.#missing[dir];
      if (missing > 0 && dir !== decided) next.gapIn(now, missing, true);
      this.#held[dir].replay(this.#decoding.time, (...piece) => next.data(now, ...piece));
      const how = this.#ended[dir];
      if (how) next.endOf(now, how);
    }
  }
}
