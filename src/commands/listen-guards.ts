import { FramecatError, usageError } from "../errors.ts";
import type { Io } from "../io.ts";
import { isToken } from "../protocol/http-head.ts";
import type { RequiredCookie } from "../server/guards/cookie.ts";
import type { CrowdOptions } from "../server/guards/crowd.ts";
import {
  type GuardSettings,
  makeGuards,
  makeMayRead,
  type MayRead,
} from "../server/guards/index.ts";
import type { LivenessOptions } from "../server/guards/liveness.ts";
import { type OriginOptions, parseOriginPattern } from "../server/guards/origin.ts";
import type { TokenOptions } from "../server/guards/token.ts";
import type { Guard } from "../server/guard.ts";
import type { Places } from "../server/places.ts";
import type { RelayLimits } from "../server/relay/relay-limits.ts";
import type { ServeOptions } from "../transport/serve.ts";
import { parseCount, parseDurationMs, parseQuota, parseSize } from "../units.ts";
import type { Args } from "./command.ts";
import { parseSubprotocol } from "./dial-flags.ts";
import { readSecret } from "./secret-value.ts";

/** What the flags of GUARD_OPTIONS come to. */
export interface Guarding {
  readonly guards: readonly Guard[];
  /** Whether a plain HTTP request may be answered. */
  readonly mayRead: MayRead;
  /** What the connections themselves see to. */
  readonly serve: Pick<
    ServeOptions,
    "maxMessageLength" | "maxFragments" | "handshakeTimeoutMs" | "socketLimits"
  >;
}

/** Sockets that may be there beside clients: in a handshake, asking for a page, or refused just now. */
const SPARE_SOCKETS = 1000;
const SPARE_SOCKETS_PER_ADDRESS = 20;
/** How long a slow reader may take to read why it is shown out. */
const CLOSE_TIMEOUT_MS = 5000;

/** The mode that takes sockets over and passes on every frame: no message of a client is seen here. */
const FRAMES_ONLY = "relay";
/** The mode that runs programs, which is nothing for a page of anybody in a browser of this machine. */
const RUNS_PROGRAMS = "exec";
/** What is not for that mode, and why; `off` says what is so anyway. */
const NOT_FOR_RELAYS: Readonly<Record<string, string>> = {
  "ping-interval": "whose server and clients ping each other",
  "ping-timeout": "whose server and clients ping each other",
  "max-buffered": "which reads no faster than the other side takes it",
  "token-timeout": "which wants the token in the request",
};

/**
 * @param mode what the server does with its clients
 * @param places where clients are counted that are not to be counted here
 * @throws FramecatError (usage)
 */
export function readGuards(args: Args, io: Io, mode: string, places?: Places): Guarding {
  if (mode === FRAMES_ONLY) refuseForRelays(args);
  const settings = readSettings(args, io.env, mode, places);
  const maxFragments = limit(args, "max-fragments", count, "1000");
  return {
    guards: makeGuards(settings, io.clock),
    mayRead: makeMayRead(settings),
    serve: {
      maxMessageLength: atLeastOne(args, "max-payload", guarded(args) ? "1MiB" : "100MiB"),
      ...(maxFragments !== undefined && { maxFragments }),
      handshakeTimeoutMs: duration(args.text("handshake-timeout") ?? "10s", "--handshake-timeout"),
      ...(settings.crowd && { socketLimits: socketLimits(settings.crowd) }),
    },
  };
}

/** What a relay sees to itself; without --guarded nothing of its clients is limited but by flags. */
export function readRelayLimits(args: Args): RelayLimits {
  const given = guarded(args) || args.text("max-payload") !== undefined;
  return {
    maxMessageLength: given ? atLeastOne(args, "max-payload", "1MiB") : undefined,
    maxFragments: limit(args, "max-fragments", count, "1000"),
    rate: limit(args, "max-rate", parseQuota, "100/m"),
    idleMs: limit(args, "idle-timeout", duration, "5m"),
  };
}

function refuseForRelays(args: Args): void {
  for (const [name, why] of Object.entries(NOT_FOR_RELAYS)) {
    const text = args.text(name);
    if (text !== undefined && text !== "off") {
      throw usageError(`--${name} is not for a relay, ${why}`);
    }
  }
}

function readSettings(
  args: Args,
  env: Io["env"],
  mode: string,
  places: Places | undefined,
): GuardSettings {
  const needsSubprotocol = args.flag("require-subprotocol");
  const cookies = args.list("require-cookie").map((text) => parseCookie(text, env));
  const users = args.list("basic-auth").map((text) => parseUser(text, env));
  return {
    origin: readOrigin(args, guarded(args) || mode === RUNS_PROGRAMS ? "self" : "*"),
    subprotocols: needsSubprotocol ? args.list("subprotocol").map(parseSubprotocol) : undefined,
    users: users.length > 0 ? users : undefined,
    token: readToken(args, env, mode !== FRAMES_ONLY),
    cookies: cookies.length > 0 ? cookies : undefined,
    csrf: readCsrf(args),
    crowd: readCrowd(args, places),
    liveness: readLiveness(args),
    idleMs: limit(args, "idle-timeout", duration, "5m"),
    rate: limit(args, "max-rate", parseQuota, "100/m"),
    slowReader: {
      maxBuffered: atLeastOne(args, "max-buffered", guarded(args) ? "4MiB" : "64MiB"),
      closeTimeoutMs: CLOSE_TIMEOUT_MS,
    },
    limits:
      guarded(args) ||
      ["max-payload", "max-fragments"].some((name) => args.text(name) !== undefined),
  };
}

