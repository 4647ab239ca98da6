import { existsSync, lstatSync, unlinkSync } from "node:fs";
import { connect, createServer, type Server as TcpServer, type Socket } from "node:net";
import { dirname } from "node:path";
import { createServer as createTlsServer, type Server as TlsServer } from "node:tls";
import { errnoWords } from "../errno-words.ts";
import { FramecatError, messageOf } from "../errors.ts";
import { serverContext, type ServerTls } from "./server-tls.ts";

/** Where a server listens: a port, on one address or on both loopback addresses, or a unix socket. */
export type ListenPlace =
  | {
      /** Default: 127.0.0.1 and ::1. */
      readonly host?: string | undefined;
      /** 0 takes a free port. */
      readonly port: number;
      readonly socketPath?: undefined;
    }
  | { readonly socketPath: string };

export interface Address {
  /** The address, or the path of a unix socket. */
  readonly host: string;
  /** 0 for a unix socket. */
  readonly port: number;
  readonly url: string;
}

export interface ListenHooks {
  /** A client was accepted; false ends that at once, before any TLS. Default: true. */
  readonly mayEnter?: ((socket: Socket) => boolean) | undefined;
  /** A client is there; with TLS once that stands. */
  readonly onSocket: (socket: Socket) => void;
  /** A client could not be accepted, or TLS with it failed. */
  readonly onFailure: (error: Error, socket?: Socket) => void;
}

/** Sockets that listen. */
export interface Listeners {
  readonly addresses: readonly Address[];
  /** Takes no new clients; resolves when the last socket has gone. */
  close(): Promise<void>;
  /** Ends every socket that was accepted and is there still. */
  destroySockets(): void;
}

const LOOPBACK = ["127.0.0.1", "::1"] as const;
/** Tries to find a port that is free on both loopback addresses. */
const PORT_TRIES = 20;
const BACKLOG = 4096;

/**
 * Binds every address of the place; port 0 comes out the same on both loopback addresses.
 * @throws FramecatError (bind) when an address cannot be had
 */
