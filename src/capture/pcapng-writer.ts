import { Buffer } from "node:buffer";
import { acceptKey } from "../protocol/accept-key.ts";
import {
  CloseCode,
  encodeClosePayload,
  MAX_CLOSE_REASON_BYTES,
  mayTravel,
} from "../protocol/close-codes.ts";
import { encodeFrame, type FrameSpec } from "../protocol/encoder.ts";
import { headerList, type HttpHead } from "../protocol/http-head.ts";
import { isHttp2Request } from "../protocol/http2-head.ts";
import { applyMask } from "../protocol/mask.ts";

import { Opcode } from "../protocol/opcodes.ts";
import { saysOpen } from "../opened.ts";
import { redactHead } from "../redact.ts";
import { isRow, type NumberedEvent, type RowEvent, rowOpcode } from "../rows.ts";
import type {
  CloseEvent,
  Direction,
  Event,
  FrameEvent,
  HandshakeEvent,
} from "../transport/events.ts";
import { asHttp1, type Heads, MADE_UP_KEY } from "./http1-handshake.ts";
import type { Endpoint } from "./packets/endpoint.ts";
import { fileHead, packetBlock } from "./pcapng-blocks.ts";
import { SyntheticTcp } from "./synthetic-tcp.ts";

export interface PcapngWriterOptions {
  readonly version: string;
  /** Leave credentials, cookies and tokens as they are. */
  readonly showSecrets?: boolean;
}

/** Writes a capture file piece by piece. */
export interface PcapngWriter {
  /** What the file begins with. */
  readonly head: Uint8Array;
  /** What the event adds to it. */
  push(numbered: NumberedEvent): Uint8Array;
}

/** A connection that is being written. */
interface Written {
  readonly tcp: SyntheticTcp;
  /** Its frames are known, and with them how it closed. */
  framed: boolean;
}

/** Connections that are open at a time; of more, those that began first are forgotten. */
const MAX_CONNECTIONS = 65_536;
const LOOPBACK = Uint8Array.of(127, 0, 0, 1);
/** Addresses for documentation (RFC 5737), for what is not known. */
const SERVER = Uint8Array.of(192, 0, 2, 1);
const FIRST_CLIENT = Uint8Array.of(198, 51, 100, 1);
const FIRST_PORT = 49_152;
const PORTS = 65_536 - FIRST_PORT;
const HTTP_PORT = 80;
/** More than this is missing from no window; what is said to follow then never came. */
const MAX_SKIP = 2 ** 30;
/** In the file itself, for who opens it. */
const COMMENT =
  "Ethernet, IP and TCP were made by framecat; WebSocket frames are those of the source";

/**
 * Writes events as a capture in which Wireshark finds WebSocket.
 *
 * 1. Of a frame the bytes are those of the wire: its header as it stood, its payload masked again.
 *    What was not captured is a gap in TCP. A message of which no frames are known is one frame.
 * 2. The handshake is the one that was told, redacted. Where none was, one is made up and says so,
 *    because nobody would take what follows for WebSocket.
 * 3. All below is made up. The server has its own address and port where that is IPv4 and was not
 *    TLS; what was TLS is on port 80, as it is no longer encrypted.
 */
export function createPcapngWriter(options: PcapngWriterOptions): PcapngWriter {
  const writer = new Writer(options.showSecrets ?? false);
  return {
    head: fileHead(`framecat ${options.version}`, COMMENT),
    push: ({ event }) => writer.push(event),
  };
}

class Writer {
  readonly #showSecrets: boolean;
  readonly #connections = new Map<string, Written>();
  #count = 0;
  #messages = 0;

  constructor(showSecrets: boolean) {
    this.#showSecrets = showSecrets;
  }

