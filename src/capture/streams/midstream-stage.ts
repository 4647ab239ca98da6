import type { Direction } from "../../transport/events.ts";
import { BorderSearch } from "./border-search.ts";
import type { Decoding, DirectionEnd } from "./decoding.ts";
import { opposite, type Stage, type StageHost } from "./stage.ts";
import { WebSocketSession } from "./web-socket-session.ts";

type Searches = Readonly<Record<"masked" | "plain", BorderSearch>>;

/** What came of one direction before it is known who is the client. */
interface Side {
  readonly searches: Searches;
  ended: DirectionEnd | undefined;
}

/**
 * A WebSocket connection of which the handshake is not in the capture. Frames tell who is the
 * client: it masks. Until one is found for certain, both directions are held.
 */
export class MidstreamStage implements Stage {
  readonly #decoding: Decoding;
  readonly #host: StageHost;
  readonly #sides: Readonly<Record<Direction, Side>>;
  #swapped = false;
  #next: Stage | undefined;

  constructor(decoding: Decoding, host: StageHost) {
    this.#decoding = decoding;
    this.#host = host;
    this.#sides = { out: newSide(decoding), in: newSide(decoding) };
  }

  get kind() {
    return this.#next ? ("webSocket" as const) : ("other" as const);
  }

  data(dir: Direction, bytes: Uint8Array, start: number, end: number): void {
    if (this.#next) return this.#next.data(this.#roleOf(dir), bytes, start, end);
    const { masked, plain } = this.#sides[dir].searches;
    const { time } = this.#decoding;
    const foundMasked = masked.push(bytes, start, end, time) !== undefined;
    const foundPlain = plain.push(bytes, start, end, time) !== undefined;
    if (foundMasked) this.#open(dir);
    else if (foundPlain) this.#open(opposite(dir));
  }

  gapIn(dir: Direction, length: number, exact: boolean): void {
    if (!this.#next) this.#conclude(dir);
    this.#next?.gapIn(this.#roleOf(dir), length, exact);
  }

  endOf(dir: Direction, how: DirectionEnd): void {
    if (!this.#next) this.#conclude(dir);
    if (this.#next) this.#next.endOf(this.#roleOf(dir), how);
    else this.#sides[dir].ended = how;
  }

  finish(): void {
    for (const dir of ["out", "in"] as const) if (!this.#next) this.#conclude(dir);
    this.#next?.finish();
  }

  /** Nothing follows at once what is held of this direction. */
  #conclude(dir: Direction): void {
    const { masked, plain } = this.#sides[dir].searches;
    if (masked.search() !== undefined) this.#open(dir);
    else if (plain.search() !== undefined) this.#open(opposite(dir));
    else for (const search of [masked, plain]) search.giveUp();
  }

  #open(client: Direction): void {
    const { conn } = this.#host;
    this.#host.attempted = true;
    this.#swapped = client === "in";
    if (this.#swapped) this.#host.swap();
    this.#note(`the handshake with ${this.#host.remote} is not in the capture`);
    const next = new WebSocketSession(this.#decoding, {
      conn,
      compression: this.#decoding.deflate ? "assumed" : "unknown",
      begins: { out: false, in: false },
    });
    this.#next = next;
    this.#host.become(next);
    this.#handOver(next, client);
  }

  /** Whoever calls this stage knows the directions as they were before. */
  #roleOf(dir: Direction): Direction {
    return this.#swapped ? opposite(dir) : dir;
  }

  #tellSkipped(length: number): void {
    this.#note(`${length} B before the first certain frame border are passed over`);
  }

  #note(message: string): void {
    const at = this.#decoding.time.moment();
    this.#decoding.emit({ type: "note", conn: this.#host.conn, at, message });
  }

  #handOver(next: Stage, client: Direction): void {
    for (const dir of [client, opposite(client)]) {
      const role = this.#roleOf(dir);
      const { searches, ended } = this.#sides[dir];
      searches.plain.giveUp();
      if (searches.masked.givenUp > 0) this.#tellSkipped(searches.masked.givenUp);
      searches.masked.held.replay(this.#decoding.time, (...piece) => next.data(role, ...piece));
      if (ended) next.endOf(role, ended);
    }
  }
}

function newSide({ budget }: Decoding): Side {
  const search = (masked: boolean) => new BorderSearch({ masked, compressed: true }, budget);
  return { searches: { masked: search(true), plain: search(false) }, ended: undefined };
}