export async function listen(
  place: ListenPlace,
  tls: ServerTls | undefined,
  hooks: ListenHooks,
): Promise<Listeners> {
  const sockets = new Set<Socket>();
  const secured = tls && secureServer(tls, hooks);
  const onSocket = (socket: Socket): void => {
    if (hooks.mayEnter?.(socket) === false) return void socket.destroy();
    sockets.add(socket.on("close", () => sockets.delete(socket)));
    if (secured) beginTls(secured, socket);
    else hooks.onSocket(socket);
  };
  const make = (): TcpServer => {
    const server = createServer({ allowHalfOpen: true, noDelay: true }, onSocket);
    return server.on("error", (error) => server.listening && hooks.onFailure(error));
  };
  const servers = await bindAll(place, make);
  return {
    addresses: servers.map((server) => addressOf(server, tls !== undefined)),
    close: async () => {
      await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
    },
    destroySockets: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** A server for TLS that is handed the sockets of others. */
function secureServer(tls: ServerTls, { onSocket, onFailure }: ListenHooks): TlsServer {
  return createTlsServer(serverContext(tls), onSocket).on("tlsClientError", (error, socket) => {
    onFailure(error, socket);
    socket.destroy();
  });
}

/** Asked for its address once, a socket knows it when it has gone, too. */
function beginTls(server: TlsServer, socket: Socket): void {
  void socket.remoteAddress;
  server.emit("connection", socket);
}

async function bindAll(place: ListenPlace, make: () => TcpServer): Promise<TcpServer[]> {
  if (place.socketPath !== undefined) return [await bindUnix(place.socketPath, make)];
  const { host, port } = place;
  if (host !== undefined) return [await bindPort(make(), host, port)];
  const [ipv4, ipv6] = LOOPBACK;
  for (let tries = 1; ; tries++) {
    const first = await bindPort(make(), ipv4, port);
    try {
      return [first, await bindPort(make(), ipv6, portOf(first))];
    } catch (thrown) {
      if (isUnsupported(thrown)) return [first];
      await new Promise((resolve) => first.close(resolve));
      if (port !== 0 || tries === PORT_TRIES) throw thrown;
    }
  }
}

/** True where the machine has no IPv6. */
function isUnsupported(thrown: unknown): boolean {
  const errno = thrown instanceof FramecatError ? thrown.errno : undefined;
  return errno === "EADDRNOTAVAIL" || errno === "EAFNOSUPPORT";
}

function bindPort(server: TcpServer, host: string, port: number): Promise<TcpServer> {
  const start = () => server.listen({ host, port, backlog: BACKLOG });
  return bound(server, start, (error) => portFailure(error, joinHost(host, port)));
}

/** A socket that a dead server has left behind is taken away. */
async function bindUnix(path: string, make: () => TcpServer): Promise<TcpServer> {
  const bind = (server: TcpServer) => {
    const start = () => server.listen({ path, backlog: BACKLOG });
    return bound(server, start, (error) => pathFailure(error, path));
  };
  try {
    return await bind(make());
  } catch (thrown) {
    const inUse = thrown instanceof FramecatError && thrown.errno === "EADDRINUSE";
    if (!inUse || !(await isDeserted(path))) throw thrown;
    unlinkSync(path);
    return await bind(make());
  }
}

/** True for a unix socket on which nobody listens. */
async function isDeserted(path: string): Promise<boolean> {
  if (!lstatSync(path).isSocket()) return false;
  return new Promise((resolve) => {
    const probe = connect(path);
    probe.on("connect", () => {
      probe.destroy();
      resolve(false);
    });
    probe.on("error", (error: NodeJS.ErrnoException) => resolve(error.code === "ECONNREFUSED"));
  });
}

function bound(
  server: TcpServer,
  start: () => void,
  failure: (error: NodeJS.ErrnoException) => FramecatError,
): Promise<TcpServer> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error): void => reject(failure(error));
    server.once("error", failed);
    server.once("listening", () => {
      server.off("error", failed);
      resolve(server);
    });
    start();
  });
}

/** Why a port cannot be had, and what to try. */
const PORT_REASONS: Readonly<Record<string, readonly [reason: string, hint: string]>> = {
  EADDRINUSE: ["the port is in use", "Port 0 takes a free one."],
  EACCES: ["permission denied", "Ports from 1024 on are for everybody."],
  EADDRNOTAVAIL: ["this machine has no such address", "--host 0.0.0.0 takes all it has."],
  ENOTFOUND: ["the host name does not resolve", "--host 0.0.0.0 takes all addresses there are."],
};

function portFailure(error: NodeJS.ErrnoException, place: string): FramecatError {
  const [reason, hint] = PORT_REASONS[error.code ?? ""] ?? [messageOf(error)];
  return new FramecatError("bind", `cannot listen on ${place}: ${reason}`, hint, error.code);
}

function pathFailure(error: NodeJS.ErrnoException, path: string): FramecatError {
  const [reason, hint] = pathReason(error, path);
  return new FramecatError("bind", `cannot listen on ${path}: ${reason}`, hint, error.code);
}

/** Node calls it a lack of permission where there is no folder. */
function pathReason(
  error: NodeJS.ErrnoException,
  path: string,
): readonly [reason: string, hint?: string] {
  if (error.code === "EADDRINUSE") return ["something else is there already", "Name another path."];
  if (existsSync(dirname(path))) return [errnoWords(error)];
  return ["its folder is not there", "A port is a number alone."];
}

function addressOf(server: TcpServer, secure: boolean): Address {
  const address = server.address();
  if (typeof address === "string") return { host: address, port: 0, url: `ws+unix:${address}` };
  if (address === null) throw new Error("the server has no address");
  const { address: host, port } = address;
  return { host, port, url: `${secure ? "wss" : "ws"}://${joinHost(host, port)}/` };
}

function portOf(server: TcpServer): number {
  return addressOf(server, false).port;
}

function joinHost(host: string, port: number): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}
