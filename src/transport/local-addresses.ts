import { isIP } from "node:net";
import { usageError } from "../errors.ts";

/** Addresses to connect from, in order; none is spelled out before it is asked for. */
export interface LocalAddresses {
  readonly count: number;
  /** @param index from 0 to count - 1 */
  at(index: number): string;
}

/** Neighbouring addresses, as numbers. */
interface Span {
  readonly version: 4 | 6;
  readonly first: bigint;
  readonly count: number;
  /** `%eth0` of a link-local address. */
  readonly zone: string;
}

/** All of IPv4. */
const MAX_COUNT = 2 ** 32;

/**
 * Reads `127.0.0.2`, `127.0.0.2-127.0.0.9`, `127.0.1.0/28`, and lists of those; IPv6 alike. A network
 * stands for all its addresses, the first and the last too.
 * @throws FramecatError (usage) naming `flag`
 */
export function parseLocalAddresses(text: string, flag: string): LocalAddresses {
  const spans = text.split(",").map((part) => parseSpan(part.trim(), flag));
  const count = spans.reduce((total, span) => total + span.count, 0);
  if (count > MAX_COUNT) throw usageError(`${flag} ${JSON.stringify(text)} is too many addresses`);
  return { count, at: (index) => addressAt(spans, index) };
}

function addressAt(spans: readonly Span[], index: number): string {
  let at = index;
  for (const { version, first, count, zone } of spans) {
    if (at >= 0 && at < count) return format(version, first + BigInt(at)) + zone;
    at -= count;
  }
  throw new RangeError(`there is no local address ${index}`);
}

function parseSpan(part: string, flag: string): Span {
  const span = parseSingle(part) ?? parseNetwork(part) ?? parseRange(part);
  if (span) return span;
  throw usageError(
    `${flag} ${JSON.stringify(part)} is no address, range or network`,
    `Examples: ${flag} 127.0.0.2, 127.0.0.2-127.0.0.9, 127.0.1.0/28.`,
  );
}

function parseSingle(text: string): Span | undefined {
  const version = isIP(text);
  if (version !== 4 && version !== 6) return undefined;
  const [address = "", zone] = text.split("%");
  const first = numberOf(version, address);
  return { version, first, count: 1, zone: zone === undefined ? "" : `%${zone}` };
}

function parseNetwork(text: string): Span | undefined {
  const [, address = "", prefix = ""] = /^(.*)\/(\d{1,3})$/.exec(text) ?? [];
  const within = parseSingle(address);
  if (!within || Number(prefix) > bitsOf(within.version)) return undefined;
  const size = 1n << BigInt(bitsOf(within.version) - Number(prefix));
  return { ...within, first: within.first - (within.first % size), count: Number(size) };
}

function parseRange(text: string): Span | undefined {
  const [from = "", to = "", ...more] = text.split("-").map((end) => end.trim());
  const [first, last] = [parseSingle(from), parseSingle(to)];
  if (!first || !last || more.length > 0) return undefined;
  const sameKind = first.version === last.version && first.zone === last.zone;
  if (!sameKind || last.first < first.first) return undefined;
  return { ...first, count: Number(last.first - first.first) + 1 };
}

function bitsOf(version: 4 | 6): number {
  return version === 4 ? 32 : 128;
}

function numberOf(version: 4 | 6, address: string): bigint {
  if (version === 4) {
    return address.split(".").reduce((number, byte) => number * 256n + BigInt(byte), 0n);
  }
  return groupsOf(address).reduce((number, group) => number * 65_536n + BigInt(`0x${group}`), 0n);
}

/** The eight groups; a URL has them in hex, an IPv4 tail too, and `::` for the longest row of zeros. */
function groupsOf(address: string): string[] {
  const [head = "", tail] = new URL(`ws://[${address}]/`).hostname.slice(1, -1).split("::");
  const groups = (text: string) => (text === "" ? [] : text.split(":"));
  const [before, after] = [groups(head), groups(tail ?? "")];
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => "0");
  return [...before, ...zeros, ...after];
}

function format(version: 4 | 6, number: bigint): string {
  if (version === 4) {
    return [24n, 16n, 8n, 0n].map((shift) => String((number >> shift) & 255n)).join(".");
  }
  const groups = Array.from({ length: 8 }, (_, i) =>
    ((number >> BigInt(112 - 16 * i)) & 65_535n).toString(16),
  );
  return new URL(`ws://[${groups.join(":")}]/`).hostname.slice(1, -1);
}
