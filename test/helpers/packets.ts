import type { Connection, ConnectionSink } from "../../src/capture/packets/connection.ts";
import { formatEndpoint } from "../../src/capture/packets/endpoint.ts";
import type { Flow } from "../../src/capture/packets/flow.ts";
import { type CaptureNote, Packet } from "../../src/capture/packets/packet.ts";
import { PacketDecoder } from "../../src/capture/packets/packet-decoder.ts";
import { TcpConnections, type TcpLimits } from "../../src/capture/packets/tcp-connections.ts";
import { concat } from "./bytes.ts";

export const FIN = 1;
export const SYN = 2;
export const RST = 4;
export const ACK = 16;

/** Numbers as bytes, `[value, size]` each, in either byte order. */
export function fields(
  order: "big" | "little",
  ...values: readonly (readonly [value: number | bigint, size: 1 | 2 | 4 | 8])[]
): Uint8Array {
  return concat(
    values.map(([value, size]) => {
      const digits = BigInt.asUintN(size * 8, BigInt(value)).toString(16);
      const bytes = Buffer.from(digits.padStart(size * 2, "0"), "hex");
      return order === "big" ? bytes : bytes.toReversed();
    }),
  );
}

export interface SegmentSpec {
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  readonly seq?: number;
  readonly ack?: number;
  readonly flags?: number;
  readonly options?: Uint8Array;
  readonly payload?: Uint8Array;
}

/** A TCP header with its payload; the checksum is wrong, as with offload. */
export function tcp(spec: SegmentSpec): Uint8Array {
  const options = spec.options ?? new Uint8Array(0);
  const header = fields(
    "big",
    [spec.sourcePort ?? 1000, 2],
    [spec.destinationPort ?? 80, 2],
    [spec.seq ?? 0, 4],
    [spec.ack ?? 0, 4],
    [(5 + options.length / 4) << 4, 1],
    [spec.flags ?? ACK, 1],
    [65_535, 2],
    [0, 4],
  );
  return concat([header, options, spec.payload ?? new Uint8Array(0)]);
}

export interface Ipv4Spec {
  readonly source?: readonly number[];
  readonly destination?: readonly number[];
  readonly protocol?: number;
  readonly identification?: number;
  /** Flags and offset, as in the header. */
  readonly fragment?: number;
  readonly options?: Uint8Array;
  readonly totalLength?: number;
}

export function ipv4(payload: Uint8Array, spec: Ipv4Spec = {}): Uint8Array {
  const options = spec.options ?? new Uint8Array(0);
  const headerLength = 20 + options.length;
  const header = fields(
    "big",
    [0x40 | (headerLength / 4), 1],
    [0, 1],
    [spec.totalLength ?? headerLength + payload.length, 2],
    [spec.identification ?? 1, 2],
    [spec.fragment ?? 0x4000, 2],
    [64, 1],
    [spec.protocol ?? 6, 1],
    [0, 2],
  );
  const source = Uint8Array.from(spec.source ?? [10, 0, 0, 1]);
  const destination = Uint8Array.from(spec.destination ?? [10, 0, 0, 2]);
  return concat([header, source, destination, options, payload]);
}

export interface Ipv6Spec {
  readonly nextHeader?: number;
  readonly payloadLength?: number;
  /** Swaps the addresses. */
  readonly back?: boolean;
}

export const IPV6_ENDS: readonly [Uint8Array, Uint8Array] = [
  Uint8Array.from([0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]),
  Uint8Array.from([0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2]),
];

export function ipv6(payload: Uint8Array, spec: Ipv6Spec = {}): Uint8Array {
  const [a, b] = IPV6_ENDS;
  const header = fields(
    "big",
    [0x6000_0000, 4],
    [spec.payloadLength ?? payload.length, 2],
    [spec.nextHeader ?? 6, 1],
    [64, 1],
  );
  return concat([header, ...(spec.back ? [b, a] : [a, b]), payload]);
}

export function ethernet(ip: Uint8Array, etherType = 0x0800, tags: readonly number[] = []) {
  const vlan = tags.map((type) => fields("big", [type, 2], [7, 2]));
  return concat([new Uint8Array(12), ...vlan, fields("big", [etherType, 2]), ip]);
}

export interface PacketSpec {
  readonly data: Uint8Array;
  readonly ns?: bigint;
  readonly originalLength?: number;
}

