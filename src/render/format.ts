/** Numbers in words that people read. */

const SIZE_UNITS = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

/** `5 B`, `1.9 MiB`, `64 KiB`: at most three digits, by powers of 1024. */
export function formatBytes(bytes: number): string {
  let unit = 0;
  let value = bytes;
  // What would be rounded to 1024 belongs to the next unit.
  while (value >= 1023.5 && unit < SIZE_UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit > 0 && value < 9.95 ? 1 : 0;
  return `${value.toFixed(digits)} ${SIZE_UNITS[unit] ?? ""}`;
}

/** `1,499,998`; fractions are rounded away. */
export function formatCount(count: number | bigint): string {
  const whole = typeof count === "bigint" ? count : Math.round(count);
  // In fixed notation, for numbers from 1e21 on too.
  const digits = Number.isFinite(whole) ? BigInt(whole).toString() : String(whole);
  return digits.replace(/\B(?=(\d{3})+$)/g, ",");
}

/** `1 frame`, `2 frames`, `1,000 frames`. */
export function formatPlural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** A latency in a column: `0.004ms`, `0.42ms`, `11.2ms`, `842ms`, `1.20s`: three digits. */
export function formatLatency(ms: number): string {
  if (ms >= 999.5) return `${threeDigits(ms / 1000)}s`;
  if (ms > 0 && ms < 0.01) return `${ms.toFixed(3)}ms`;
  return `${threeDigits(ms)}ms`;
}

function threeDigits(value: number): string {
  return value.toFixed(value < 9.995 ? 2 : value < 99.95 ? 1 : 0);
}

/** A time in a sentence: `0.4 ms`, `43 ms`, `1.2 s`, `21 s`, `2 min 05 s`, `3 h 04 min`. */
export function formatDuration(ms: number): string {
  if (ms < 999.5) return `${ms.toFixed(ms < 9.95 ? 1 : 0)} ms`;
  const seconds = ms / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${twoDigits(whole % 60)} s`;
  const minutes = Math.round(seconds / 60);
  return `${formatCount(Math.floor(minutes / 60))} h ${twoDigits(minutes % 60)} min`;
}

/** Local time of day: `12:04:31.207`. */
export function formatTime(epochUs: number): string {
  const date = new Date(Math.floor(epochUs / 1000));
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(twoDigits).join(":");
  return `${clock}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}
