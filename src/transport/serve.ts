import type { Socket } from "node:net";
import { elapsedMs } from "../clock.ts";
import { messageOf } from "../errors.ts";
import { CloseCode } from "../protocol/close-codes.ts";
import { headerList, type HttpHead } from "../protocol/http-head.ts";
import { judgeRequest, type RequestVerdict } from "../protocol/server-handshake.ts";
import { Connection, type ConnectionOptions } from "./connection.ts";
import type { HandshakeEvent, TlsFacts } from "./events.ts";
import { type HttpReply, refusal, sendReply } from "./http-reply.ts";
import { type Address, listen, type ListenPlace } from "./listen-sockets.ts";
import { remoteOf } from "./open-socket.ts";
import { filesShort } from "./open-files.ts";
import { type OpeningRequest, readOpeningRequest } from "./opening-request.ts";
import { clientTlsFacts, clientTlsReason, type ServerTls, socketBeneath } from "./server-tls.ts";
import {
  type Accepted,
  grantUpgrade,
  refusalOf,
  refuseUpgrade,
  type UpgradeTerms,
} from "./server-upgrade.ts";
import { SocketCount, type SocketLimits } from "./socket-limits.ts";
import { stall } from "./stall.ts";

/** A client that has asked for something and has no answer yet. */
export interface Asking {
  /** What its connection is called, whatever becomes of it. */
  readonly conn: string;
  readonly request: HttpHead;
  readonly verdict: RequestVerdict;
  /** Where the client is; empty at a unix socket. */
  readonly address: string;
  readonly remote: string;
  readonly tls?: TlsFacts | undefined;
  /** Has `listener` called when its socket has gone, whatever became of it. */
  readonly onGone: (listener: () => void) => void;
}

/** A client whose request somebody else answers: the socket is paused and is theirs from now on. */
export interface Handover extends OpeningRequest {
  readonly socket: Socket;
}

/** How one client is answered that may come in. */
export type Welcome = Partial<UpgradeTerms> & {
  /** Overrides of what holds for all. */
  readonly connection?: Partial<ConnectionOptions>;
  /** It waits so long for its answer, as a test of clients; Infinity: it gets none. */
  readonly stallMs?: number | undefined;
  /** Takes the client over instead; who does ends its socket when the server closes. */
  readonly takeOver?: ((handover: Handover) => void) | undefined;
};

/** What is decided about a client: it is refused, or comes in on these terms. */
export type Admission =
  | { readonly refused: HttpReply; readonly why: string }
  | { readonly refused?: undefined; readonly welcome?: Welcome };

export type ServeOptions = Omit<ConnectionOptions, "id" | "role" | "subprotocol" | "deflate"> &
  Partial<UpgradeTerms> & {
    readonly place: ListenPlace;
    readonly tls?: ServerTls | undefined;
    /** Called with each new connection before anything is read from it. */
    readonly onConnection: (connection: Connection, asking: Asking) => void;
    /** Decides on a well-formed request. Default: all may come in. */
    readonly admit?: ((asking: Asking) => Admission | Promise<Admission>) | undefined;
    /** Answers a request that asks for no WebSocket; where it does not, the client is refused. */
    readonly respond?:
      ((asking: Asking) => HttpReply | undefined | Promise<HttpReply | undefined>) | undefined;
    readonly handshakeTimeoutMs?: number | undefined;
    /** What the names of connections begin with. Default: nothing. */
    readonly idPrefix?: string | undefined;
    readonly socketLimits?: SocketLimits | undefined;
    /** Called with each client that came to no request: its sockets are too many, or are no good. */
    readonly onTurnedAway?: ((kind: TurnedAway) => void) | undefined;
  };

/** What kept a client from asking for anything. */
export type TurnedAway = "files" | "sockets" | "tls" | "handshake";

export interface Server {
  /** Where it listens; the first one is what to tell people. */
  readonly addresses: readonly Address[];
  readonly connections: ReadonlySet<Connection>;
  /**
   * Closes all clients with `code`, and resolves when the last has gone. Until then who asks for a
   * WebSocket is told so with 503, and plain requests are answered.
   */
  close(code?: number, reason?: string): Promise<void>;
}