  push(event: Event): Uint8Array {
    if (event.type === "handshake") return this.#handshake(event);
    if (event.type === "close") return this.#close(event);
    if (!isRow(event)) return EMPTY;
    const known = this.#connections.get(event.conn);
    const opening = known ? EMPTY : this.#madeUp(event);
    const written = known ?? this.#connections.get(event.conn);
    return written ? Buffer.concat([opening, this.#row(written, event)]) : EMPTY;
  }

  #handshake(event: HandshakeEvent): Uint8Array {
    const shown = (head: HttpHead) => (this.#showSecrets ? head : redactHead(head));
    const { timings, at } = event;
    const written = this.#begin(event.conn, serverOf(event));
    const answered = at.epochUs;
    const asked = answered - (timings.upgrade ?? 0) * 1000;
    const connected = asked - (timings.tls ?? 0) * 1000;
    const opens = saysOpen(event);
    const heads: Heads = [shown(event.request), shown(event.response)];
    const [request, response] = headsToWrite(heads, { opens });
    const blocks = [
      ...stamped(connected, written.tcp.open()),
      ...stamped(asked, written.tcp.send("out", headBytes(request))),
      ...stamped(answered, written.tcp.send("in", headBytes(response))),
    ];
    if (opens) return Buffer.concat(blocks);
    this.#connections.delete(event.conn);
    const body = event.body ? written.tcp.send("in", event.body) : [];
    return Buffer.concat([...blocks, ...stamped(answered, [...body, ...written.tcp.close("in")])]);
  }

  /** A connection whose handshake is not known. */
  #madeUp({ conn, at }: Event): Uint8Array {
    const { tcp } = this.#begin(conn, { address: SERVER, port: HTTP_PORT });
    const [request, response] = MADE_UP;
    const packets = [
      ...tcp.open(),
      ...tcp.send("out", headBytes(request)),
      ...tcp.send("in", headBytes(response)),
    ];
    return Buffer.concat(stamped(at.epochUs, packets));
  }

  #begin(conn: string, server: Endpoint): Written {
    const tcp = new SyntheticTcp({ out: this.#client(server), in: server });
    const written: Written = { tcp, framed: false };
    this.#connections.delete(conn);
    this.#connections.set(conn, written);
    const [oldest] = this.#connections.keys();
    if (this.#connections.size > MAX_CONNECTIONS && oldest !== undefined) {
      this.#connections.delete(oldest);
    }
    return written;
  }

  /** Each connection has a port of its own, and where those are used up, another address. */
  #client({ address }: Endpoint): Endpoint {
    const count = this.#count++;
    const own = Uint8Array.from(address[0] === 127 ? LOOPBACK : FIRST_CLIENT);
    const round = Math.floor(count / PORTS);
    own[3] = 1 + (round % 254);
    own[2] = ((own[2] ?? 0) + Math.floor(round / 254)) & 0xff;
    return { address: own, port: FIRST_PORT + (count % PORTS) };
  }

  #row(written: Written, event: RowEvent): Uint8Array {
    written.framed ||= event.type === "frame";
    const { bytes, missing } = event.type === "frame" ? wireBytes(event) : this.#encoded(event);
    const blocks = stamped(event.at.epochUs, written.tcp.send(event.dir, bytes));
    if (missing <= MAX_SKIP) written.tcp.skip(event.dir, missing);
    return Buffer.concat(blocks);
  }

