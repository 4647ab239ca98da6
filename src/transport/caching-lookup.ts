import { type LookupAddress, type LookupOptions, lookup as systemLookup } from "node:dns";
import type { LookupFunction } from "node:net";

/** Failures are asked for again soon: a server that comes up is found. */
const FAILURE_TTL_MS = 1000;

type Failure = NodeJS.ErrnoException | null;
type Found = readonly [failure: Failure, addresses: readonly LookupAddress[]];
type Callback = Parameters<LookupFunction>[2];
type LookupAll = (
  hostname: string,
  options: LookupOptions & { readonly all: true },
  callback: (failure: Failure, addresses: LookupAddress[]) => void,
) => void;

export interface CachingLookupOptions {
  readonly lookup?: LookupAll;
  /** Monotonic milliseconds. */
  readonly now?: () => number;
}

interface Entry {
  readonly until: number;
  readonly found: Found;
}

/**
 * A resolver that asks the system's once for a name and keeps its answer for `ttlMs`; who asks in the
 * meantime shares the query. Made for one run: a new one forgets everything.
 */
export function cachingLookup(
  ttlMs: number,
  { lookup = systemLookup, now = () => performance.now() }: CachingLookupOptions = {},
): LookupFunction {
  const known = new Map<string, Entry>();
  const asking = new Map<string, ((found: Found) => void)[]>();
  const ask = (key: string, hostname: string, options: LookupOptions): void => {
    lookup(hostname, { ...options, family: 0, all: true }, (failure, addresses) => {
      const found: Found = [failure, failure ? [] : addresses];
      const keptMs = failure ? Math.min(ttlMs, FAILURE_TTL_MS) : ttlMs;
      known.set(key, { found, until: now() + keptMs });
      const waiting = asking.get(key) ?? [];
      asking.delete(key);
      for (const tell of waiting) tell(found);
    });
  };
  return (hostname, options, callback) => {
    // Hints and order change what comes out.
    const key = JSON.stringify([hostname, options.hints, options.order, options.verbatim]);
    const tell = (found: Found): void => answer(hostname, found, options, callback);
    const entry = known.get(key);
    if (entry && now() < entry.until) {
      // Not a turn later: in a storm that would look like the time of a resolver.
      queueMicrotask(() => tell(entry.found));
      return;
    }
    const waiting = asking.get(key);
    if (waiting) {
      waiting.push(tell);
      return;
    }
    asking.set(key, [tell]);
    ask(key, hostname, options);
  };
}

/** Gives what was asked for: all addresses or the first, of both families or of one. */
export function answer(
  hostname: string,
  [failure, addresses]: Found,
  { all = false, family = 0 }: LookupOptions,
  callback: Callback,
): void {
  const wanted = family === "IPv4" ? 4 : family === "IPv6" ? 6 : family;
  const fitting = addresses.filter((one) => wanted === 0 || one.family === wanted);
  const [first] = fitting;
  if (failure) callback(failure, "");
  else if (!first) callback(notFound(hostname), "");
  else if (all) callback(null, fitting);
  else callback(null, first.address, first.family);
}

function notFound(hostname: string): NodeJS.ErrnoException {
  const message = `no address of the family asked for: ${hostname}`;
  return Object.assign(new Error(message), { code: "ENOTFOUND", syscall: "getaddrinfo", hostname });
}
