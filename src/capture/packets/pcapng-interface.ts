import type { ByteOrder } from "./octets.ts";
import { TimeScale, unitsPerSecond } from "./time-scale.ts";

/** What packets need to know of the interface that they were captured on. */
export interface CaptureInterface {
  readonly linkType: number;
  /** 0 for none. */
  readonly snapLength: number;
  readonly times: TimeScale;
}

const IF_TSRESOL = 9;
const IF_TSOFFSET = 14;
const MICROSECONDS = 6;

/** The body of an Interface Description Block: at least 8 bytes. */
export function readInterface(
  order: ByteOrder,
  bytes: Uint8Array,
  start: number,
  end: number,
): CaptureInterface {
  let resolution = MICROSECONDS;
  let offsetSeconds = 0;
  for (const { code, at, length } of options(order, bytes, start + 8, end)) {
    if (code === IF_TSRESOL && length >= 1) resolution = bytes[at] ?? MICROSECONDS;
    if (code === IF_TSOFFSET && length >= 8) offsetSeconds = int64(order, bytes, at);
  }
  return {
    linkType: order.uint16(bytes, start),
    snapLength: order.uint32(bytes, start + 4),
    times: new TimeScale(unitsPerSecond(resolution), offsetSeconds),
  };
}

interface BlockOption {
  readonly code: number;
  readonly at: number;
  readonly length: number;
}

/** The options of a block: what does not fit into it any more is passed over. */
function* options(
  order: ByteOrder,
  bytes: Uint8Array,
  start: number,
  end: number,
): Generator<BlockOption> {
  let at = start;
  while (at + 4 <= end) {
    const code = order.uint16(bytes, at);
    const length = order.uint16(bytes, at + 2);
    at += 4;
    if (code === 0 || at + length > end) return;
    yield { code, at, length };
    at += (length + 3) & ~3;
  }
}

/** Seconds as a double: beyond 2^53 no clock has been. */
function int64(order: ByteOrder, bytes: Uint8Array, at: number): number {
  const first = order.uint32(bytes, at);
  const second = order.uint32(bytes, at + 4);
  const big = order.uint16(Uint8Array.of(0, 1), 0) === 1;
  const high = big ? first : second;
  const low = big ? second : first;
  return (high | 0) * 2 ** 32 + low;
}
