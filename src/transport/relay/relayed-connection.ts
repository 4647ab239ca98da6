import type { Socket } from "node:net";
import { type Clock, elapsedMs, type Moment } from "../../clock.ts";
import { CloseCode } from "../../protocol/close-codes.ts";
import type { DeflateParams } from "../../protocol/deflate.ts";
import { deferred } from "../deferred.ts";
import type { CloseEvent, Direction, EventListener, ReadyState } from "../events.ts";
import type { Traffic } from "../traffic.ts";
import type { Breach, FrameGate } from "./frame-gate.ts";
import type { Interception } from "./passing.ts";
import { RelayFlow } from "./relay-flow.ts";
import { RelayWatch } from "./relay-watch.ts";

export interface RelayedOptions {
  readonly id: string;
  readonly client: Socket;
  readonly server: Socket;
  /** What they agreed on. */
  readonly deflate: DeflateParams | undefined;
  readonly clock: Clock;
  readonly random: (length: number) => Uint8Array;
  readonly onEvent: EventListener;
  /** Tell every frame, and let rules judge; else the bytes pass unseen. */
  readonly frames: boolean;
  readonly interception?: Interception | undefined;
  /** What the client sends has to pass it. */
  readonly gate?: FrameGate | undefined;
  /** The gate lets nothing more through: whoever is told closes the connection. */
  readonly onBreach?: ((breach: Breach) => void) | undefined;
  /** How long both may take to end when the relay closes. */
  readonly closeTimeoutMs?: number | undefined;
}

const DEFAULT_CLOSE_TIMEOUT_MS = 5000;
/** How long what was read before a side was lost may take to reach the other one. */
const LINGER_MS = 1000;

/**
 * A client and a server whose handshake is done, joined: what one sends reaches the other, and so does
 * how it ends. A FIN passes on as a FIN, after all that came before it; a connection that breaks
 * breaks the other one.
 */
export class RelayedConnection {
  readonly id: string;
  /** Resolves with the `close` event once both connections have ended; it never rejects. */
  readonly closed: Promise<CloseEvent>;
  readonly #options: RelayedOptions;
  readonly #flows: Readonly<Record<Direction, RelayFlow>>;
  readonly #resolveClosed: (event: CloseEvent) => void;
  #initiator: CloseEvent["initiator"] | undefined;
  #closeBegan: Moment | undefined;
  #first: Pick<CloseEvent, "code" | "reason"> | undefined;
  #open = 2;
  #closing = false;
  readonly #timers: NodeJS.Timeout[] = [];

