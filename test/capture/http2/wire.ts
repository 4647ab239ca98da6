import { once } from "node:events";
import {
  type ClientHttp2Session,
  connect,
  createServer,
  type Http2Server,
  type ServerHttp2Stream,
  type IncomingHttpHeaders,
} from "node:http2";
import { Http2Stage } from "../../../src/capture/http2/http2-stage.ts";
import {
  type CaptureWatcher,
  createDecoding,
  type Decoding,
  type DirectionEnd,
} from "../../../src/capture/streams/decoding.ts";
import { MemoryBudget } from "../../../src/capture/streams/memory-budget.ts";
import type { StageHost, Stages } from "../../../src/capture/streams/stage.ts";
import type { Direction, Event } from "../../../src/transport/events.ts";
import { concat, utf8 } from "../../helpers/bytes.ts";
import { MemoryEnd } from "../../helpers/memory-end.ts";

/** What happened on one direction of the connection. */
export type Wire =
  | { readonly dir: Direction; readonly bytes: Uint8Array }
  | { readonly dir: Direction; readonly gap: number; readonly inexact?: true }
  | { readonly dir: Direction; readonly end: DirectionEnd };

export const PREFACE = utf8("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

/** A frame of HTTP/2. */
export function frame(
  type: number,
  flags: number,
  stream: number,
  payload: Uint8Array = new Uint8Array(0),
  length = payload.length,
): Uint8Array {
  const header = Buffer.alloc(9);
  header.writeUIntBE(length, 0, 3);
  header[3] = type;
  header[4] = flags;
  header.writeUInt32BE(stream, 5);
  return concat([header, payload]);
}

export function settings(values: Readonly<Record<number, number>> = {}): Uint8Array {
  const payload = Buffer.alloc(Object.keys(values).length * 6);
  Object.entries(values).forEach(([id, value], i) => {
    payload.writeUInt16BE(Number(id), i * 6);
    payload.writeUInt32BE(value, i * 6 + 2);
  });
  return frame(4, 0, 0, payload);
}

/** A header block of literals that no table keeps; names and values have fewer than 127 octets. */
export function block(fields: Readonly<Record<string, string>>): Uint8Array {
  const text = (value: string) =>
    concat([Uint8Array.of(value.length), Buffer.from(value, "latin1")]);
  const field = ([name, value]: [string, string]) => [Uint8Array.of(0), text(name), text(value)];
  return concat(Object.entries(fields).flatMap(field));
}

/** HEADERS with END_HEADERS. */
export function headers(
  stream: number,
  fields: Readonly<Record<string, string>>,
  flags = 0,
): Uint8Array {
  return frame(1, flags | 4, stream, block(fields));
}

export function data(stream: number, payload: Uint8Array, { end = false } = {}): Uint8Array {
  return frame(0, end ? 1 : 0, stream, payload);
}

export const CONNECT = {
  ":method": "CONNECT",
  ":protocol": "websocket",
  ":scheme": "http",
  ":path": "/chat",
  ":authority": "example.test",
  "sec-websocket-version": "13",
};

export interface DecodeOptions {
  readonly watcher?: CaptureWatcher;
  readonly budget?: MemoryBudget;
  readonly deflate?: boolean;
  /** Milliseconds from one thing to the next. */
  readonly stepMs?: number;
}

/** What the stage tells of a connection. */
export function decodeWire(wire: readonly Wire[], options: DecodeOptions = {}) {
  const { watcher, budget = new MemoryBudget(), deflate = false, stepMs = 1 } = options;
  const events: Event[] = [];
  const take = (event: Event) => void events.push(event);
  const created = createDecoding({ take, watcher, deflate });
  const decoding: Decoding = { ...created, budget };
  const { time } = decoding;
  const host = hostStub();
  const stage = new Http2Stage(decoding, host);
  wire.forEach((item, i) => {
    const ms = i * stepMs;
    time.set({ seconds: 1e9 + Math.floor(ms / 1000), nanoseconds: (ms % 1000) * 1e6 });
    if ("bytes" in item) stage.data(item.dir, item.bytes, 0, item.bytes.length);
    else if ("gap" in item) stage.gapIn(item.dir, item.gap, !item.inexact);
    else stage.endOf(item.dir, item.end);
  });
  stage.finish();
  return { events, host, held: budget.held };
}

function hostStub(): StageHost {
  return {
    ports: [40_000, 80],
    remote: "10.0.0.2:80",
    conn: "1",
    tls: undefined,
    stages: {} as Stages,
    attempted: false,
    become: () => {},
    swap: () => {},
  };
}

/** A connection made by hand: each call is a packet. */
export class Http2Talk {
  readonly wire: Wire[] = [];

  /** The prefaces of both, with WebSocket allowed, and a stream that opened one for each id. */
  open(...ids: readonly number[]): this {
    this.client(PREFACE, settings()).server(settings({ 8: 1 }));
    for (const id of ids)
      this.client(headers(id, CONNECT)).server(headers(id, { ":status": "200" }));
    return this;
  }

  client(...parts: readonly Uint8Array[]): this {
    this.wire.push({ dir: "out", bytes: concat(parts) });
    return this;
  }

  server(...parts: readonly Uint8Array[]): this {
    this.wire.push({ dir: "in", bytes: concat(parts) });
    return this;
  }

  gap(dir: Direction, gap: number): this {
    this.wire.push({ dir, gap });
    return this;
  }

  end(dir: Direction, end: DirectionEnd = "fin"): this {
    this.wire.push({ dir, end });
    return this;
  }
}

export type Serve = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void;

/** A client and a server of node:http2 talk in memory; what went over the wire comes back. */
export async function http2Traffic(
  serve: Serve,
  use: (client: ClientHttp2Session) => Promise<void>,
  serverOptions: Parameters<typeof createServer>[0] = {},
): Promise<Wire[]> {
  const wire: Wire[] = [];
  const clientEnd = new MemoryEnd((bytes) => wire.push({ dir: "out", bytes }));
  const serverEnd = new MemoryEnd((bytes) => wire.push({ dir: "in", bytes }));
  clientEnd.peer = serverEnd;
  serverEnd.peer = clientEnd;
  const server: Http2Server = createServer({
    ...serverOptions,
    settings: { enableConnectProtocol: true, ...serverOptions?.settings },
  });
  server.on("stream", serve);
  server.emit("connection", serverEnd);
  const client = connect("http://example.test", { createConnection: () => clientEnd });
  await once(client, "remoteSettings");
  await use(client);
  client.close();
  await once(client, "close");
  wire.push({ dir: "out", end: "fin" }, { dir: "in", end: "fin" });
  return wire;
}
