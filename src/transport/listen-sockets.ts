import { createServer, type Server as TcpServer, type Socket } from "node:net";
import { createServer as createTlsServer, type Server as TlsServer } from "node:tls";
import { bindPort, joinHost } from "./bind-port.ts";
import { bindUnix } from "./bind-unix.ts";
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
  | {
      readonly socketPath: string;
      /** Who may connect, as of a file. Default: 0600. */
      readonly socketMode?: number | undefined;
    };

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

/** The mode of a socket that nobody else may connect to. */
const PRIVATE = 0o600;

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

function bindAll(place: ListenPlace, make: () => TcpServer): Promise<readonly TcpServer[]> {
  if (place.socketPath === undefined) return bindPort(place.host, place.port, make);
  const { socketPath, socketMode = PRIVATE } = place;
  return bindUnix(socketPath, socketMode, make).then((server) => [server]);
}

function addressOf(server: TcpServer, secure: boolean): Address {
  const address = server.address();
  const scheme = secure ? "wss" : "ws";
  if (typeof address === "string")
    return { host: address, port: 0, url: `${scheme}+unix:${address}` };
  if (address === null) throw new Error("the server has no address");
  const { address: host, port } = address;
  return { host, port, url: `${scheme}://${joinHost(host, port)}/` };
}