export interface PcapSpec {
  readonly order?: "big" | "little";
  readonly magic?: number;
  readonly snapLength?: number;
  readonly linkType?: number;
}

/** A pcap file. */
export function pcap(packets: readonly PacketSpec[], spec: PcapSpec = {}): Uint8Array {
  const { order = "little", magic = 0xa1b2c3d4, snapLength = 262_144, linkType = 1 } = spec;
  const nsPerUnit = magic === 0xa1b23c4d ? 1n : 1000n;
  const head = fields(order, [magic, 4], [2, 2], [4, 2], [0, 8], [snapLength, 4], [linkType, 4]);
  const records = packets.map(({ data, ns = 0n, originalLength = data.length }) =>
    concat([
      fields(
        order,
        [ns / 1_000_000_000n, 4],
        [(ns % 1_000_000_000n) / nsPerUnit, 4],
        [data.length, 4],
        [originalLength, 4],
      ),
      magic === 0xa1b2cd34 ? new Uint8Array(8) : new Uint8Array(0),
      data,
    ]),
  );
  return concat([head, ...records]);
}

/** A block of a pcapng file. */
export function block(order: "big" | "little", type: number, body: Uint8Array): Uint8Array {
  const padding = new Uint8Array(-body.length & 3);
  const length = 12 + body.length + padding.length;
  return concat([fields(order, [type, 4], [length, 4]), body, padding, fields(order, [length, 4])]);
}

export function sectionHeader(order: "big" | "little" = "little"): Uint8Array {
  return block(order, 0x0a0d0d0a, fields(order, [0x1a2b3c4d, 4], [1, 2], [0, 2], [-1n, 8]));
}

export function option(order: "big" | "little", code: number, value: Uint8Array): Uint8Array {
  const padding = new Uint8Array(-value.length & 3);
  return concat([fields(order, [code, 2], [value.length, 2]), value, padding]);
}

export interface InterfaceSpec {
  readonly linkType?: number;
  readonly snapLength?: number;
  readonly options?: Uint8Array;
}

export function interfaceBlock(order: "big" | "little" = "little", spec: InterfaceSpec = {}) {
  const head = fields(order, [spec.linkType ?? 1, 2], [0, 2], [spec.snapLength ?? 0, 4]);
  return block(order, 1, concat([head, spec.options ?? new Uint8Array(0)]));
}

export interface EnhancedSpec {
  readonly interface?: number;
  readonly units?: bigint;
  readonly capturedLength?: number;
  readonly originalLength?: number;
  readonly options?: Uint8Array;
}

export function enhancedPacket(
  data: Uint8Array,
  spec: EnhancedSpec = {},
  order: "big" | "little" = "little",
): Uint8Array {
  const units = spec.units ?? 0n;
  const head = fields(
    order,
    [spec.interface ?? 0, 4],
    [units >> 32n, 4],
    [units & 0xffff_ffffn, 4],
    [spec.capturedLength ?? data.length, 4],
    [spec.originalLength ?? data.length, 4],
  );
  const padding = new Uint8Array(-data.length & 3);
  return block(order, 6, concat([head, data, padding, spec.options ?? new Uint8Array(0)]));
}

/** What a reader told of a packet, copied. */
export interface SeenPacket {
  readonly number: number;
  readonly ns: bigint;
  readonly linkType: number;
  readonly interface: number;
  readonly originalLength: number;
  readonly fileOffset: number;
  readonly data: Uint8Array;
}

/** A sink of a capture file that keeps everything. */
export function recordCapture() {
  const packets: SeenPacket[] = [];
  const notes: CaptureNote[] = [];
  const secrets: string[] = [];
  return {
    packets,
    notes,
    secretTexts: secrets,
    packet: (packet: Packet) =>
      void packets.push({
        number: packet.number,
        ns: packet.tsNs,
        linkType: packet.linkType,
        interface: packet.interface,
        originalLength: packet.originalLength,
        fileOffset: packet.fileOffset,
        data: Uint8Array.from(packet.data),
      }),
    note: (note: CaptureNote) => void notes.push(note),
    secrets: (text: string) => void secrets.push(text),
  };
}

/** What happened on connections, in short: `open 1 10.0.0.1:1000`, `data 1> 0 hello`, `gap 1> 5 +7`. */
export class TcpRecorder {
  readonly log: string[] = [];
  readonly connections: Connection[] = [];
  /** By connection and direction; a gap is a number. */
  readonly parts: (readonly [(Uint8Array | number)[], (Uint8Array | number)[]])[] = [];
  readonly notes: CaptureNote[] = [];
  readonly secretTexts: string[] = [];

