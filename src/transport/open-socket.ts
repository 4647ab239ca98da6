import { lookup as systemLookup } from "node:dns";
import type { LookupFunction, Socket } from "node:net";
import { type Clock, elapsedMs } from "../clock.ts";
import { connectFailure, type Phase } from "./connect-failure.ts";
import { type Attempt, connectSocket } from "./connect-socket.ts";
import type { Timings, TlsFacts } from "./events.ts";
import { type HostEntry, lookupIn } from "./host-entries.ts";
import type { Proxy } from "./proxy.ts";
import { openTunnel, talkOf } from "./proxy-tunnel.ts";
import { prepareTls, secureSocket, tlsFacts, type TlsOptions } from "./secure-socket.ts";
import type { Target } from "./target.ts";

export type { TlsOptions } from "./secure-socket.ts";

/** The way to the target, beside its address. */
export interface RouteOptions {
  /** Leads to the target; a unix socket is reached without. */
  readonly proxy?: Proxy | undefined;
  /** Addresses that are known without asking. */
  readonly hosts?: readonly HostEntry[] | undefined;
  /** Asked for other names; default: the system's resolver. */
  readonly lookup?: LookupFunction | undefined;
  /** Addresses of this family alone are asked for. */
  readonly family?: 4 | 6 | undefined;
  /** Source address. */
  readonly localAddress?: string | undefined;
}

export interface SocketOptions extends RouteOptions {
  readonly clock: Clock;
  readonly tls?: TlsOptions;
  /** Limit for resolving, connecting, the proxy and TLS together. */
  readonly connectTimeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

export interface OpenedSocket {
  readonly socket: Socket;
  /** `address:port` of the peer, which may be a proxy, or the path of the unix socket. */
  readonly remote: string;
  /** What led there, where something did. */
  readonly proxy?: Proxy | undefined;
  /** `dns` is what was resolved here; a proxy's part of the way is in `tcp`. */
  readonly timings: Timings;
  readonly tls?: TlsFacts;
}

/**
 * Resolves, connects, through the proxy where there is one, and for `wss` does the TLS handshake;
 * each is timed.
 * @throws FramecatError (name-resolution, unreachable, connect-timeout, proxy, tls, interrupted;
 * usage for certificates and keys that cannot be read, before anything is connected)
 */
export async function openSocket(target: Target, options: SocketOptions): Promise<OpenedSocket> {
  const { clock, localAddress, tls = NO_TLS_OPTIONS } = options;
  const proxy = target.socketPath === undefined ? options.proxy : undefined;
  if (target.secure || proxy?.kind === "https") prepareTls(tls);
  // Loaded before the clock starts.
  const talk = proxy && (await talkOf(proxy));
  const start = clock.now().ns;
  const deadline = start + BigInt(Math.round(options.connectTimeoutMs * 1e6));
  const attempt: Attempt = { ...options, deadline };
  const { lookup, spentMs } = timedLookup(options);
  const socket = await (proxy && talk
    ? openTunnel(target, proxy, attempt, { lookup, localAddress, tls, talk })
    : inOurWords(target, "tcp", connectSocket(target, attempt, { lookup, localAddress })));
  const tcp = elapsedMs(start, clock.now().ns);
  const opened: OpenedSocket = {
    socket,
    remote: target.socketPath ?? remoteOf(socket),
    ...(proxy && { proxy }),
    timings: connectTimings(tcp, spentMs()),
  };
  return target.secure ? secure(opened, target, attempt, tls) : opened;
}

async function secure(
  opened: OpenedSocket,
  target: Target,
  attempt: Attempt,
  tls: TlsOptions,
): Promise<OpenedSocket> {
  const { clock } = attempt;
  const start = clock.now().ns;
  const hostname = tls.servername ?? target.hostname;
  const handshake = secureSocket(opened.socket, target, attempt, tls, hostname);
  const socket = await inOurWords({ ...target, hostname }, "tls", handshake);
  const timings = { ...opened.timings, tls: elapsedMs(start, clock.now().ns) };
  return { ...opened, socket, timings, tls: tlsFacts(socket) };
}

/** One object, so that all sockets without options share one context. */
const NO_TLS_OPTIONS: TlsOptions = {};

/** @param dnsMs how much of it was resolving, where a resolver was asked */
export function connectTimings(tookMs: number, dnsMs: number | undefined): Timings {
  return dnsMs === undefined ? { tcp: tookMs } : { dns: dnsMs, tcp: tookMs - dnsMs };
}

export interface TimedLookup {
  readonly lookup: LookupFunction;
  /** How long it was waited for; undefined where it was not asked. */
  readonly spentMs: () => number | undefined;
}

/** The resolver to ask, and how long that takes. */
export function timedLookup({
  clock,
  lookup = systemLookup,
  hosts = [],
  family,
}: Pick<SocketOptions, "clock" | "lookup" | "hosts" | "family">): TimedLookup {
  let spent: number | undefined;
  const known = hosts.length > 0 ? lookupIn(hosts, lookup) : lookup;
  const resolve = family === undefined ? known : lookupOf(family, known);
  return {
    spentMs: () => spent,
    lookup: (hostname, options, callback) => {
      const asked = clock.now().ns;
      resolve(hostname, options, (...found) => {
        spent = (spent ?? 0) + elapsedMs(asked, clock.now().ns);
        callback(...found);
      });
    },
  };
}

/** A resolver that gives addresses of one family, and fails in its name. */
function lookupOf(family: 4 | 6, other: LookupFunction): LookupFunction {
  return (hostname, options, callback) =>
    other(hostname, { ...options, family }, (failure, ...found) =>
      callback(failure && Object.assign(new Error(failure.message), failure, { family }), ...found),
    );
}

async function inOurWords<T>(target: Target, phase: Phase, step: Promise<T>): Promise<T> {
  try {
    return await step;
  } catch (thrown) {
    throw connectFailure(thrown, target, phase);
  }
}

/** `address:port` of the peer. */
export function remoteOf({ remoteAddress = "", remotePort = 0 }: Socket): string {
  return remoteAddress.includes(":")
    ? `[${remoteAddress}]:${remotePort}`
    : `${remoteAddress}:${remotePort}`;
}
