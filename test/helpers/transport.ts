import { once } from "node:events";
import { connect, createServer, type Server as TcpServer, type Socket } from "node:net";
import { createServer as createTlsServer, type TlsOptions as TlsServerOptions } from "node:tls";
import { expect, onTestFinished } from "vitest";
import { FramecatError, type FailureCode } from "../../src/errors.ts";
import { systemClock, systemRandom } from "../../src/io.ts";
import { acceptKey } from "../../src/protocol/accept-key.ts";
import type { Connection, ConnectionOptions } from "../../src/transport/connection.ts";
import { dial, type DialOptions } from "../../src/transport/dial.ts";
import type { Event, EventType } from "../../src/transport/events.ts";
import { serve, type Server, type ServeOptions } from "../../src/transport/serve.ts";
import { parseTarget, type Target } from "../../src/transport/target.ts";
import { concat } from "./bytes.ts";

export const random = systemRandom;

/** Calls `check` after every change; the promise is fulfilled once it gives a value. */
class Watch {
  readonly #checks = new Set<() => void>();

  changed(): void {
    for (const check of this.#checks) check();
  }

  until<T>(give: () => T | undefined): Promise<T> {
    return new Promise((resolve) => {
      const check = (): void => {
        const value = give();
        if (value === undefined) return;
        this.#checks.delete(check);
        resolve(value);
      };
      this.#checks.add(check);
      check();
    });
  }
}

type Of<T extends EventType> = Extract<Event, { type: T }>;

/** All events of a connection or a server, in order. */
export class EventLog {
  readonly events: Event[] = [];
  readonly #watch = new Watch();

  readonly listener = (event: Event): void => {
    this.events.push(event);
    this.#watch.changed();
  };

  of<T extends EventType>(type: T): Of<T>[] {
    return this.events.filter((event): event is Of<T> => event.type === type);
  }

  /** Resolves with the first event of the type that matches, past or to come. */
  until<T extends EventType>(type: T, matches: (event: Of<T>) => boolean = () => true) {
    return this.#watch.until(() => this.of(type).find(matches));
  }

  /** Resolves once there are so many. */
  count<T extends EventType>(type: T, count: number, dir?: "in" | "out"): Promise<Of<T>[]> {
    return this.#watch.until(() => {
      const found = this.of(type).filter((event) => !dir || ("dir" in event && event.dir === dir));
      return found.length >= count ? found : undefined;
    });
  }

  get states(): string[] {
    return this.of("state").map(({ state }) => state);
  }

  /** Texts of the messages in a direction. */
  texts(dir: "in" | "out"): string[] {
    return this.of("message")
      .filter((event) => event.dir === dir)
      .map(({ data }) => Buffer.from(data).toString());
  }
}

/** One end of a TCP connection that does what the test says and keeps what came. */
export class RawPeer {
  readonly socket: Socket;
  readonly #chunks: Buffer[] = [];
  #length = 0;
  readonly #watch = new Watch();
  ended = false;
  closed = false;
  error: (Error & { code?: string }) | undefined;

  constructor(socket: Socket) {
    this.socket = socket;
    const note = (what: () => void) => () => {
      what();
      this.#watch.changed();
    };
    socket.on("data", (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.#length += chunk.length;
      this.#watch.changed();
    });
    socket.on(
      "end",
      note(() => (this.ended = true)),
    );
    socket.on(
      "close",
      note(() => (this.closed = true)),
    );
    socket.on("error", (error) => (this.error = error));
  }

