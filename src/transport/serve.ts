import { createServer as createTcpServer, type Server as TcpServer, type Socket } from "node:net";
import { type Clock, elapsedMs } from "../clock.ts";
import { FramecatError, messageOf } from "../errors.ts";
import { CloseCode } from "../protocol/close-codes.ts";
import type { DeflateParams } from "../protocol/deflate.ts";
import { Connection } from "./connection.ts";
import type { EventListener, HandshakeEvent } from "./events.ts";
import { remoteOf } from "./open-socket.ts";
import { acceptUpgrade, type Accepted, type AcceptOptions } from "./server-upgrade.ts";

export interface ServeOptions {
  /** Default: 127.0.0.1 and ::1. */
  readonly host?: string | undefined;
  /** 0 takes a free port. */
  readonly port: number;
  readonly clock: Clock;
  readonly onEvent: EventListener;
  /** Called with each new connection before anything is read from it. */
  readonly onConnection: (connection: Connection) => void;
  /** Tell every frame as an event. */
  readonly frames: boolean;
  /** Grants permessage-deflate to who offers it, within these limits. */
  readonly deflate?: Partial<DeflateParams> | undefined;
  /** Chooses among the subprotocols offered; default: none. */
  readonly chooseSubprotocol?: ((offered: readonly string[]) => string | undefined) | undefined;
  readonly handshakeTimeoutMs?: number;
  readonly maxMessageLength?: number | undefined;
  readonly closeTimeoutMs?: number | undefined;
}

export interface Server {
  /** Where it listens; the first one is what to tell people. */
  readonly addresses: readonly {
    readonly host: string;
    readonly port: number;
    readonly url: string;
  }[];
  readonly connections: ReadonlySet<Connection>;
  /** Takes no new clients, closes all with `code`, and resolves when the last has gone. */
  close(code?: number, reason?: string): Promise<void>;
}

const LOOPBACK = ["127.0.0.1", "::1"] as const;
/** Tries to find a port that is free on both loopback addresses. */
const PORT_TRIES = 20;
const DEFAULT_HANDSHAKE_TIMEOUT_MS = 10_000;

/**
 * Listens for WebSocket connections.
 * @throws FramecatError (bind) when the address cannot be had
 */
export async function serve(options: ServeOptions): Promise<Server> {
  const connections = new Set<Connection>();
  const pending = new Set<Socket>();
  let count = 0;
  const onSocket = (socket: Socket): void => {
    count += 1;
    const id = String(count);
    void welcome(socket, id, options, pending, connections);
  };
  const listeners = await listen(options, onSocket);
  return {
    addresses: listeners.map(addressOf),
    connections,
    close: async (code = CloseCode.goingAway, reason = "") => {
      const ended = listeners.map((listener) => new Promise((resolve) => listener.close(resolve)));
      for (const socket of pending) socket.destroy();
      await Promise.all([...connections].map((connection) => connection.close(code, reason)));
      await Promise.all(ended);
    },
  };
}

async function welcome(
  socket: Socket,
  id: string,
  options: ServeOptions,
  pending: Set<Socket>,
  connections: Set<Connection>,
): Promise<void> {
  const { clock, onEvent } = options;
  const start = clock.now().ns;
  const acceptOptions: AcceptOptions = {
    deflate: options.deflate,
    chooseSubprotocol: options.chooseSubprotocol,
    timeoutMs: options.handshakeTimeoutMs ?? DEFAULT_HANDSHAKE_TIMEOUT_MS,
  };
  pending.add(socket);
  // A client may be gone before its connection listens for errors, which tells of it then.
  socket.on("error", () => undefined).on("close", () => pending.delete(socket));
  const remote = remoteOf(socket);
  const accepted = await acceptUpgrade(socket, acceptOptions);
  if (!accepted) return;
  const upgradeMs = elapsedMs(start, clock.now().ns);
  onEvent(handshakeEvent(accepted, { id, remote, upgradeMs, clock }));
  if (!accepted.granted) return;
  pending.delete(socket);
  const { subprotocol, deflate } = accepted.granted;
  const connection = new Connection(socket, {
    ...options,
    id,
    role: "server",
    subprotocol,
    deflate,
  });
  connections.add(connection);
  void connection.closed.then(() => connections.delete(connection));
  options.onConnection(connection);
  connection.start(accepted.rest);
}

function handshakeEvent(
  { request, response, verdict, granted }: Accepted,
  facts: { id: string; remote: string; upgradeMs: number; clock: Clock },
): HandshakeEvent {
  const host = request.headers.find(([name]) => name.toLowerCase() === "host")?.[1] ?? "";
  return {
    type: "handshake",
    conn: facts.id,
    at: facts.clock.now(),
    role: "server",
    url: `ws://${host}${verdict.path}`,
    remote: facts.remote,
    request,
    response,
    timings: { upgrade: facts.upgradeMs },
    ...(granted?.subprotocol !== undefined && { subprotocol: granted.subprotocol }),
    ...(granted?.deflate && { deflate: granted.deflate }),
    violations: verdict.violations,
  };
}

/** Binds every address of the host; port 0 must come out the same on both loopback addresses. */
async function listen(
  { host, port }: ServeOptions,
  onSocket: (socket: Socket) => void,
): Promise<TcpServer[]> {
  if (host !== undefined) return [await bind(host, port, onSocket)];
  const [ipv4, ipv6] = LOOPBACK;
  for (let tries = 1; ; tries++) {
    const first = await bind(ipv4, port, onSocket);
    try {
      return [first, await bind(ipv6, addressOf(first).port, onSocket)];
    } catch (thrown) {
      if (isUnsupported(thrown)) return [first];
      await new Promise((resolve) => first.close(resolve));
      if (port !== 0 || tries === PORT_TRIES) throw thrown;
    }
  }
}

/** True where the machine has no IPv6. */
function isUnsupported(thrown: unknown): boolean {
  const cause = thrown instanceof Error ? thrown.cause : undefined;
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  return code === "EADDRNOTAVAIL" || code === "EAFNOSUPPORT";
}

function bind(host: string, port: number, onSocket: (socket: Socket) => void): Promise<TcpServer> {
  return new Promise((resolve, reject) => {
    const server = createTcpServer({ allowHalfOpen: true, noDelay: true }, onSocket);
    // Later ones, as when a client cannot be accepted for want of descriptors, end nothing.
    server.on("error", (error) => reject(bindFailure(error, host, port)));
    server.listen({ host, port, backlog: 4096 }, () => resolve(server));
  });
}

const BIND_REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: "the port is in use",
  EACCES: "permission denied",
  EADDRNOTAVAIL: "this machine has no such address",
  ENOTFOUND: "the host name does not resolve",
};

function bindFailure(error: Error & { code?: string }, host: string, port: number): FramecatError {
  const reason = BIND_REASONS[error.code ?? ""] ?? messageOf(error);
  const hint = error.code === "EADDRINUSE" ? "Port 0 takes a free one." : undefined;
  const failure = new FramecatError(
    "bind",
    `cannot listen on ${join(host, port)}: ${reason}`,
    hint,
  );
  failure.cause = error;
  return failure;
}

function addressOf(server: TcpServer) {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  const { address: host, port } = address;
  return { host, port, url: `ws://${join(host, port)}/` };
}

function join(host: string, port: number): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}
