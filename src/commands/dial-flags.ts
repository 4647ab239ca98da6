import { usageError } from "../errors.ts";
import type { Io } from "../io.ts";
import type { DialOptions } from "../transport/dial.ts";
import { entriesFor, type HostEntry, parseHostEntry } from "../transport/host-entries.ts";
import { parseProxy, type Proxy } from "../transport/proxy.ts";
import { environmentProxy } from "../transport/proxy-environment.ts";
import type { Redirects } from "../transport/redirect.ts";
import { addressFamily, parseTarget, placeOf, type Target } from "../transport/target.ts";
import { parseCount, parseDurationMs } from "../units.ts";
import type { Args } from "./command.ts";
import { readRequestFlags } from "./header-flags.ts";
import { readTlsFlags } from "./tls-flags.ts";

export { parseSubprotocol } from "./header-flags.ts";

/** What LOAD_DIAL_OPTIONS come to. */
export type LoadDialFlags = Pick<
  DialOptions,
  | "target"
  | "subprotocols"
  | "headers"
  | "origin"
  | "host"
  | "version"
  | "tls"
  | "proxy"
  | "hosts"
  | "family"
  | "connectTimeoutMs"
  | "handshakeTimeoutMs"
>;

/** What DIAL_OPTIONS come to. */
export type DialFlags = LoadDialFlags & Pick<DialOptions, "redirects">;

type Env = Io["env"];

const DEFAULT_REDIRECTS = "10";
const MAX_REDIRECTS = 100;

/**
 * Reads the flags of DIAL_OPTIONS.
 * @param env where a proxy is looked for that no flag names, SSLKEYLOGFILE, and secrets
 * @throws FramecatError (usage)
 */
export function readDialFlags(url: string, args: Args, env: Env = {}): DialFlags {
  const target = parseTarget(url);
  const redirects = readRedirects(args, env);
  const places = redirects ? "any" : "dialled";
  return { ...readFlags(target, args, env, places), ...(redirects && { redirects }) };
}

/**
 * Reads the flags of LOAD_DIAL_OPTIONS.
 * @param flag the one that the address is given with, if any
 * @throws FramecatError (usage)
 */
export function readLoadDialFlags(
  url: string,
  args: Args,
  env: Env = {},
  flag?: string,
): LoadDialFlags {
  return readFlags(parseTarget(url, flag), args, env, "dialled");
}

/** @param resolved which places --resolve may name */
function readFlags(
  target: Target,
  args: Args,
  env: Env,
  resolved: "dialled" | "any",
): LoadDialFlags {
  const proxy = readProxy(target, args.text("proxy"), env);
  const hosts = readHosts(args.list("resolve"), resolved === "any" ? undefined : [target, proxy]);
  const family = readFamily(args, proxy ?? target);
  return {
    target,
    ...(proxy && { proxy }),
    ...(hosts.length > 0 && { hosts }),
    ...(family && { family }),
    ...readRequestFlags(args, env, target),
    tls: readTlsFlags(args, env),
    connectTimeoutMs: duration(args, "connect-timeout", "10s"),
    handshakeTimeoutMs: duration(args, "handshake-timeout", "10s"),
  };
}

function readRedirects(args: Args, env: Env): Redirects | undefined {
  const limit = args.text("max-redirects");
  if (!args.flag("location")) {
    if (limit === undefined) return undefined;
    throw usageError("--max-redirects needs --location");
  }
  return {
    limit: parseCount(limit ?? DEFAULT_REDIRECTS, "--max-redirects", 1, MAX_REDIRECTS),
    proxyFor: (target) => readProxy(target, args.text("proxy"), env),
  };
}

function readProxy(target: Target, given: string | undefined, env: Env): Proxy | undefined {
  if (given === undefined) return environmentProxy(target, env);
  if (given === "none") return undefined;
  if (target.socketPath === undefined) return parseProxy(given, "--proxy");
  throw usageError("no proxy leads to a unix socket", "Leave --proxy away.");
}

/**
 * Entries for another place would go unnoticed: a port that is mistyped, most likely.
 * @param dialled absent where it is not known yet what will be
 */
function readHosts(
  texts: readonly string[],
  dialled: readonly (Target | Proxy | undefined)[] | undefined,
): readonly HostEntry[] {
  const places = dialled?.filter((place) => place !== undefined);
  return texts.flatMap((text) => {
    const entry = parseHostEntry(text, "--resolve");
    if (!places || entriesFor([entry], places).length > 0) return [entry];
    const known = places.map(placeOf).join(" and ");
    throw usageError(`--resolve ${JSON.stringify(text)} is not for ${known}`);
  });
}

/** @param first what is connected to, perhaps by its address */
function readFamily(args: Args, first: Target | Proxy): 4 | 6 | undefined {
  const [four, six] = [args.flag("ipv4"), args.flag("ipv6")];
  if (four && six) throw usageError("--ipv4 and --ipv6 exclude each other", "Give one of them.");
  if (!four && !six) return undefined;
  const family = four ? 4 : 6;
  const own = addressFamily(first);
  if (own === undefined || own === family) return family;
  throw usageError(`${placeOf(first)} is no place for --ipv${family}`);
}

/** A duration flag with its default, in milliseconds. */
export function duration(args: Args, name: string, fallback: string): number {
  return parseDurationMs(args.text(name) ?? fallback, `--${name}`);
}
