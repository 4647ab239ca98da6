import { formatEndpoint } from "./packets/endpoint.ts";
import type { Connection, ConnectionSink, EndReason } from "./packets/connection.ts";
import type { Flow } from "./packets/flow.ts";
import type { Decoding } from "./streams/decoding.ts";
import { Layer, type LayerSetup } from "./streams/layer.ts";
import type { Stage, StageHost } from "./streams/stage.ts";

/** What the connections of a capture share. */
export interface Capturing {
  /** Gives the next id. */
  name(): string;
  /** Decrypts what is found to be TLS. */
  decrypt(below: StageHost, setup: LayerSetup): Stage;
}

/** What is to be known of a connection by its packets. */
export type TcpConnection = Pick<Connection, "client" | "server" | "clientKnown" | "flows">;

const DIRECTIONS = ["out", "in"] as const;
/** Why nothing more is decoded of a connection that has not ended. */
const INTERRUPTED: Partial<Record<EndReason, string>> = {
  reused: "the port was used again for another connection",
  evicted: "too many connections are open at once: this one, the longest at rest, is given up",
};

/**
 * A TCP connection of a capture, from its first byte to its end. It is remembered for a while after
 * that, and then holds nothing that was needed to decode it.
 */
export class CapturedConnection implements ConnectionSink, LayerSetup {
  readonly #decoding: Decoding;
  readonly #connection: TcpConnection;
  readonly #capturing: Capturing;
  #layer: Layer | undefined;
  #name: string | undefined;

  constructor(decoding: Decoding, connection: TcpConnection, capturing: Capturing) {
    this.#decoding = decoding;
    this.#connection = connection;
    this.#capturing = capturing;
  }

  get ports(): readonly [number, number] {
    const { client, server } = this.#connection;
    return [client.port, server.port];
  }

  get fromStart(): boolean {
    return this.#connection.clientKnown;
  }

  endpoint(index: 0 | 1): string {
    const { client, server } = this.#connection;
    return formatEndpoint(index === 0 ? client : server);
  }

  name(): string {
    this.#name ??= this.#capturing.name();
    return this.#name;
  }

  decrypt(below: StageHost): Stage {
    return this.#capturing.decrypt(below, this);
  }

  data(flow: Flow, bytes: Uint8Array, start: number, end: number): void {
    this.#at(flow).data(DIRECTIONS[flow.dir], bytes, start, end);
  }

  gap(flow: Flow, length: number): void {
    this.#at(flow).gapIn(DIRECTIONS[flow.dir], length, true);
  }

  fin(flow: Flow): void {
    this.#at(flow).endOf(DIRECTIONS[flow.dir], "fin");
  }

  reset(flow: Flow): void {
    this.#at(flow).endOf(DIRECTIONS[flow.dir], "reset");
  }

  end(reason: EndReason): void {
    const { time, counts } = this.#decoding;
    const [a, b] = this.#connection.flows;
    time.set(a.tsNs > b.tsNs ? a : b);
    const layer = this.#layer;
    const interrupted = INTERRUPTED[reason];
    if (interrupted !== undefined && layer?.kind === "webSocket") this.#note(interrupted);
    layer?.finish();
    counts[layer?.kind ?? "empty"] += 1;
    this.#layer = undefined;
  }

  #at(flow: Flow): Layer {
    this.#decoding.time.set(flow);
    this.#layer ??= new Layer(this.#decoding, this);
    return this.#layer;
  }

  #note(message: string): void {
    const at = this.#decoding.time.moment();
    this.#decoding.emit({ type: "note", conn: this.name(), at, message });
  }
}
