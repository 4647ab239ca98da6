import type { Direction } from "../../transport/events.ts";

/** What the client sends first (RFC 9113, section 3.4). */
export const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
export const HEADER_LENGTH = 9;
/** The longest payload where nothing else is agreed on, and the longest at all (section 4.2). */
export const DEFAULT_FRAME_LENGTH = 2 ** 14;
export const MAX_FRAME_LENGTH = 2 ** 24 - 1;

/** Types of frames (section 6). */
export const Http2Type = {
  data: 0,
  headers: 1,
  priority: 2,
  reset: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

const NAMES = [
  "DATA",
  "HEADERS",
  "PRIORITY",
  "RST_STREAM",
  "SETTINGS",
  "PUSH_PROMISE",
  "PING",
  "GOAWAY",
  "WINDOW_UPDATE",
  "CONTINUATION",
];

/** Flags; the same bit means one or the other, by the type. */
export const Http2Flag = {
  endStream: 0x1,
  ack: 0x1,
  endHeaders: 0x4,
  padded: 0x8,
  priority: 0x20,
} as const;

/** Those settings that matter for reading along (section 6.5.2; RFC 8441, section 3). */
export const Setting = { headerTableSize: 1, maxFrameSize: 5, enableConnectProtocol: 8 } as const;

/** The header of a frame (section 4.1). */
export interface Http2Frame {
  /** Of the payload. */
  readonly length: number;
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
}

export function parseFrameHeader(bytes: Uint8Array): Http2Frame {
  const at = (index: number) => bytes[index] ?? 0;
  return {
    length: (at(0) << 16) | (at(1) << 8) | at(2),
    type: at(3),
    flags: at(4),
    stream: uint32(bytes, 5) & 0x7fff_ffff,
  };
}

export function uint32(bytes: Uint8Array, at: number): number {
  const octet = (index: number) => bytes[at + index] ?? 0;
  return ((octet(0) << 24) | (octet(1) << 16) | (octet(2) << 8) | octet(3)) >>> 0;
}

export function hasFlag({ flags }: Http2Frame, flag: number): boolean {
  return (flags & flag) !== 0;
}

export function frameName({ type }: Http2Frame): string {
  return NAMES[type] ?? `a frame of type ${type}`;
}

/**
 * Whether a server that begins with `bytes[start, end)` speaks HTTP/2: its first frame is SETTINGS
 * (section 3.4), and may come before anything of the client. Undefined where more octets tell.
 */
export function isServerPreface(
  bytes: Uint8Array,
  start: number,
  end: number,
): boolean | undefined {
  const known = bytes.subarray(start, Math.min(end, start + HEADER_LENGTH));
  const { length, type, flags, stream } = parseFrameHeader(known);
  // Octets that are not known count as 0 here, as all but two of a right one are.
  const fits = known.length < 4 || type === Http2Type.settings;
  if (!fits || length >= DEFAULT_FRAME_LENGTH || flags !== 0 || stream !== 0) return false;
  if (known.length < HEADER_LENGTH) return undefined;
  return length % 6 === 0;
}

const OF_A_STREAM: ReadonlySet<number> = new Set([
  Http2Type.data,
  Http2Type.headers,
  Http2Type.priority,
  Http2Type.reset,
  Http2Type.pushPromise,
  Http2Type.continuation,
]);
const OF_THE_CONNECTION: ReadonlySet<number> = new Set([
  Http2Type.settings,
  Http2Type.ping,
  Http2Type.goAway,
]);

/** What is wrong with a frame by its header alone, where that ends the connection (section 6). */
export function frameFault(frame: Http2Frame, sender: Direction): string | undefined {
  const { type, stream, length } = frame;
  const name = frameName(frame);
  if (OF_A_STREAM.has(type) && stream === 0) return `${name} belongs to no stream`;
  if (OF_THE_CONNECTION.has(type) && stream !== 0) return `${name} belongs to a stream`;
  if (!fitsLength(frame)) return `${name} has a length of ${length}`;
  if (type === Http2Type.pushPromise && sender === "out") return `${name} comes from the client`;
  return undefined;
}

function fitsLength(frame: Http2Frame): boolean {
  const { type, length } = frame;
  switch (type) {
    case Http2Type.data:
      return length > 0 || !hasFlag(frame, Http2Flag.padded);
    case Http2Type.reset:
    case Http2Type.windowUpdate:
      return length === 4;
    case Http2Type.settings:
      return hasFlag(frame, Http2Flag.ack) ? length === 0 : length % 6 === 0;
    case Http2Type.ping:
      return length === 8;
    case Http2Type.goAway:
      return length >= 8;
    default:
      return true;
  }
}

/** The values by their numbers (section 6.5.1); of several for one number the last one counts. */
export function parseSettings(payload: Uint8Array): ReadonlyMap<number, number> {
  const values = new Map<number, number>();
  for (let at = 0; at + 6 <= payload.length; at += 6) {
    values.set(((payload[at] ?? 0) << 8) | (payload[at + 1] ?? 0), uint32(payload, at + 2));
  }
  return values;
}

/**
 * The piece of a header block in HEADERS, PUSH_PROMISE or CONTINUATION, or undefined where the
 * padding leaves no room for the rest.
 */
export function headerFragment(frame: Http2Frame, payload: Uint8Array): Uint8Array | undefined {
  if (frame.type === Http2Type.continuation) return payload;
  const padded = hasFlag(frame, Http2Flag.padded);
  const prioritized = frame.type === Http2Type.headers && hasFlag(frame, Http2Flag.priority);
  const promised = frame.type === Http2Type.pushPromise;
  const start = (padded ? 1 : 0) + (prioritized ? 5 : 0) + (promised ? 4 : 0);
  const end = payload.length - (padded ? (payload[0] ?? 0) : 0);
  return start > end ? undefined : payload.subarray(start, end);
}

const ERROR_NAMES = [
  "NO_ERROR",
  "PROTOCOL_ERROR",
  "INTERNAL_ERROR",
  "FLOW_CONTROL_ERROR",
  "SETTINGS_TIMEOUT",
  "STREAM_CLOSED",
  "FRAME_SIZE_ERROR",
  "REFUSED_STREAM",
  "CANCEL",
  "COMPRESSION_ERROR",
  "CONNECT_ERROR",
  "ENHANCE_YOUR_CALM",
  "INADEQUATE_SECURITY",
  "HTTP_1_1_REQUIRED",
];

/** The name of an error code (section 7). */
export function errorName(code: number): string {
  return ERROR_NAMES[code] ?? `error ${code}`;
}