  open(connection: Connection): ConnectionSink {
    const { id } = connection;
    const mark = ({ dir }: Flow) => `${id}${dir === 0 ? ">" : "<"}`;
    const parts = [[], []] as [(Uint8Array | number)[], (Uint8Array | number)[]];
    this.connections.push(connection);
    this.parts.push(parts);
    this.log.push(`open ${id} ${formatEndpoint(connection.client)}`);
    return {
      data: (flow, bytes, start, end) => {
        const piece = bytes.slice(start, end);
        parts[flow.dir].push(piece);
        this.log.push(`data ${mark(flow)} ${flow.offset} ${Buffer.from(piece).toString("latin1")}`);
      },
      gap: (flow, length) => {
        parts[flow.dir].push(length);
        this.log.push(`gap ${mark(flow)} ${flow.offset} +${length}`);
      },
      fin: (flow) => void this.log.push(`fin ${mark(flow)} ${flow.offset}`),
      reset: (flow) => void this.log.push(`reset ${mark(flow)} ${flow.offset}`),
      end: (reason) => void this.log.push(`end ${id} ${reason}`),
    };
  }

  note(note: CaptureNote): void {
    this.notes.push(note);
  }

  secrets(text: string): void {
    this.secretTexts.push(text);
  }

  /** The bytes of one direction; a gap is that many `?`. */
  stream(connection: number, dir: 0 | 1): Buffer {
    const parts = this.parts[connection]?.[dir] ?? [];
    return Buffer.concat(
      parts.map((part) => (typeof part === "number" ? Buffer.alloc(part, "?") : part)),
    );
  }
}

export interface SpokenSegment extends Omit<SegmentSpec, "payload"> {
  /** Sent by the server. */
  readonly back?: boolean;
  readonly payload?: string | Uint8Array;
  readonly ns?: bigint;
  /** Captured bytes of the payload. */
  readonly captured?: number;
  readonly source?: readonly number[];
}

/** TCP segments between 10.0.0.1:1000 and 10.0.0.2:80, as packets through all layers. */
export class Wire {
  readonly recorder = new TcpRecorder();
  readonly connections: TcpConnections;
  readonly decoder: PacketDecoder;
  readonly #packet = new Packet();

  constructor(limits: Partial<TcpLimits> = {}) {
    this.connections = new TcpConnections(this.recorder, limits);
    this.decoder = new PacketDecoder((segment) => this.connections.push(segment));
    this.#packet.linkType = 101;
  }

  get log(): string[] {
    return this.recorder.log;
  }

  send(...segments: readonly SpokenSegment[]): this {
    for (const segment of segments) this.#send(segment);
    return this;
  }

  end(): this {
    this.connections.end();
    return this;
  }

  #send({ back = false, payload = "", ns = 0n, captured, source, ...spec }: SpokenSegment): void {
    const ends = [source ?? [10, 0, 0, 1], [10, 0, 0, 2]];
    const ports = [spec.sourcePort ?? 1000, spec.destinationPort ?? 80];
    if (back) for (const pair of [ends, ports]) pair.reverse();
    const bytes = typeof payload === "string" ? Buffer.from(payload, "latin1") : payload;
    const segment = tcp({
      ...spec,
      sourcePort: ports[0]!,
      destinationPort: ports[1]!,
      payload: bytes,
    });
    const data = ipv4(segment, { source: ends[0]!, destination: ends[1]! });
    const packet = this.#packet;
    packet.number += 1;
    packet.seconds = Number(ns / 1_000_000_000n);
    packet.nanoseconds = Number(ns % 1_000_000_000n);
    packet.originalLength = data.length;
    packet.bytes = data;
    packet.start = 0;
    packet.end = data.length - (captured === undefined ? 0 : bytes.length - captured);
    this.decoder.push(packet);
  }
}

/** The three segments that open a connection: data of the client begins at `isn + 1`. */
export function handshake(isn = 100, peerIsn = 500): SpokenSegment[] {
  return [
    { flags: SYN, seq: isn },
    { back: true, flags: SYN | ACK, seq: peerIsn, ack: isn + 1 },
    { flags: ACK, seq: isn + 1, ack: peerIsn + 1 },
  ];
}
