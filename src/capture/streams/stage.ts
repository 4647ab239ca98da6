import type { Direction, TlsFacts } from "../../transport/events.ts";
import type { ConnectionKind } from "./connection-counts.ts";
import type { DirectionEnd } from "./decoding.ts";

/**
 * What decodes a connection at some point of it: as HTTP first, as WebSocket after the upgrade. Each
 * method is called at the time that `Decoding` tells. A stage that gave way to another one hands on
 * what still reaches it.
 */
export interface Stage {
  /** What the connection counts as; undefined where that is not known yet. */
  readonly kind: ConnectionKind | undefined;
  /** `bytes[start, end)` come next, and are valid until this returns. */
  data(dir: Direction, bytes: Uint8Array, start: number, end: number): void;
  /** @param exact false where it may be any number of bytes up to `length` */
  gapIn(dir: Direction, length: number, exact: boolean): void;
  endOf(dir: Direction, how: DirectionEnd): void;
  /** Nothing more comes. */
  finish(): void;
}

/** The connection, as its stages see it. */
export interface StageHost {
  readonly ports: readonly [number, number];
  /** Where the server is, as `address:port`. */
  readonly remote: string;
  /** The id in events; it is given when it is first asked for. */
  readonly conn: string;
  /** What was agreed on below, where that is TLS. */
  readonly tls: TlsFacts | undefined;
  readonly stages: Stages;
  /** Set where it asked for WebSocket. */
  attempted: boolean;
  /** Another stage takes what comes from now on. */
  become(next: Stage): void;
  /** The directions are the other way round: who was taken for the server is the client. */
  swap(): void;
}

/** Makes stages, so that they need not know each other. */
export interface Stages {
  /** Looks at the first bytes; `fromStart` where they are those that the two began with. */
  sniff(fromStart: boolean): Stage;
  http(): Stage;
  http2(): Stage;
  /** For TLS. */
  decrypt(): Stage;
  /** Waits for HTTP to begin; on a port that is said to be WebSocket, for frames instead. */
  lookOut(): Stage;
}

export function opposite(dir: Direction): Direction {
  return dir === "out" ? "in" : "out";
}