  get received(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  /** Takes what came so far. */
  take(): Buffer {
    const taken = this.received;
    this.#chunks.length = 0;
    this.#length = 0;
    return taken;
  }

  send(...bytes: (string | Uint8Array)[]): void {
    this.socket.write(concat(bytes.map((part) => Buffer.from(part))));
  }

  until(matches: (received: Buffer) => boolean): Promise<Buffer> {
    return this.#watch.until(() => {
      const { received } = this;
      return matches(received) ? received : undefined;
    });
  }

  /** Resolves once so many bytes came. */
  bytes(count: number): Promise<Buffer> {
    return this.#watch.until(() => (this.#length >= count ? this.received : undefined));
  }

  /** The peer has sent FIN. */
  async end(): Promise<void> {
    await this.#watch.until(() => this.ended || this.closed || undefined);
  }

  async close(): Promise<void> {
    await this.#watch.until(() => this.closed || undefined);
  }

  /** Waits for an HTTP head and takes it. */
  async head(): Promise<string> {
    await this.until((received) => received.includes("\r\n\r\n"));
    return this.take().toString("latin1");
  }

  /** Opens the connection as a server. @param headers further header lines of the response */
  async accept(...headers: string[]): Promise<string> {
    const request = await this.head();
    this.send(response(request, headers));
    return request;
  }
}

/** The right response to a request. */
export function response(request: string, headers: readonly string[] = []): string {
  const [, key = ""] = /^sec-websocket-key: (.*)$/im.exec(request) ?? [];
  return [
    "HTTP/1.1 101 Switching Protocols",
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Accept: ${acceptKey(key)}`,
    ...headers,
    "\r\n",
  ].join("\r\n");
}

export interface RawServer {
  readonly port: number;
  readonly peers: readonly RawPeer[];
  /** The peer of the nth connection, when it has come. */
  readonly peer: (index?: number) => Promise<RawPeer>;
  readonly url: (path?: string) => string;
}

export interface RawServerOptions {
  readonly tls?: TlsServerOptions;
  /** An address, or the path of a unix socket. */
  readonly host?: string;
  readonly path?: string;
}

/** A TCP or TLS server on loopback that runs `script` with each connection. */
export async function rawServer(
  script: (peer: RawPeer) => unknown = () => undefined,
  { tls, host = "127.0.0.1", path }: RawServerOptions = {},
): Promise<RawServer> {
  const peers: RawPeer[] = [];
  const watch = new Watch();
  const onSocket = (socket: Socket): void => {
    const peer = new RawPeer(socket);
    peers.push(peer);
    watch.changed();
    void script(peer);
  };
  const server = tls
    ? createTlsServer({ ...tls, allowHalfOpen: true }, onSocket)
    : createServer({ allowHalfOpen: true }, onSocket);
  const sockets = trackSockets(server);
  server.on("tlsClientError", () => undefined);
  server.listen(path === undefined ? { host, port: 0 } : { path });
  await once(server, "listening");
  onTestFinished(() => closeServer(server, sockets));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const authority = `${host.includes(":") ? `[${host}]` : host}:${port}`;
  return {
    port,
    peers,
    peer: (index = 0) => watch.until(() => peers[index]),
    url: (rest = "/") => `${tls ? "wss" : "ws"}://${authority}${rest}`,
  };
}

function trackSockets(server: TcpServer): Set<Socket> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined).on("close", () => sockets.delete(socket));
  });
  return sockets;
}

function closeServer(server: TcpServer, sockets: Iterable<Socket>): Promise<void> {
  for (const socket of sockets) socket.destroy();
  return new Promise((resolve) => server.close(() => resolve()));
}

/** A port on 127.0.0.1 at which nobody listens. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  await closeServer(server, []);
  return typeof address === "object" && address ? address.port : 0;
}

export async function rawClient(port: number, host = "127.0.0.1"): Promise<RawPeer> {
  const socket = connect({ host, port, allowHalfOpen: true, noDelay: true });
  const peer = new RawPeer(socket);
  onTestFinished(() => void socket.destroy());
  await once(socket, "connect");
  return peer;
}

/** The request of a client that is in order, and what it may add. */
export function openingRequest(...headers: string[]): string {
  return [
    "GET /chat HTTP/1.1",
    "Host: example.test",
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version: 13",
    ...headers,
    "\r\n",
  ].join("\r\n");
}

