import { usageError } from "./errors.ts";

/**
 * The one grammar of quantities on the command line: durations `250ms 10s 2m 1h`, sizes
 * `512 64KiB 1MB`, rates `500/s 30/m`. A plain number is a size in bytes or a count; a duration
 * needs its unit, because nobody remembers which one a bare number would have.
 */
const DURATIONS: Readonly<Record<string, number>> = {
  us: 0.001,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};
const SIZES: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
};

/** Digits, with single underscores between them, and perhaps a fraction. */
const NUMBER = /^\d+(?:_\d+)*(?:\.\d+)?/;
/** The longest wait that a timer keeps; a longer one would end at once. */
const MAX_DURATION_MS = 2 ** 31 - 1;

/** `10s` → 10000. @throws FramecatError (usage) naming `flag` */
export function parseDurationMs(text: string, flag: string): number {
  const ms = quantity(text, flag, DURATIONS, "a duration such as 250ms, 10s or 2m");
  if (ms > MAX_DURATION_MS) throw wrong(text, flag, "at most 24 days");
  return ms;
}

/** `64KiB` → 65536. @throws FramecatError (usage) naming `flag` */
export function parseSize(text: string, flag: string): number {
  const size = quantity(text, flag, SIZES, "a size such as 512, 64KiB or 1MB");
  // 1.005 times 1000 is not quite 1005.
  const whole = Math.round(size);
  if (Math.abs(size - whole) < 1e-6 && Number.isSafeInteger(whole)) return whole;
  throw wrong(text, flag, "a whole number of bytes");
}

/** `500/s` → 500 per second. @throws FramecatError (usage) naming `flag` */
export function parseRate(text: string, flag: string): number {
  const [count, unit] = numberAndUnit(text);
  const periodMs = /^\/[smh]$/.test(unit) ? DURATIONS[unit.slice(1)] : undefined;
  if (periodMs === undefined || !Number.isFinite(count)) {
    throw wrong(text, flag, "a rate such as 500/s");
  }
  return count / (periodMs / 1000);
}

/** `100/m` → 100 in 60000 ms. @throws FramecatError (usage) naming `flag` */
export function parseQuota(
  text: string,
  flag: string,
): { readonly count: number; readonly periodMs: number } {
  const [count, unit] = numberAndUnit(text);
  const periodMs = /^\/[smh]$/.test(unit) ? DURATIONS[unit.slice(1)] : undefined;
  if (periodMs !== undefined && Number.isInteger(count) && count > 0) return { count, periodMs };
  throw wrong(text, flag, "a number in a time, such as 100/m");
}

/** A whole number from `min` to `max`. @throws FramecatError (usage) naming `flag` */
export function parseCount(text: string, flag: string, min = 1, max = 1e9): number {
  const [count, unit] = numberAndUnit(text);
  if (unit === "" && Number.isInteger(count) && count >= min && count <= max) return count;
  throw wrong(text, flag, `a whole number from ${min} to ${max}`);
}

function quantity(
  text: string,
  flag: string,
  units: Readonly<Record<string, number>>,
  expected: string,
): number {
  const [count, unit] = numberAndUnit(text);
  const factor = Object.hasOwn(units, unit.toLowerCase()) ? units[unit.toLowerCase()] : undefined;
  if (factor === undefined || !Number.isFinite(count)) throw wrong(text, flag, expected);
  return count * factor;
}

/** `1_000 ms` → 1000 and `ms`; not a number where it begins with none. */
function numberAndUnit(text: string): [count: number, unit: string] {
  const trimmed = text.trim();
  const digits = NUMBER.exec(trimmed)?.[0] ?? "";
  const count = digits === "" ? Number.NaN : Number(digits.replaceAll("_", ""));
  return [count, trimmed.slice(digits.length).replace(/^ /, "")];
}

function wrong(text: string, flag: string, expected: string): Error {
  return usageError(`${flag} must be ${expected}, not ${JSON.stringify(text)}`);
}
