import { createServer, type Server as TcpServer, type Socket } from "node:net";
import { FramecatError, messageOf } from "../errors.ts";
import { LeanEcho } from "./lean-echo.ts";
import { acceptUpgrade } from "./server-upgrade.ts";

export interface LeanServer {
  readonly port: number;
  readonly url: string;
  /** Takes no new clients and ends all connections at once. */
  close(): Promise<void>;
}

export interface LeanServeOptions {
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: a free port. */
  readonly port?: number;
}

const HANDSHAKE_TIMEOUT_MS = 10_000;
/** How long a client may take to end the connection after the last Close frame. */
const LINGER_MS = 1000;

/**
 * Starts an echo server that does little else: what a load generator is measured against. It is not
 * told apart by what it echoes from any other, but tells nobody what passes.
 * @throws FramecatError (bind)
 */
export async function serveLeanEcho(options: LeanServeOptions = {}): Promise<LeanServer> {
  const { host = "127.0.0.1", port = 0 } = options;
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket)).on("error", () => undefined);
    void welcome(socket);
  });
  const bound = await listen(server, host, port);
  return {
    port: bound,
    url: `ws://${host.includes(":") ? `[${host}]` : host}:${bound}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function listen(server: TcpServer, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => {
      reject(new FramecatError("bind", `cannot listen on ${host}: ${messageOf(error)}`));
    });
    server.listen({ host, port, backlog: 4096 }, () => {
      const address = server.address();
      resolve(address !== null && typeof address === "object" ? address.port : port);
    });
  });
}

async function welcome(socket: Socket): Promise<void> {
  const accepted = await acceptUpgrade(socket, {
    deflate: undefined,
    chooseSubprotocol: ([first]) => first,
    timeoutMs: HANDSHAKE_TIMEOUT_MS,
  });
  if (!accepted?.granted) return;
  const echo = new LeanEcho({
    write: (bytes) => {
      if (!socket.write(bytes)) socket.pause();
    },
    end: () => {
      socket.end();
      setTimeout(() => socket.destroy(), LINGER_MS).unref();
    },
  });
  socket.on("drain", () => socket.resume());
  socket.on("data", (bytes: Buffer) => echo.push(bytes));
  socket.on("end", () => socket.end());
  if (accepted.rest.length > 0) echo.push(Buffer.from(accepted.rest));
  socket.resume();
}
