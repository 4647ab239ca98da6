import { usageError } from "../../errors.ts";
import { parseOpcode } from "../../frame-words.ts";
import { parseCount, parseDurationMs, parseRate, parseSize } from "../../units.ts";

/** The values of faults; each throws a FramecatError (usage) that names `flag`. */

export function parseLatency(value: string, flag: string) {
  const [latency = "", jitter, ...more] = value.split(/±|\+\/?-/);
  const latencyMs = parseDurationMs(latency, flag);
  const jitterMs = jitter === undefined ? 0 : parseDurationMs(jitter, flag);
  if (more.length === 0 && jitterMs <= latencyMs && latencyMs > 0) return { latencyMs, jitterMs };
  throw usageError(`${flag} must be like 100ms±50ms, the latter no more than the former`);
}

export function parseBandwidth(value: string, flag: string): number {
  const [, size, unit] = /^(.+)(\/[smh])$/.exec(value) ?? [];
  if (size !== undefined && unit !== undefined) {
    const bytes = parseSize(size, flag) * parseRate(`1${unit}`, flag);
    if (bytes > 0) return bytes;
  }
  throw usageError(`${flag} must be like 64KiB/s, not ${JSON.stringify(value)}`);
}

export function parsePart(value: string, flag: string): number {
  const size = parseSize(value, flag);
  if (size > 0) return size;
  throw usageError(`${flag} must be at least one byte`);
}

export function parseTime(value: string, flag: string): number {
  const ms = parseDurationMs(value, flag);
  if (ms > 0) return ms;
  throw usageError(`${flag} must be longer than nothing`);
}

export function opcodeOf(value: string, flag: string): number {
  try {
    return parseOpcode(value);
  } catch {
    throw usageError(`${flag} must be an opcode such as 3, 0xb or cont, not "${value}"`);
  }
}

export function parseCode(value: string, flag: string): number | undefined {
  return value === "none" ? undefined : parseCount(value, flag, 0, 0xffff);
}
