/**
 * What a published message carries so that every subscriber can tell when it was due and sent, and
 * whether one is missing: plain ASCII that survives inside whatever a server wraps it in.
 */
export interface Stamp {
  readonly publisher: number;
  readonly seq: number;
  /** Milliseconds of the machine's monotonic clock, which all its processes share. */
  readonly dueAt: number;
  readonly sentAt: number;
}

const MARK = Buffer.from("framecat!");
const END = 0x21;
/** Digits of four numbers and what is between them. */
const MAX_LENGTH = 80;

export function encodeStamp({ publisher, seq, dueAt, sentAt }: Stamp): string {
  return `framecat!${publisher},${seq},${micros(dueAt)},${micros(sentAt)}!`;
}

/** Finds a stamp anywhere in a payload. */
export function findStamp(payload: Uint8Array): Stamp | undefined {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  const at = bytes.indexOf(MARK);
  if (at === -1) return undefined;
  const start = at + MARK.length;
  const end = bytes.indexOf(END, start);
  if (end === -1 || end - start > MAX_LENGTH) return undefined;
  const numbers = bytes.toString("latin1", start, end).split(",").map(Number);
  const [publisher, seq, dueUs, sentUs, ...more] = numbers;
  if (publisher === undefined || seq === undefined || dueUs === undefined || sentUs === undefined) {
    return undefined;
  }
  if (more.length > 0 || ![publisher, seq, dueUs, sentUs].every(Number.isSafeInteger)) {
    return undefined;
  }
  return { publisher, seq, dueAt: dueUs / 1000, sentAt: sentUs / 1000 };
}

function micros(ms: number): number {
  return Math.round(ms * 1000);
}