/** A raw client whose handshake with `server` is done. */
export async function upgradedClient(
  server: Pick<Server, "addresses">,
  ...headers: string[]
): Promise<RawPeer> {
  const [address] = server.addresses;
  const peer = await rawClient(address!.port, address!.host);
  peer.send(openingRequest(...headers));
  const head = await peer.head();
  expect(head).toMatch(/^HTTP\/1\.1 101 /);
  return peer;
}

/** Two TCP sockets that are joined. */
export async function socketPair(): Promise<{ here: Socket; there: RawPeer }> {
  const server = await rawServer();
  const here = connect({
    port: server.port,
    host: "127.0.0.1",
    allowHalfOpen: true,
    noDelay: true,
  });
  onTestFinished(() => void here.destroy());
  await once(here, "connect");
  here.pause();
  return { here, there: await server.peer() };
}

export interface TestServer extends Server {
  readonly log: EventLog;
  readonly port: number;
  readonly url: string;
  /** The nth connection, when it is there. */
  readonly connection: (index?: number) => Promise<Connection>;
}

/** `serve` on a free port with everything logged; it is closed when the test ends. */
export async function startServer(
  options: Partial<Omit<ServeOptions, "clock">> = {},
): Promise<TestServer> {
  const log = new EventLog();
  const watch = new Watch();
  const opened: Connection[] = [];
  const server = await serve({
    place: { port: 0 },
    frames: true,
    ...options,
    clock: systemClock,
    onConnection: (connection, asking) => {
      opened.push(connection);
      options.onConnection?.(connection, asking);
      watch.changed();
    },
    onEvent: (event) => {
      log.listener(event);
      options.onEvent?.(event);
    },
  });
  onTestFinished(async () => {
    const closed = server.close();
    for (const connection of server.connections) connection.terminate();
    await closed;
  });
  const [address] = server.addresses;
  return {
    ...server,
    log,
    port: address!.port,
    url: address!.url,
    connection: (index = 0) => watch.until(() => opened[index]),
  };
}

export interface Dialled {
  readonly connection: Connection;
  readonly log: EventLog;
}

export type DialTestOptions = Partial<Omit<DialOptions, "target" | "clock" | "random">> & {
  readonly log?: EventLog;
};

/** `dial` with everything logged; the connection is terminated when the test ends. */
export async function dialTo(
  url: string | Target,
  options: DialTestOptions = {},
): Promise<Dialled> {
  const { log = new EventLog() } = options;
  const connection = await dial({
    id: "c",
    frames: true,
    connectTimeoutMs: 5000,
    handshakeTimeoutMs: 5000,
    ...options,
    target: typeof url === "string" ? parseTarget(url) : url,
    clock: systemClock,
    random,
    onEvent: (event) => {
      log.listener(event);
      options.onEvent?.(event);
    },
  });
  onTestFinished(() => connection.terminate());
  return { connection, log };
}

/** What a connection needs beside its socket, with everything logged. */
export function connectionOptions(
  log: EventLog,
  options: Partial<ConnectionOptions> = {},
): ConnectionOptions {
  return {
    id: "c",
    role: "client",
    clock: systemClock,
    frames: true,
    onEvent: log.listener,
    ...options,
  };
}

/** Asserts that the promise fails as foreseen, with this code, in words that match. */
export async function expectFailure(
  promise: Promise<unknown>,
  code: FailureCode,
  message: RegExp,
): Promise<FramecatError> {
  const thrown: unknown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(thrown).toBeInstanceOf(FramecatError);
  const failure = thrown as FramecatError;
  expect([failure.code, failure.message]).toEqual([code, expect.stringMatching(message)]);
  return failure;
}

/** Resolves when `condition` holds; for what tells nobody when it changes. */
export async function eventually(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error("it never came true");
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
