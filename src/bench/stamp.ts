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
const NUMBERS = /^(\d+),(\d+),(\d+),(\d+)!/;
/** Digits of four numbers and what is between them. */
const MAX_LENGTH = 80;

export function encodeStamp({ publisher, seq, dueAt, sentAt }: Stamp): string {
  return `framecat!${publisher},${seq},${micros(dueAt)},${micros(sentAt)}!`;
}

/** Finds the first stamp, anywhere in a payload. */
export function findStamp(payload: Uint8Array): Stamp | undefined {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  for (let at = bytes.indexOf(MARK); at !== -1; at = bytes.indexOf(MARK, at + MARK.length)) {
    const start = at + MARK.length;
    const stamp = readStamp(bytes.toString("latin1", start, start + MAX_LENGTH));
    if (stamp) return stamp;
  }
  return undefined;
}

function readStamp(text: string): Stamp | undefined {
  const numbers = NUMBERS.exec(text)?.slice(1).map(Number) ?? [];
  const [publisher, seq, dueUs, sentUs] = numbers;
  if (publisher === undefined || seq === undefined || dueUs === undefined || sentUs === undefined) {
    return undefined;
  }
  if (!numbers.every(Number.isSafeInteger)) return undefined;
  return { publisher, seq, dueAt: dueUs / 1000, sentAt: sentUs / 1000 };
}

function micros(ms: number): number {
  return Math.round(ms * 1000);
}
