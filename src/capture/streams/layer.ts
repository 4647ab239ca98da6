import type { Direction, TlsFacts } from "../../transport/events.ts";
import type { ConnectionKind } from "./connection-counts.ts";
import type { Decoding, DirectionEnd } from "./decoding.ts";
import { Http2Stage } from "../http2/http2-stage.ts";
import { HttpStage } from "./http-stage.ts";
import { LookoutStage } from "./lookout-stage.ts";
import { MidstreamStage } from "./midstream-stage.ts";
import { SniffingStage } from "./sniffing-stage.ts";
import { DroppedStage } from "./dropped-stage.ts";
import { opposite, type Stage, type StageHost, type Stages } from "./stage.ts";

/** What a layer is made with. */
export interface LayerSetup {
  readonly ports: readonly [number, number];
  /** An end as `address:port`, who is taken for the client first. */
  endpoint(index: 0 | 1): string;
  readonly fromStart: boolean;
  /** The id of the connection, given when it is first asked for. */
  name(): string;
  /** What is below, where that is TLS. */
  readonly tls?: TlsFacts;
  /** Decrypts what is found to be TLS; absent where it is not to be. */
  decrypt?(below: StageHost): Stage;
}

/**
 * The bytes of both directions over TCP, or over TLS, and the stage that takes them. It is small,
 * because there may be many at a time.
 */
export class Layer implements Stage, StageHost, Stages {
  attempted = false;
  readonly #decoding: Decoding;
  readonly #setup: LayerSetup;
  #stage: Stage;
  #swapped = false;

  constructor(decoding: Decoding, setup: LayerSetup) {
    this.#decoding = decoding;
    this.#setup = setup;
    this.#stage = this.sniff(setup.fromStart);
  }

  get ports(): readonly [number, number] {
    return this.#setup.ports;
  }

  get tls(): TlsFacts | undefined {
    return this.#setup.tls;
  }

  get stages(): Stages {
    return this;
  }

  get kind(): ConnectionKind | undefined {
    return this.attempted ? "webSocket" : this.#stage.kind;
  }

  get conn(): string {
    return this.#setup.name();
  }

  get remote(): string {
    return this.#setup.endpoint(this.#swapped ? 0 : 1);
  }

  data(dir: Direction, bytes: Uint8Array, start: number, end: number): void {
    this.#stage.data(this.#roleOf(dir), bytes, start, end);
  }

  gapIn(dir: Direction, length: number, exact: boolean): void {
    this.#stage.gapIn(this.#roleOf(dir), length, exact);
  }

  endOf(dir: Direction, how: DirectionEnd): void {
    this.#stage.endOf(this.#roleOf(dir), how);
  }

  finish(): void {
    this.#stage.finish();
  }

  become(next: Stage): void {
    this.#stage = next;
  }

  swap(): void {
    this.#swapped = !this.#swapped;
  }

  sniff(fromStart: boolean): Stage {
    return new SniffingStage(this.#decoding, this, fromStart);
  }

  http(): Stage {
    return new HttpStage(this.#decoding, this);
  }

  http2(): Stage {
    return new Http2Stage(this.#decoding, this);
  }

  decrypt(): Stage {
    return this.#setup.decrypt?.(this) ?? new DroppedStage("tlsWithoutKeys");
  }

  lookOut(): Stage {
    const { assumeWebSocket } = this.#decoding;
    const isAssumed = this.ports.some((port) => assumeWebSocket.has(port));
    return isAssumed
      ? new MidstreamStage(this.#decoding, this)
      : new LookoutStage(this.#decoding, this);
  }

  #roleOf(dir: Direction): Direction {
    return this.#swapped ? opposite(dir) : dir;
  }
}
