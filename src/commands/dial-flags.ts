import { readFileSync } from "node:fs";
import { messageOf, usageError } from "../errors.ts";
import { isToken } from "../protocol/http-head.ts";
import type { DialOptions } from "../transport/dial.ts";
import { entriesFor, type HostEntry, parseHostEntry } from "../transport/host-entries.ts";
import { parseProxy, type Proxy } from "../transport/proxy.ts";
import { environmentProxy } from "../transport/proxy-environment.ts";
import { parseServerName } from "../transport/secure-socket.ts";
import { parseTarget, placeOf, type Target } from "../transport/target.ts";
import { parseDurationMs } from "../units.ts";
import type { Io } from "../io.ts";
import type { Args } from "./command.ts";

export type DialFlags = Pick<
  DialOptions,
  | "target"
  | "subprotocols"
  | "headers"
  | "origin"
  | "tls"
  | "proxy"
  | "hosts"
  | "connectTimeoutMs"
  | "handshakeTimeoutMs"
>;

/**
 * Reads the flags of DIAL_OPTIONS.
 * @param env where a proxy is looked for that no flag names
 * @throws FramecatError (usage)
 */
export function readDialFlags(url: string, args: Args, env: Io["env"] = {}): DialFlags {
  const target = parseTarget(url);
  const proxy = readProxy(target, args.text("proxy"), env);
  const hosts = readHosts(args.list("resolve"), target, proxy);
  return {
    target,
    ...(proxy && { proxy }),
    ...(hosts.length > 0 && { hosts }),
    subprotocols: args.list("subprotocol").map(parseSubprotocol),
    headers: args.list("header").map(parseHeader),
    origin: args.text("origin"),
    tls: {
      insecure: args.flag("insecure"),
      ...pem(args, "ca"),
      ...pem(args, "cert"),
      ...pem(args, "key"),
      ...serverName(args.text("sni")),
    },
    connectTimeoutMs: duration(args, "connect-timeout", "10s"),
    handshakeTimeoutMs: duration(args, "handshake-timeout", "10s"),
  };
}

function readProxy(target: Target, given: string | undefined, env: Io["env"]): Proxy | undefined {
  if (given === undefined) return environmentProxy(target, env);
  if (given === "none") return undefined;
  if (target.socketPath === undefined) return parseProxy(given, "--proxy");
  throw usageError("no proxy leads to a unix socket", "Leave --proxy away.");
}

/** Entries for another place would go unnoticed: a port that is mistyped, most likely. */
function readHosts(
  texts: readonly string[],
  target: Target,
  proxy: Proxy | undefined,
): readonly HostEntry[] {
  const places = proxy ? [target, proxy] : [target];
  return texts.flatMap((text) => {
    const used = entriesFor([parseHostEntry(text, "--resolve")], places);
    if (used.length > 0) return used;
    const dialled = places.map(placeOf).join(" and ");
    throw usageError(`--resolve ${JSON.stringify(text)} is not for ${dialled}`);
  });
}

function serverName(name: string | undefined): { readonly servername?: string } {
  return name === undefined ? {} : { servername: parseServerName(name, "--sni") };
}

/** A duration flag with its default, in milliseconds. */
export function duration(args: Args, name: string, fallback: string): number {
  return parseDurationMs(args.text(name) ?? fallback, `--${name}`);
}

/** @throws FramecatError (usage) for what is no token (RFC 6455, section 4.1) */
export function parseSubprotocol(name: string): string {
  if (isToken(name)) return name;
  throw usageError(`--subprotocol ${JSON.stringify(name)} is no token`);
}

function parseHeader(line: string): readonly [string, string] {
  const colon = line.indexOf(":");
  const name = line.slice(0, Math.max(colon, 0)).trim();
  if (isToken(name)) return [name, line.slice(colon + 1).trim()];
  // What follows the first word may be a secret.
  const [word = ""] = line.trim().split(/[\s:]/);
  throw usageError(`--header ${JSON.stringify(`${word}…`)} is not of the form 'Name: value'`);
}

function pem<K extends "ca" | "cert" | "key">(args: Args, name: K): { [key in K]?: string } {
  const file = args.text(name);
  if (file === undefined) return {};
  try {
    return { [name]: readFileSync(file, "utf8") } as { [key in K]: string };
  } catch (thrown) {
    throw usageError(`--${name}: ${messageOf(thrown)}`);
  }
}
