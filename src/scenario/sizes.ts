import { usageError } from "../errors.ts";
import { unreachable } from "../transport/events.ts";
import { parseSize } from "../units.ts";

/** How long messages are, in bytes: plain data. */
export type SizeSpec =
  | { readonly kind: "fixed"; readonly size: number }
  /** Every size from `min` to `max` is as likely. */
  | { readonly kind: "range"; readonly min: number; readonly max: number }
  | { readonly kind: "mix"; readonly choices: readonly SizeChoice[] }
  /** A normal distribution, see `normalReach`. */
  | { readonly kind: "normal"; readonly mean: number; readonly deviation: number }
  /** An exponential distribution; its tail ends at `EXPONENTIAL_REACH` times the mean. */
  | { readonly kind: "exponential"; readonly mean: number };

export interface SizeChoice {
  readonly size: number;
  readonly percent: number;
}

/** One in 22,000 is longer, which takes 0.005 % off the mean. */
const EXPONENTIAL_REACH = 10;
const FORMS = "Sizes are 20, 100-2KiB, 20:70%,1KiB:30%, normal:1KiB:200 or exp:1KiB.";
const PERCENT = /^\d+(?:\.\d+)?%$/;

/** @throws FramecatError (usage) naming `flag` */
export function parseSizes(text: string, flag: string): SizeSpec {
  const trimmed = text.trim();
  if (trimmed.startsWith("normal:")) return parseNormal(trimmed, flag);
  if (trimmed.startsWith("exp:")) {
    return { kind: "exponential", mean: parseMean(trimmed.slice("exp:".length), flag) };
  }
  if (trimmed.includes("%")) return parseMix(trimmed, flag);
  if (trimmed.includes("-")) return parseRange(trimmed, flag);
  if (/[,:]/.test(trimmed)) throw wrong(flag, text);
  return { kind: "fixed", size: parseSize(trimmed, flag) };
}

function parseRange(text: string, flag: string): SizeSpec {
  const [from = "", to = "", ...more] = text.split("-");
  if (more.length > 0) throw wrong(flag, text);
  const [min, max] = [parseSize(from, flag), parseSize(to, flag)];
  if (min > max) throw usageError(`${flag} ${text} ends below its beginning`);
  return { kind: "range", min, max };
}

function parseMix(text: string, flag: string): SizeSpec {
  const choices = text.split(",").map((part) => {
    const [size = "", share = "", ...more] = part.trim().split(":");
    if (!PERCENT.test(share) || more.length > 0) throw wrong(flag, text);
    return { size: parseSize(size, flag), percent: Number.parseFloat(share) };
  });
  const total = choices.reduce((sum, { percent }) => sum + percent, 0);
  if (Math.abs(total - 100) < 1e-6) return { kind: "mix", choices };
  throw usageError(`the shares of ${flag} add up to ${Number(total.toFixed(6))} %, not to 100 %`);
}

function parseNormal(text: string, flag: string): SizeSpec {
  const [, middle = "", spread = "", ...more] = text.split(":");
  if (spread === "" || more.length > 0) throw wrong(flag, text);
  const [mean, deviation] = [parseMean(middle, flag), parseSize(spread, flag)];
  if (deviation <= mean / 2) return { kind: "normal", mean, deviation };
  throw usageError(
    `${flag} ${text} would have sizes below zero`,
    "The standard deviation is at most half the mean.",
  );
}

function parseMean(text: string, flag: string): number {
  const mean = parseSize(text, flag);
  if (mean > 0) return mean;
  throw usageError(`the mean of ${flag} must be at least one byte`);
}

function wrong(flag: string, text: string): Error {
  return usageError(`${flag} ${JSON.stringify(text)} is no size and no distribution`, FORMS);
}

/** The size of the next message. @param random uniform, from 0 to below 1 */
export function drawSize(spec: SizeSpec, random: () => number): number {
  switch (spec.kind) {
    case "fixed":
      return spec.size;
    case "range":
      return spec.min + Math.floor(random() * (spec.max - spec.min + 1));
    case "mix":
      return drawChoice(spec.choices, random() * 100);
    case "normal":
      return Math.round(drawNormal(spec.mean, spec.deviation, random));
    case "exponential":
      return Math.round(spec.mean * Math.min(EXPONENTIAL_REACH, Math.log(1 / (1 - random()))));
    default:
      return unreachable(spec);
  }
}

/** @param point from 0 to below 100 */
function drawChoice(choices: readonly SizeChoice[], point: number): number {
  let below = 0;
  for (const { size, percent } of choices) {
    below += percent;
    if (point < below) return size;
  }
  return choices.at(-1)?.size ?? 0;
}

/** By the method of Box and Muller. */
function drawNormal(mean: number, deviation: number, random: () => number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random()));
  const offset = deviation * radius * Math.cos(2 * Math.PI * random());
  const reach = normalReach(mean, deviation);
  return mean + Math.max(-reach, Math.min(reach, offset));
}

/** What is farther from the mean is taken back to here, on both sides alike: the mean stays. */
function normalReach(mean: number, deviation: number): number {
  return Math.min(4 * deviation, mean);
}

/** The smallest size that is ever drawn. */
export function minSize(spec: SizeSpec): number {
  return bounds(spec)[0];
}

/** The greatest size that is ever drawn. */
export function maxSize(spec: SizeSpec): number {
  return bounds(spec)[1];
}

function bounds(spec: SizeSpec): readonly [min: number, max: number] {
  switch (spec.kind) {
    case "fixed":
      return [spec.size, spec.size];
    case "range":
      return [spec.min, spec.max];
    case "mix": {
      const sizes = spec.choices.map(({ size }) => size);
      return [Math.min(...sizes), Math.max(...sizes)];
    }
    case "normal": {
      const reach = normalReach(spec.mean, spec.deviation);
      return [spec.mean - reach, spec.mean + reach];
    }
    case "exponential":
      return [0, EXPONENTIAL_REACH * spec.mean];
    default:
      return unreachable(spec);
  }
}

/** `20 B`, `100 B–2 KiB`, `70 % 20 B, 30 % 1 KiB`, `normal, mean 1 KiB, deviation 200 B`. */
export function describeSizes(spec: SizeSpec): string {
  switch (spec.kind) {
    case "fixed":
      return bytes(spec.size);
    case "range":
      return `${bytes(spec.min)}–${bytes(spec.max)}`;
    case "mix":
      return spec.choices.map(({ size, percent }) => `${percent} % ${bytes(size)}`).join(", ");
    case "normal":
      return `normal, mean ${bytes(spec.mean)}, deviation ${bytes(spec.deviation)}`;
    case "exponential":
      return `exponential, mean ${bytes(spec.mean)}, at most ${bytes(maxSize(spec))}`;
    default:
      return unreachable(spec);
  }
}

const UNITS = ["B", "KiB", "MiB", "GiB"] as const;

/** Never rounded: a size that was asked for is told as it is. */
function bytes(size: number): string {
  let [value, unit] = [size, 0];
  while (value > 0 && value % 1024 === 0 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value} ${UNITS[unit] ?? ""}`;
}
