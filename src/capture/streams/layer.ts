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
  readonly end: (index: 0 | 1) => string;
  readonly fromStart: boolean;
  /** The id of the connection, given when it is first asked for. */
  readonly name: () => string;
  /** What is below, where that is TLS. */
  readonly tls?: TlsFacts;
  /** Decrypts what is found to be TLS; absent where it is not to be. */
  readonly decrypt?: (below: StageHost) => Stage;
}

/** The bytes of both directions over TCP, or over TLS, and the stage that takes them. */
export class Layer implements Stage, StageHost {
  readonly ports: readonly [number, number];
  readonly tls: TlsFacts | undefined;
  readonly stages: Stages;
  attempted = false;
  readonly #setup: LayerSetup;
  #stage: Stage;
  #swapped = false;

  constructor(decoding: Decoding, setup: LayerSetup) {
    this.#setup = setup;
    this.ports = setup.ports;
    this.tls = setup.tls;
    const isAssumed = setup.ports.some((port) => decoding.assumeWebSocket.has(port));
    this.stages = {
      sniff: (fromStart) => new SniffingStage(decoding, this, fromStart),
      http: () => new HttpStage(decoding, this),
      http2: () => new Http2Stage(decoding, this),
      tls: () => setup.decrypt?.(this) ?? new DroppedStage("tlsWithoutKeys"),
      lookOut: () =>
        isAssumed ? new MidstreamStage(decoding, this) : new LookoutStage(decoding, this),
    };
    this.#stage = this.stages.sniff(setup.fromStart);
  }

  get kind(): ConnectionKind | undefined {
    return this.attempted ? "webSocket" : this.#stage.kind;
  }

  get conn(): string {
    return this.#setup.name();
  }

  get remote(): string {
    return this.#setup.end(this.#swapped ? 0 : 1);
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

  #roleOf(dir: Direction): Direction {
    return this.#swapped ? opposite(dir) : dir;
  }
}
