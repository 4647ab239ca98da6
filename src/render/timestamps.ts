import type { Moment } from "../clock.ts";
import { formatTime } from "./format.ts";

/**
 * What stands before each line: the local time, ISO 8601 in UTC, seconds since the line before,
 * seconds since the connection opened, or nothing.
 */
export const TIMESTAMP_STYLES = ["time", "iso", "delta", "since", "off"] as const;

export type TimestampStyle = (typeof TIMESTAMP_STYLES)[number];

/** What differences are taken from; a moment is no time away from itself. */
export interface Reference {
  /** Monotonic nanoseconds. */
  readonly lineBefore: bigint | undefined;
  readonly opened: bigint | undefined;
}

/** As wide as the local time, so that lines are as long as in that style. */
const SECONDS_COLUMNS = "12:04:31.207".length;

/** A time of the same width for every line of a style; empty where none is wanted. */
export function formatTimestamp(
  style: TimestampStyle,
  { epochUs, ns }: Moment,
  { lineBefore = ns, opened = ns }: Reference,
): string {
  switch (style) {
    case "time":
      return formatTime(epochUs);
    case "iso":
      return formatIso(epochUs);
    case "delta":
      return `+${formatSeconds(ns - lineBefore, SECONDS_COLUMNS - 1)}`;
    case "since":
      return formatSeconds(ns - opened, SECONDS_COLUMNS);
    case "off":
      return "";
    default:
      return style satisfies never;
  }
}

/** `2026-02-01T12:04:31.207123Z` */
export function formatIso(epochUs: number): string {
  const micros = String(Math.floor(epochUs % 1000)).padStart(3, "0");
  return new Date(Math.floor(epochUs / 1000)).toISOString().replace("Z", `${micros}Z`);
}

/** With microseconds, as long as there is room for them. */
function formatSeconds(ns: bigint, columns: number): string {
  const seconds = (Number(ns) / 1e9).toFixed(6);
  return seconds.slice(0, Math.max(columns, seconds.length - 7)).padStart(columns);
}