const CLOSED: Admission = {
  refused: refusal(503, "The server is going away."),
  why: "the server stops",
};
const DEFAULT_HANDSHAKE_TIMEOUT_MS = 10_000;

/**
 * Listens for WebSocket connections.
 * @throws FramecatError (bind) when the address cannot be had
 */
export async function serve(options: ServeOptions): Promise<Server> {
  const doors = new Doors(options);
  const listeners = await listen(options.place, options.tls, {
    mayEnter: (socket) => doors.mayEnter(socket),
    onSocket: (socket) => void doors.welcome(socket),
    onFailure: (error, socket) => doors.failed(error, socket),
  });
  return {
    addresses: listeners.addresses,
    connections: doors.connections,
    close: async (code = CloseCode.goingAway, reason = "") => {
      await doors.close(code, reason);
      const closed = listeners.close();
      listeners.destroySockets();
      await closed;
    },
  };
}

/** Leads clients from a bare socket to a connection. */
class Doors {
  readonly connections = new Set<Connection>();
  readonly #pending = new Set<Socket>();
  readonly #takenOver = new Set<Socket>();
  readonly #options: ServeOptions;
  readonly #sockets: SocketCount | undefined;
  #count = 0;
  #isClosing = false;

  constructor(options: ServeOptions) {
    this.#options = options;
    this.#sockets = options.socketLimits && new SocketCount(options.socketLimits);
  }

  mayEnter(socket: Socket): boolean {
    const short = filesShort(socket);
    const why = short ?? this.#sockets?.enter(socket);
    if (why !== undefined) this.#turnAway(short ? "files" : "sockets", socket, why);
    return why === undefined;
  }

  async welcome(socket: Socket): Promise<void> {
    const { clock, handshakeTimeoutMs = DEFAULT_HANDSHAKE_TIMEOUT_MS } = this.#options;
    const start = clock.now().ns;
    const conn = this.#nextId();
    this.#pending.add(socket);
    // A client may be gone before its connection listens for errors, which tells of it then.
    socket.on("error", () => undefined).on("close", () => this.#pending.delete(socket));
    const facts = factsOf(conn, socket);
    const opening = await readOpeningRequest(socket, handshakeTimeoutMs, (why) =>
      this.#turnAway("handshake", socket, why, conn),
    );
    if (!opening) return;
    const asking = { ...facts, request: opening.request, verdict: judgeRequest(opening.request) };
    try {
      await this.#answer(socket, opening, asking, start);
    } catch (thrown) {
      this.#options.onEvent({ type: "note", conn, at: clock.now(), message: messageOf(thrown) });
      socket.destroy();
    }
  }

  /** A client that could not be accepted, or TLS with it, failed. */
  failed(error: Error, socket?: Socket): void {
    const { onEvent, clock } = this.#options;
    const at = clock.now();
    const conn = this.#nextId();
    if (socket) {
      const message = `TLS with ${nameOf(socketBeneath(socket))} failed: ${clientTlsReason(error, socket)}`;
      onEvent({ type: "error", conn, at, code: "tls", message });
      this.#options.onTurnedAway?.("tls");
    } else {
      const message = `a client could not be accepted: ${messageOf(error)}`;
      onEvent({ type: "error", conn, at, code: "unreachable", message });
    }
  }

  async close(code: number, reason: string): Promise<void> {
    this.#isClosing = true;
    const others = [...this.#takenOver].map(
      (socket) => new Promise<void>((gone) => socket.once("close", () => gone())),
    );
    await Promise.all([...this.connections].map((connection) => connection.close(code, reason)));
    await Promise.all(others);
  }

  #turnAway(kind: TurnedAway, socket: Socket, why: string, conn = this.#nextId()): void {
    const { onEvent, onTurnedAway, clock } = this.#options;
    const message = `refused: ${nameOf(socket)}: ${why}`;
    onEvent({ type: "note", conn, at: clock.now(), message });
    onTurnedAway?.(kind);
  }

