import { once } from "node:events";
import { connect, createSecureContext, type SecureVersion, TLSSocket } from "node:tls";
import type { TlsDirection, TlsEvent } from "../../../src/capture/tls/conversation.ts";
import type { TlsStream } from "../../../src/capture/tls/tls-stream.ts";
import { type Certificate, certificate } from "../../helpers/certificates.ts";
import { MemoryEnd } from "../../helpers/memory-end.ts";

/** Bytes as they went over the wire. */
export interface Segment {
  readonly dir: TlsDirection;
  readonly bytes: Uint8Array;
}

export interface Traffic {
  readonly segments: readonly Segment[];
  readonly keyLog: string;
  readonly sent: Readonly<Record<TlsDirection, Buffer>>;
  /** To resume it with. */
  readonly session: Buffer | undefined;
  readonly resumed: boolean;
}

export interface TrafficOptions {
  readonly version: SecureVersion;
  /** OpenSSL's name. */
  readonly ciphers?: string;
  readonly messages?: readonly { readonly dir: TlsDirection; readonly bytes: Uint8Array }[];
  readonly session?: Buffer;
  readonly usePsk?: boolean;
}

let cached: Promise<Certificate> | undefined;
const TICKET_KEYS = Buffer.alloc(48, 7);
const PSK = Buffer.alloc(32, 9);

/** Two endpoints of node:tls talk to each other in memory; what went over the wire comes back. */
export async function tlsTraffic(options: TrafficOptions): Promise<Traffic> {
  const segments: Segment[] = [];
  const clientEnd = new MemoryEnd((bytes) => segments.push({ dir: "c2s", bytes }));
  const serverEnd = new MemoryEnd((bytes) => segments.push({ dir: "s2c", bytes }));
  clientEnd.peer = serverEnd;
  serverEnd.peer = clientEnd;
  const { cert, key } = await (cached ??= certificate());
  const { version, ciphers = "DEFAULT", usePsk = false } = options;
  const common = {
    minVersion: version,
    maxVersion: version,
    ciphers: `${ciphers}:DEFAULT:@SECLEVEL=0`,
  };
  const psk = { pskCallback: () => ({ psk: PSK, identity: "me" }) };
  const server = new TLSSocket(serverEnd, {
    isServer: true,
    secureContext: createSecureContext({
      ...common,
      ...(!usePsk && { cert, key }),
      ticketKeys: TICKET_KEYS,
    }),
    ALPNProtocols: ["http/1.1"],
    ...(usePsk && { pskCallback: () => PSK }),
  });
  const client = connect({
    socket: clientEnd,
    servername: "localhost",
    ALPNProtocols: ["h2", "http/1.1"],
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
    ...common,
    ...(usePsk && psk),
    ...(options.session && { session: options.session }),
  });
  const lines: Buffer[] = [];
  client.on("keylog", (line: Buffer) => lines.push(line));
  let session: Buffer | undefined;
  client.on("session", (made: Buffer) => (session = made));
  await Promise.all([once(client, "secureConnect"), once(server, "secure")]);
  const sent = { c2s: Buffer.alloc(0), s2c: Buffer.alloc(0) };
  for (const { dir, bytes } of options.messages ?? []) {
    sent[dir] = Buffer.concat([sent[dir], bytes]);
    const [from, to] = dir === "c2s" ? [client, server] : [server, client];
    await say(from, to, bytes);
  }
  const ended = [once(client, "end"), once(server, "end")];
  client.resume().end();
  server.resume().end();
  await Promise.all(ended);
  return {
    segments,
    keyLog: Buffer.concat(lines).toString(),
    sent,
    session,
    resumed: client.isSessionReused(),
  };
}

async function say(from: TLSSocket, to: TLSSocket, bytes: Uint8Array): Promise<void> {
  let left = bytes.length;
  const arrived = new Promise<void>((done) => {
    const count = (piece: Buffer) => {
      left -= piece.length;
      if (left > 0) return;
      to.off("data", count);
      done();
    };
    to.on("data", count);
  });
  from.write(bytes);
  await arrived;
}

/** The bytes of one direction. */
export function wireOf(segments: readonly Segment[], dir: TlsDirection): Buffer {
  return Buffer.concat(segments.filter((segment) => segment.dir === dir).map(({ bytes }) => bytes));
}

/** Pushes everything, and ends and closes the stream. */
export function decryptAll(stream: TlsStream, segments: readonly Segment[]): TlsEvent[] {
  const events = segments.flatMap(({ dir, bytes }, i) => stream.push(dir, bytes, BigInt(i)));
  return [...events, ...stream.end("c2s"), ...stream.end("s2c"), ...stream.close()];
}

/** The data of one direction; a gap is `?` as often as it is long. */
export function dataOf(events: readonly TlsEvent[], dir: TlsDirection): Buffer {
  const parts = events.map((event) => {
    if (event.type === "data" && event.dir === dir) return event.bytes;
    return event.type === "gap" && event.dir === dir ? Buffer.alloc(event.length, "?") : "";
  });
  return Buffer.concat(parts.map((part) => Buffer.from(part)));
}

export function notesOf(events: readonly TlsEvent[]): string[] {
  return events.flatMap((event) => (event.type === "note" ? [event.code] : []));
}