function guarded(args: Args): boolean {
  return args.flag("guarded");
}

/** What a flag says that may be `off`; @param whenGuarded what --guarded says where it is not given */
function limit<T>(
  args: Args,
  name: string,
  parse: (text: string, flag: string) => T,
  whenGuarded: string,
): T | undefined {
  return unlessOff(args.text(name) ?? (guarded(args) ? whenGuarded : "off"), `--${name}`, parse);
}

function unlessOff<T>(
  text: string,
  flag: string,
  parse: (text: string, flag: string) => T,
): T | undefined {
  if (text === "off") return undefined;
  try {
    return parse(text, flag);
  } catch (thrown) {
    throw thrown instanceof FramecatError
      ? usageError(thrown.message, thrown.hint ?? `Or ${flag} off.`)
      : thrown;
  }
}

function count(text: string, flag: string): number {
  return parseCount(text, flag);
}

function duration(text: string, flag: string): number {
  const ms = parseDurationMs(text, flag);
  if (ms >= 1) return ms;
  throw usageError(`${flag} must be at least 1ms`);
}

function atLeastOne(args: Args, name: string, fallback: string): number {
  const size = parseSize(args.text(name) ?? fallback, `--${name}`);
  if (size > 0) return size;
  throw usageError(`--${name} must be at least one byte`);
}

/** @param fallback who is allowed where nothing is said */
function readOrigin(args: Args, fallback: "self" | "*"): OriginOptions | undefined {
  const [given, required] = [args.list("allow-origin"), args.flag("require-origin")];
  const texts = given.length > 0 ? given : [fallback];
  if (given.length === 0 && !required && fallback === "*") return undefined;
  const host = args.text("host");
  return {
    allowed: texts.map((text) => parseOriginPattern(text, "--allow-origin", host)),
    required,
  };
}

function readToken(args: Args, env: Io["env"], seesMessages: boolean): TokenOptions | undefined {
  const tokens = args
    .list("token")
    .map((text) => nonEmpty(readSecret(text, "--token", env), "--token"));
  const timeout = args.text("token-timeout");
  if (tokens.length === 0) {
    if (timeout === undefined) return undefined;
    throw usageError("--token-timeout needs --token");
  }
  const timeoutMs = unlessOff(timeout ?? "5s", "--token-timeout", duration);
  return {
    tokens,
    timeoutMs: seesMessages ? timeoutMs : undefined,
    showSecrets: args.flag("show-secrets"),
  };
}

/** An empty secret, as of a variable that is not set, would let everybody in. */
function nonEmpty(text: string, flag: string): string {
  if (text !== "") return text;
  throw usageError(`${flag} must not be empty`);
}

function parseUser(text: string, env: Io["env"]): string {
  const user = readSecret(text, "--basic-auth", env);
  if (/^[^:]+:./s.test(user)) return user;
  throw usageError("--basic-auth must be of the form USER:PASS, neither empty");
}

function parseCookie(text: string, env: Io["env"]): RequiredCookie {
  const equals = text.indexOf("=");
  const name = checkCookieName(equals === -1 ? text : text.slice(0, equals), "--require-cookie");
  if (equals === -1) return { name };
  const flag = `--require-cookie ${name}`;
  return { name, value: nonEmpty(readSecret(text.slice(equals + 1), flag, env), flag) };
}

function readCsrf(args: Args): string | undefined {
  const name = args.text("csrf");
  return name === undefined ? undefined : checkCookieName(name, "--csrf");
}

function checkCookieName(name: string, flag: string): string {
  if (isToken(name)) return name;
  throw usageError(`${flag} must begin with the name of a cookie`, `Example: ${flag} session.`);
}

function readCrowd(args: Args, places: Places | undefined): CrowdOptions | undefined {
  const total = limit(args, "max-connections", count, "1000");
  const perAddress = limit(args, "max-per-ip", count, "10");
  return total === undefined && perAddress === undefined
    ? undefined
    : { total, perAddress, places };
}

/** Those that are no clients are bounded with them, or a handshake that never ends would cost nothing. */
function socketLimits({ total, perAddress }: CrowdOptions): CrowdOptions {
  return {
    ...(total !== undefined && { total: total + SPARE_SOCKETS }),
    ...(perAddress !== undefined && { perAddress: perAddress + SPARE_SOCKETS_PER_ADDRESS }),
  };
}

function readLiveness(args: Args): LivenessOptions | undefined {
  const intervalMs = limit(args, "ping-interval", duration, "30s");
  const timeout = args.text("ping-timeout");
  if (intervalMs !== undefined) {
    return { intervalMs, timeoutMs: duration(timeout ?? "30s", "--ping-timeout") };
  }
  if (timeout === undefined) return undefined;
  throw usageError("--ping-timeout needs --ping-interval");
}
