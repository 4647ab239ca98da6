import type { LookupAddress } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import { usageError } from "../errors.ts";
import { answer } from "./caching-lookup.ts";

/** Addresses that stand for a name, as a line of /etc/hosts has them. */
export interface HostEntry {
  readonly hostname: string;
  readonly port: number;
  readonly addresses: readonly LookupAddress[];
}

/**
 * `host:port:address[,address…]` as curl takes it, IPv6 addresses with or without brackets.
 * @throws FramecatError (usage) naming `flag`
 */
export function parseHostEntry(text: string, flag: string): HostEntry {
  const [, name = "", digits, list = ""] = /^([^:\s]+):(\d{1,5}):(\S+)$/.exec(text) ?? [];
  const port = Number(digits);
  const addresses = list.split(",").map((part) => part.replace(/^\[(.*)\]$/, "$1"));
  const hostname = hostnameOf(name);
  if (hostname === undefined || !(port > 0 && port < 65_536) || !addresses.every(isIP)) {
    throw usageError(
      `${flag} must be HOST:PORT:ADDRESS, not ${JSON.stringify(text)}`,
      `Example: ${flag} example.net:443:127.0.0.1.`,
    );
  }
  return {
    hostname,
    port,
    addresses: addresses.map((address) => ({ address, family: isIP(address) })),
  };
}

/** The name as a URL has it: in lower case and in ASCII. */
function hostnameOf(name: string): string | undefined {
  const url = `ws://${name}/`;
  return /^[^/?#@\\]+$/.test(name) && URL.canParse(url) ? new URL(url).hostname : undefined;
}

/** A resolver that knows the entries, and asks `other` for the rest. */
export function lookupIn(entries: readonly HostEntry[], other: LookupFunction): LookupFunction {
  return (hostname, options, callback) => {
    const entry = entries.find((one) => one.hostname === hostname);
    if (!entry) return other(hostname, options, callback);
    queueMicrotask(() => answer(hostname, [null, entry.addresses], options, callback));
  };
}

/** The entries for these places, since a resolver is not told the port. */
export function entriesFor(
  entries: readonly HostEntry[],
  places: readonly { readonly hostname: string; readonly port: number }[],
): HostEntry[] {
  return entries.filter((entry) =>
    places.some(({ hostname, port }) => entry.hostname === hostname && entry.port === port),
  );
}