  /** Takes over both sockets; nothing is read before `start`. */
  constructor(options: RelayedOptions) {
    const { id, client, server, frames, deflate } = options;
    const watch = frames ? new RelayWatch({ ...options, conn: id }) : undefined;
    this.id = id;
    this.#options = options;
    this.#flows = {
      out: this.#flow("out", watch, deflate?.clientNoContextTakeover),
      in: this.#flow("in", watch, deflate?.serverNoContextTakeover),
    };
    const { promise, resolve } = deferred<CloseEvent>();
    this.closed = promise;
    this.#resolveClosed = resolve;
    this.#listen(client, server, "out");
    this.#listen(server, client, "in");
    this.#state("OPEN");
  }

  /** What has come: `out` from the client, `in` from the server. */
  get traffic(): Traffic {
    return { in: this.#flows.in.tally, out: this.#flows.out.tally };
  }

  /** Bytes that wait in the relay, both ways together. */
  get waiting(): number {
    const { client, server } = this.#options;
    const { in: inward, out } = this.#flows;
    return inward.waiting + out.waiting + client.writableLength + server.writableLength;
  }

  /** A figure that changes when bytes of messages come or leave. */
  get progress(): number {
    const { client, server } = this.#options;
    const { in: inward, out } = this.#flows;
    const left = client.writableLength + server.writableLength;
    return inward.messageBytes + out.messageBytes - left;
  }

  /** Somebody holds it back, or something of it. */
  get isHeld(): boolean {
    return this.#flows.in.isHeld || this.#flows.out.isHeld;
  }

  /** Begins to read. @param heads bytes that have come with the handshake */
  start(heads: Readonly<Record<Direction, Uint8Array>>): void {
    this.#flows.out.start(heads.out);
    this.#flows.in.start(heads.in);
  }

  /** Reads neither side until the function it gives is called. */
  hold(): () => void {
    const releases = [this.#flows.in.hold(), this.#flows.out.hold()];
    return () => {
      for (const release of releases) release();
    };
  }

  /** Sends a frame of the relay's own; `out` reaches the server, `in` the client. */
  inject(dir: Direction, opcode: number, data: Uint8Array): void {
    this.#flows[dir].send(opcode, data);
  }

  /**
   * Closes both sides, each at the end of its frame; they have a while to answer.
   * @param onward what the server is told instead
   */
  close(code: number, reason = "", onward = code): Promise<CloseEvent> {
    if (this.#closing) return this.closed;
    this.#closing = true;
    this.#state("CLOSING");
    this.#initiator ??= "local";
    this.#closeBegan ??= this.#options.clock.now();
    this.#first ??= { code, reason };
    for (const dir of ["out", "in"] as const) {
      this.#flows[dir].shut(dir === "out" ? onward : code, reason);
      if (this.#flows[oppositeOf(dir)].close) this.#flows[dir].endWhenShut();
    }
    const { closeTimeoutMs = DEFAULT_CLOSE_TIMEOUT_MS } = this.#options;
    this.#timers.push(setTimeout(() => this.terminate(), closeTimeoutMs));
    return this.closed;
  }

  /** Ends both sides at once. */
  terminate(): void {
    if (!this.#closing) this.#state("CLOSING");
    this.#closing = true;
    this.#initiator ??= "local";
    this.#options.client.destroy();
    this.#options.server.destroy();
  }

  *#eachFlow(): Generator<RelayFlow> {
    yield this.#flows.out;
    yield this.#flows.in;
  }

  #flow(dir: Direction, watch: RelayWatch | undefined, noTakeover = false): RelayFlow {
    const { id, client, server, random, interception, gate, onBreach } = this.#options;
    return new RelayFlow({
      conn: id,
      dir,
      source: dir === "out" ? client : server,
      sink: dir === "out" ? server : client,
      interception: watch && interception,
      ...(dir === "out" && { gate, onBreach }),
      contextTakeover: !noTakeover,
      random,
      watch: watch && ((bytes) => watch.push(dir, bytes)),
      onClose: () => this.#closeSeen(dir),
      onMade: (bytes) => watch?.made(dir, bytes),
      note: (message) => this.#note(message),
      onStuck: (message) => this.#stuck(message),
    });
  }

  #listen(source: Socket, other: Socket, dir: Direction): void {
    let ended = false;
    source.setTimeout(0);
    source.on("end", () => {
      ended = true;
      this.#initiator ??= initiatorOf(dir);
      this.#flows[dir].end();
    });
    source.on("error", (error) => this.#failed(dir, error));
    source.on("close", () => {
      this.#initiator ??= initiatorOf(dir);
      this.#flows[oppositeOf(dir)].dispose();
      if (!ended) this.#breakOff(dir, other);
      this.#open -= 1;
      if (this.#open === 0) this.#finish();
    });
  }

  #failed(dir: Direction, { message }: Error): void {
    // Once both have closed, nobody has to be told how the connection goes.
    if (this.#flows.in.close && this.#flows.out.close) return;
    const { id, clock, onEvent } = this.#options;
    const words = `the connection with the ${SIDES[dir]} failed: ${message}`;
    onEvent({ type: "error", conn: id, at: clock.now(), code: "abnormal", message: words });
  }

  /** A side is lost: what it has sent still reaches the other one, which is lost then as well. */
  #breakOff(dir: Direction, other: Socket): void {
    this.#flows[dir].flush();
    const reset = (): void => resetSocket(other);
    if (other.writableLength === 0) return reset();
    if (other.writableEnded) other.once("finish", reset);
    else other.write(NOTHING, reset);
    this.#timers.push(setTimeout(reset, LINGER_MS));
  }

  #closeSeen(dir: Direction): void {
    this.#initiator ??= initiatorOf(dir);
    this.#closeBegan ??= this.#options.clock.now();
    this.#first ??= this.#flows[dir].close;
    if (this.#closing) this.#flows[oppositeOf(dir)].endWhenShut();
  }

  #stuck(message: string): void {
    if (this.#closing) return;
    const { id, clock, onEvent } = this.#options;
    onEvent({ type: "error", conn: id, at: clock.now(), code: "abnormal", message });
    void this.close(CloseCode.internalError);
  }

  #note(message: string): void {
    const { id, clock, onEvent } = this.#options;
    onEvent({ type: "note", conn: id, at: clock.now(), message });
  }

  /** CLOSING is the relay's own doing: the sides close by themselves otherwise. */
  #state(state: ReadyState): void {
    const { id, clock, onEvent } = this.#options;
    onEvent({ type: "state", conn: id, at: clock.now(), state });
  }

  #finish(): void {
    const { id, clock, onEvent } = this.#options;
    for (const timer of this.#timers) clearTimeout(timer);
    for (const flow of this.#eachFlow()) flow.dispose();
    const at = clock.now();
    const { code = CloseCode.abnormal, reason = "" } = this.#first ?? {};
    const event: CloseEvent = {
      type: "close",
      conn: id,
      at,
      code,
      reason,
      initiator: this.#initiator ?? "peer",
      clean: this.#flows.in.close !== undefined && this.#flows.out.close !== undefined,
      ...(this.#closeBegan && { durationMs: elapsedMs(this.#closeBegan.ns, at.ns) }),
    };
    this.#state("CLOSED");
    onEvent(event);
    this.#resolveClosed(event);
  }
}

const NOTHING = new Uint8Array(0);
const SIDES: Readonly<Record<Direction, string>> = { out: "client", in: "server" };

function oppositeOf(dir: Direction): Direction {
  return dir === "out" ? "in" : "out";
}

function initiatorOf(dir: Direction): CloseEvent["initiator"] {
  return dir === "out" ? "local" : "peer";
}

/** TCP alone has a reset of its own. */
function resetSocket(socket: Socket): void {
  const isTcp = !("encrypted" in socket) && socket.remoteAddress !== undefined;
  if (isTcp && !socket.destroyed) socket.resetAndDestroy();
  else socket.destroy();
}
