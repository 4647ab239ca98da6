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

/** `10s` → 10000. @throws FramecatError (usage) naming `flag` */
export function parseDurationMs(text: string, flag: string): number {
  return quantity(text, flag, DURATIONS, "a duration such as 250ms, 10s or 2m");
}

/** `64KiB` → 65536. @throws FramecatError (usage) naming `flag` */
export function parseSize(text: string, flag: string): number {
  const size = quantity(text, flag, SIZES, "a size such as 512, 64KiB or 1MB");
  if (!Number.isInteger(size)) throw usageError(`${flag} must be a whole number of bytes`);
  return size;
}

/** `500/s` → 500 per second. @throws FramecatError (usage) naming `flag` */
export function parseRate(text: string, flag: string): number {
  const match = /^(.+)\/(s|m|h)$/.exec(text.trim());
  const perSecond = (DURATIONS[match?.[2] ?? ""] ?? 0) / 1000;
  const count = Number(match?.[1]?.replaceAll("_", ""));
  if (!match || !Number.isFinite(count) || count < 0)
    throw wrong(text, flag, "a rate such as 500/s");
  return count / perSecond;
}

/** A whole number from `min` to `max`. @throws FramecatError (usage) naming `flag` */
export function parseCount(text: string, flag: string, min = 1, max = 1e9): number {
  const count = Number(text.replaceAll("_", ""));
  if (/^[\d_]+$/.test(text) && count >= min && count <= max) return count;
  throw wrong(text, flag, `a whole number from ${min} to ${max}`);
}

function quantity(
  text: string,
  flag: string,
  units: Readonly<Record<string, number>>,
  expected: string,
): number {
  const match = /^(\d[\d_]*(?:\.\d+)?) ?([a-z]*)$/i.exec(text.trim());
  const factor = units[(match?.[2] ?? "").toLowerCase()];
  if (!match || factor === undefined) throw wrong(text, flag, expected);
  return Number((match[1] ?? "").replaceAll("_", "")) * factor;
}

function wrong(text: string, flag: string, expected: string): Error {
  return usageError(`${flag} must be ${expected}, not ${JSON.stringify(text)}`);
}
