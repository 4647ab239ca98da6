import { connect } from "node:net";
import type { TlsOptions as TlsServerOptions } from "node:tls";
import { type RawPeer, type RawServer, rawServer } from "./transport.ts";

export interface ProxyOptions {
  /** The port on 127.0.0.1 that every tunnel leads to, whatever was asked for. */
  readonly to?: number;
  /** `user:password` that is wanted. */
  readonly credentials?: string;
  readonly tls?: TlsServerOptions;
  /** Comes through the tunnel before anything of the target. */
  readonly early?: string;
}

export interface TestProxy extends RawServer {
  /** What tunnels were asked for: `host:port`. */
  readonly asked: readonly string[];
}

/** A proxy that opens tunnels with CONNECT. */
export async function connectProxy(options: ProxyOptions = {}): Promise<TestProxy> {
  const { to = 0, credentials, tls, early = "" } = options;
  const asked: string[] = [];
  const server = await rawServer(
    async (peer) => {
      const head = await peer.head();
      asked.push(/^CONNECT (\S+) HTTP\/1\.1\r\n/.exec(head)?.[1] ?? head);
      const [, basic = ""] = /^proxy-authorization: Basic (.*)$/im.exec(head) ?? [];
      if (credentials !== undefined && Buffer.from(basic, "base64").toString() !== credentials) {
        peer.send("HTTP/1.1 407 Proxy Authentication Required\r\n");
        peer.send('Proxy-Authenticate: Basic realm="x"\r\nContent-Length: 0\r\n\r\n');
        return;
      }
      join(peer, to, `HTTP/1.1 200 Connection established\r\n\r\n${early}`);
    },
    { ...(tls && { tls }) },
  );
  return { ...server, asked };
}

/** A proxy of SOCKS5, with a password where one is wanted, or of SOCKS4 and 4a. */
export async function socksProxy(options: ProxyOptions = {}): Promise<TestProxy> {
  const asked: string[] = [];
  const server = await rawServer(async (peer) => {
    const greeting = await peer.bytes(2);
    const place = greeting[0] === 4 ? await readSocks4(peer) : await readSocks5(peer, options);
    if (place === undefined) return;
    asked.push(place);
    const granted =
      greeting[0] === 4 ? [0, 90, 0, 0, 0, 0, 0, 0] : [5, 0, 0, 1, 127, 0, 0, 1, 0, 9];
    join(peer, options.to ?? 0, Buffer.from(granted));
  });
  return { ...server, asked };
}

async function readSocks4(peer: RawPeer): Promise<string> {
  const request = await peer.until((bytes) => bytes.length > 8 && bytes.at(-1) === 0);
  peer.take();
  const [, ...texts] = request.subarray(8).toString().split("\0");
  const address = [...request.subarray(4, 8)].join(".");
  return `${address.startsWith("0.0.0.") ? texts[0] : address}:${request.readUInt16BE(2)}`;
}

async function readSocks5(peer: RawPeer, { credentials }: ProxyOptions) {
  const methods = (await peer.until((bytes) => bytes.length >= 2 + (bytes[1] ?? 0))).subarray(2);
  peer.take();
  if (credentials !== undefined && !(await authenticated(peer, methods, credentials))) {
    return undefined;
  }
  if (credentials === undefined) peer.send(Buffer.of(5, 0));
  const request = await peer.bytes(8);
  peer.take();
  const host = {
    1: () => [...request.subarray(4, 8)].join("."),
    3: () => request.subarray(5, -2).toString(),
    4: () => `[${request.subarray(4, 20).toString("hex")}]`,
  }[request[3] ?? 0];
  return `${host?.()}:${request.readUInt16BE(request.length - 2)}`;
}

async function authenticated(peer: RawPeer, methods: Buffer, credentials: string) {
  if (!methods.includes(2)) {
    peer.send(Buffer.of(5, 0xff));
    return false;
  }
  peer.send(Buffer.of(5, 2));
  const request = await peer.bytes(5);
  peer.take();
  const nameEnd = 2 + (request[1] ?? 0);
  const name = request.subarray(2, nameEnd).toString();
  const right = `${name}:${request.subarray(nameEnd + 1).toString()}` === credentials;
  peer.send(Buffer.of(1, right ? 0 : 1));
  return right;
}

/** Sends the answer and then all that passes, both ways. */
function join(peer: RawPeer, port: number, answer: string | Uint8Array): void {
  const upstream = connect({ host: "127.0.0.1", port, allowHalfOpen: true });
  upstream.on("error", () => peer.socket.destroy());
  peer.socket.on("close", () => upstream.destroy());
  upstream.once("connect", () => {
    peer.send(answer);
    peer.socket.pipe(upstream).pipe(peer.socket);
  });
}
