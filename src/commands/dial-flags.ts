import { readFileSync } from "node:fs";
import { messageOf, usageError } from "../errors.ts";
import { isToken } from "../protocol/http-head.ts";
import type { DialOptions } from "../transport/dial.ts";
import { parseTarget } from "../transport/target.ts";
import { parseDurationMs } from "../units.ts";
import type { Args } from "./command.ts";

export type DialFlags = Pick<
  DialOptions,
  | "target"
  | "subprotocols"
  | "headers"
  | "origin"
  | "tls"
  | "connectTimeoutMs"
  | "handshakeTimeoutMs"
>;

/**
 * Reads the flags of DIAL_OPTIONS.
 * @throws FramecatError (usage)
 */
export function readDialFlags(url: string, args: Args): DialFlags {
  return {
    target: parseTarget(url),
    subprotocols: args.list("subprotocol").map(parseSubprotocol),
    headers: args.list("header").map(parseHeader),
    origin: args.text("origin"),
    tls: {
      insecure: args.flag("insecure"),
      ...pem(args, "ca"),
      ...pem(args, "cert"),
      ...pem(args, "key"),
    },
    connectTimeoutMs: duration(args, "connect-timeout", "10s"),
    handshakeTimeoutMs: duration(args, "handshake-timeout", "10s"),
  };
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