  /** A message as one frame. */
  #encoded(event: Exclude<RowEvent, FrameEvent>): WireBytes {
    const missing = event.type === "message" ? (event.omitted ?? 0) : 0;
    const spec: FrameSpec = {
      opcode: rowOpcode(event),
      payload: event.data,
      declaredLength: event.data.length + missing,
      ...this.#mask(event.dir),
    };
    return { bytes: encodeFrame(spec), missing };
  }

  /** What a client sends is masked, with another key each time. */
  #mask(dir: Direction): { readonly maskKey?: number } {
    this.#messages += 1;
    return dir === "out" ? { maskKey: Math.imul(this.#messages, 0x9e37_79b1) >>> 0 } : {};
  }

  #close(event: CloseEvent): Uint8Array {
    const written = this.#connections.get(event.conn);
    if (!written) return EMPTY;
    this.#connections.delete(event.conn);
    const first: Direction = event.initiator === "local" ? "out" : "in";
    const frames = written.framed ? [] : this.#closeFrames(event, first, written.tcp);
    return Buffer.concat(stamped(event.at.epochUs, [...frames, ...written.tcp.close(first)]));
  }

  /** The Close frames that must have passed, where none are known. */
  #closeFrames(
    { code, reason, clean }: CloseEvent,
    first: Direction,
    tcp: SyntheticTcp,
  ): Uint8Array[] {
    const empty = code === CloseCode.noStatus;
    if (!empty && !(Number.isInteger(code) && mayTravel(code))) return [];
    const sides: readonly Direction[] = clean ? [first, first === "out" ? "in" : "out"] : [first];
    return sides.flatMap((dir, i) => {
      const words = i === 0 ? Buffer.from(reason).subarray(0, MAX_CLOSE_REASON_BYTES) : EMPTY;
      const payload = empty ? EMPTY : Buffer.concat([encodeClosePayload(code), words]);
      return tcp.send(dir, encodeFrame({ opcode: Opcode.close, payload, ...this.#mask(dir) }));
    });
  }
}

const EMPTY = new Uint8Array(0);

/** The handshake as it was told, in HTTP/1.1; another one where a dissector would not know it. */
function headsToWrite(heads: Heads, { opens }: { readonly opens: boolean }): Heads {
  const [request, response] = heads;
  if (isHttp2Request(request)) return asHttp1(heads, { opens });
  return opens && headerList(response.headers, "Upgrade").length === 0 ? MADE_UP : heads;
}

/** A handshake that nobody captured, and that says so. */
const MADE_UP: Heads = [
  {
    startLine: "GET / HTTP/1.1",
    headers: [
      ["Host", "unknown.invalid"],
      ["Upgrade", "websocket"],
      ["Connection", "Upgrade"],
      ["Sec-WebSocket-Key", MADE_UP_KEY],
      ["Sec-WebSocket-Version", "13"],
      ["X-Framecat", "this handshake was not captured"],
    ],
  },
  {
    startLine: "HTTP/1.1 101 Switching Protocols",
    headers: [
      ["Upgrade", "websocket"],
      ["Connection", "Upgrade"],
      ["Sec-WebSocket-Accept", acceptKey(MADE_UP_KEY)],
      ["X-Framecat", "this handshake was not captured"],
    ],
  },
];

interface WireBytes {
  readonly bytes: Uint8Array;
  /** Bytes that followed, and are not known. */
  readonly missing: number;
}

/** The frame as it was on the wire, as far as it was captured. */
function wireBytes({ frame }: FrameEvent): WireBytes {
  const { header, headerBytes, payload } = frame;
  const bytes = Buffer.concat([headerBytes, payload]);
  if (header.masked) applyMask(bytes, header.maskKey, headerBytes.length);
  return { bytes, missing: Math.max(0, header.length - payload.length) };
}

/** What would break the lines of a head is left out. */
function headBytes({ startLine, headers }: HttpHead): Uint8Array {
  const lines = [startLine, ...headers.map(([name, value]) => `${name}: ${value}`)];
  const clean = lines.map((line) => line.replace(/[\r\n]/g, " "));
  return Buffer.from([...clean, "", ""].join("\r\n"), "latin1");
}

/** IPv4 as it was, unless it was TLS, which no dissector should look for any more. */
function serverOf({ remote, tls, url }: HandshakeEvent): Endpoint {
  const [, host = "", portText = ""] = /^(.*):(\d+)$/.exec(remote) ?? [];
  const octets = host.split(".").map(Number);
  const isIpv4 = octets.length === 4 && octets.every((octet) => octet >= 0 && octet <= 255);
  const port = Number(portText);
  const secure = tls !== undefined || url.startsWith("wss:");
  const known = !secure && port > 0 && port < 65_536;
  return {
    address: isIpv4 && host !== "" ? Uint8Array.from(octets) : SERVER,
    port: known ? port : HTTP_PORT,
  };
}

function stamped(epochUs: number, packets: readonly Uint8Array[]): Uint8Array[] {
  return packets.map((packet) => packetBlock(epochUs, packet));
}