  #nextId(): string {
    this.#count += 1;
    return `${this.#options.idPrefix ?? ""}${this.#count}`;
  }

  async #answer(
    socket: Socket,
    opening: OpeningRequest,
    asking: Asking,
    start: bigint,
  ): Promise<void> {
    const { respond, admit, clock } = this.#options;
    const told = (accepted: Accepted): void =>
      this.#tell(asking, accepted, elapsedMs(start, clock.now().ns));
    if (!asksForUpgrade(opening.request)) {
      const reply = await respond?.(asking);
      if (reply) return void sendReply(socket, reply);
    }
    const broken = refusalOf(asking.verdict);
    if (broken) return told(refuseUpgrade(socket, opening, asking.verdict, broken));
    const asked = (await admit?.(asking)) ?? {};
    if (socket.destroyed) return;
    const admission = this.#isClosing ? CLOSED : asked;
    if (admission.refused) {
      told(refuseUpgrade(socket, opening, asking.verdict, admission.refused));
      const message = `refused: ${admission.why}`;
      this.#options.onEvent({ type: "note", conn: asking.conn, at: clock.now(), message });
      return;
    }
    const { takeOver, stallMs, ...welcome } = admission.welcome ?? {};
    if (stallMs !== undefined) {
      const early = await stall(socket, stallMs);
      if (socket.destroyed) return;
      opening = { ...opening, rest: Buffer.concat([opening.rest, early]) };
    }
    this.#pending.delete(socket);
    if (takeOver) {
      this.#takenOver.add(socket.on("close", () => this.#takenOver.delete(socket)));
      return takeOver({ socket, ...opening });
    }
    const accepted = grantUpgrade(socket, opening, asking.verdict, {
      ...termsOf(this.#options),
      ...welcome,
    });
    told(accepted);
    this.#open(socket, accepted, asking, welcome);
  }

  #tell(asking: Asking, accepted: Accepted, upgradeMs: number): void {
    const { clock, onEvent } = this.#options;
    onEvent({
      ...handshakeEvent(asking, accepted),
      at: clock.now(),
      timings: { upgrade: upgradeMs },
    });
  }

  #open(socket: Socket, { granted, rest }: Accepted, asking: Asking, welcome: Welcome): void {
    const connection = new Connection(socket, {
      ...this.#options,
      ...welcome.connection,
      id: asking.conn,
      role: "server",
      subprotocol: granted?.subprotocol,
      deflate: granted?.deflate,
    });
    this.connections.add(connection);
    void connection.closed.then(() => this.connections.delete(connection));
    this.#options.onConnection(connection, asking);
    connection.start(rest);
  }
}

function factsOf(conn: string, socket: Socket) {
  const address = socket.remoteAddress ?? "";
  const tls = clientTlsFacts(socket);
  const onGone = (listener: () => void): void => void socket.once("close", listener);
  return { conn, address, remote: nameOf(socket), onGone, ...(tls && { tls }) };
}

function nameOf(socket: Socket): string {
  return socket.remoteAddress === undefined ? "a unix socket" : remoteOf(socket);
}

function asksForUpgrade({ headers }: HttpHead): boolean {
  return headerList(headers, "Upgrade").some((name) => name.toLowerCase() === "websocket");
}

function termsOf(options: ServeOptions): UpgradeTerms {
  const { deflate, chooseSubprotocol, responseHeaders, alterResponse } = options;
  return { deflate, chooseSubprotocol, responseHeaders, alterResponse };
}

function handshakeEvent(
  asking: Asking,
  { request, response, verdict, granted }: Accepted,
): Omit<HandshakeEvent, "at" | "timings"> {
  const host = request.headers.find(([name]) => name.toLowerCase() === "host")?.[1] ?? "";
  return {
    type: "handshake",
    conn: asking.conn,
    role: "server",
    url: `${asking.tls ? "wss" : "ws"}://${host}${verdict.path}`,
    remote: asking.remote,
    request,
    response,
    ...(asking.tls && { tls: asking.tls }),
    ...(granted?.subprotocol !== undefined && { subprotocol: granted.subprotocol }),
    ...(granted?.deflate && { deflate: granted.deflate }),
    violations: verdict.violations,
  };
}
