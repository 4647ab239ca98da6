import {
  type CaptureOptions,
  type CaptureReport,
  readCaptureEvents,
} from "../../src/capture/read-capture.ts";
import { acceptKey } from "../../src/protocol/accept-key.ts";
import { encodeFrame, type FrameSpec } from "../../src/protocol/encoder.ts";
import type { Event } from "../../src/transport/events.ts";
import { concat, utf8 } from "./bytes.ts";
import { ACK, ethernet, FIN, ipv4, type PacketSpec, pcap, RST, SYN, tcp } from "./packets.ts";

export type Side = "client" | "server";

const ENDS = { source: [10, 0, 0, 1], destination: [10, 0, 0, 2] };
const KEY = "dGhlIHNhbXBsZSBub25jZQ==";

export function request(path = "/", ...headers: readonly string[]): string {
  const own = [
    "Host: example.test",
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Key: ${KEY}`,
    "Sec-WebSocket-Version: 13",
  ];
  return `GET ${path} HTTP/1.1\r\n${[...own, ...headers].join("\r\n")}\r\n\r\n`;
}

export function response(...headers: readonly string[]): string {
  const own = [
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Accept: ${acceptKey(KEY)}`,
  ];
  return `HTTP/1.1 101 Switching Protocols\r\n${[...own, ...headers].join("\r\n")}\r\n\r\n`;
}

/** A masked frame of the client, in text unless another opcode is given. */
export function fromClient(
  payload: string | Uint8Array,
  spec: Partial<FrameSpec> = {},
): Uint8Array {
  return encodeFrame({ opcode: 1, maskKey: 0x37fa213d, payload: bytesOf(payload), ...spec });
}

export function fromServer(
  payload: string | Uint8Array,
  spec: Partial<FrameSpec> = {},
): Uint8Array {
  return encodeFrame({ opcode: 1, payload: bytesOf(payload), ...spec });
}

function bytesOf(data: string | Uint8Array): Uint8Array {
  return typeof data === "string" ? utf8(data) : data;
}

/** A packet, and who sent it. */
export interface TalkPacket extends PacketSpec {
  readonly from: Side;
}

/** A TCP connection as packets, one a millisecond, for captures made by hand. */
export class Talk {
  readonly packets: TalkPacket[] = [];
  readonly #ports: Readonly<Record<Side, number>>;
  readonly #next: Record<Side, number> = { client: 1000, server: 5000 };
  #ms: number;

  constructor({ port = 40_000, serverPort = 9000, ms = 1 } = {}) {
    this.#ports = { client: port, server: serverPort };
    this.#ms = ms;
  }

  /** SYN and its answer. */
  connect(): this {
    this.#segment("client", new Uint8Array(0), SYN);
    this.#next.client += 1;
    this.#segment("server", new Uint8Array(0), SYN | ACK);
    this.#next.server += 1;
    return this;
  }

  /** The connection, the upgrade and its answer. */
  open(path?: string, { ask = [] as string[], agree = [] as string[] } = {}): this {
    return this.connect()
      .client(request(path, ...ask))
      .server(response(...agree));
  }

  client(...parts: readonly (string | Uint8Array)[]): this {
    return this.#send("client", parts);
  }

  server(...parts: readonly (string | Uint8Array)[]): this {
    return this.#send("server", parts);
  }

  /** Bytes that are sent, but not captured; the other side acknowledges them. */
  lost(from: Side, length: number): this {
    this.#next[from] += length;
    return this.ack(from === "client" ? "server" : "client");
  }

  ack(from: Side): this {
    this.#segment(from, new Uint8Array(0), ACK);
    return this;
  }

  fin(from: Side): this {
    this.#segment(from, new Uint8Array(0), FIN | ACK);
    this.#next[from] += 1;
    return this;
  }

  /** Both sides are done. */
  close(first: Side = "client"): this {
    const second = first === "client" ? "server" : "client";
    return this.fin(first).fin(second).ack(first);
  }

  reset(from: Side): this {
    this.#segment(from, new Uint8Array(0), RST | ACK);
    return this;
  }

  wait(ms: number): this {
    this.#ms += ms;
    return this;
  }

  /** Each part goes in a packet of its own. */
  #send(from: Side, parts: readonly (string | Uint8Array)[]): this {
    for (const part of parts) {
      const payload = bytesOf(part);
      this.#segment(from, payload, ACK);
      this.#next[from] += payload.length;
    }
    return this;
  }

  #segment(from: Side, payload: Uint8Array, flags: number): void {
    const to = from === "client" ? "server" : "client";
    const segment = tcp({
      sourcePort: this.#ports[from],
      destinationPort: this.#ports[to],
      seq: this.#next[from],
      ack: flags === SYN ? 0 : this.#next[to],
      flags,
      payload,
    });
    const ends = from === "client" ? ENDS : { source: ENDS.destination, destination: ENDS.source };
    const ns = 1_700_000_000_000_000_000n + BigInt(this.#ms++) * 1_000_000n;
    this.packets.push({ from, data: ethernet(ipv4(segment, ends)), ns });
  }
}

export interface Heard {
  readonly events: Event[];
  readonly report: CaptureReport;
}

/** What a capture of these packets tells. */
export async function hear(
  source: Talk | readonly PacketSpec[] | Uint8Array,
  options: CaptureOptions = {},
): Promise<Heard> {
  const file =
    source instanceof Uint8Array ? source : pcap(source instanceof Talk ? source.packets : source);
  const reading = readCaptureEvents(inPieces(file), options);
  const events: Event[] = [];
  for await (const event of reading) events.push(event);
  return { events, report: reading.report };
}

async function* inPieces(file: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < file.length; at += 700) yield file.slice(at, at + 700);
}

/** Events in short: `1 → text@0 hello`, `1 note …`, `1 close 1000 local clean`. */
export function inShort(events: readonly Event[]): string[] {
  return events.map((event) => `${event.conn} ${shortEvent(event)}`);
}

function shortEvent(event: Event): string {
  switch (event.type) {
    case "handshake":
      return `handshake ${event.url} ${event.response.startLine.split(" ")[1] ?? ""}`;
    case "note":
      return `note ${event.message}`;
    case "close":
      return `close ${event.code} ${event.initiator}${event.clean ? " clean" : ""}`;
    case "frame": {
      const { header, payload, payloadCut } = event.frame;
      const name =
        ["continuation", "text", "binary"][header.opcode] ?? `0x${header.opcode.toString(16)}`;
      const said =
        header.opcode === 2 ? `${payload.length} B` : Buffer.from(payload).toString("latin1");
      const rules = event.violations.map(({ rule }) => ` !${rule}`).join("");
      const message =
        event.message && (header.opcode === 0 || event.message.compressed)
          ? ` = ${event.message.cut ? "cut" : Buffer.from(event.message.data).toString("latin1")}`
          : "";
      const arrow = event.dir === "out" ? "→" : "←";
      return `${arrow} ${name}@${header.offset} ${said}${payloadCut ? "…" : ""}${message}${rules}`;
    }
    default:
      return event.type;
  }
}

/** All bytes of a file in one piece, for what is cut and changed. */
export function captureOf(talk: Talk): Uint8Array {
  return concat([pcap(talk.packets)]);
}
