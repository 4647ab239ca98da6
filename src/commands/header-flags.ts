import { usageError } from "../errors.ts";
import type { Io } from "../io.ts";
import { type Headers, isHeadText, isToken } from "../protocol/http-head.ts";
import type { UpgradeOptions } from "../transport/client-upgrade.ts";
import type { Target } from "../transport/target.ts";
import { parseCount } from "../units.ts";
import type { Args } from "./command.ts";
import { readSecret, readTextFile } from "./secret-value.ts";

export type RequestFlags = Required<Pick<UpgradeOptions, "subprotocols" | "headers">> &
  Pick<UpgradeOptions, "origin" | "host" | "version">;

type Env = Io["env"];
type Header = Headers[number];

/** A version has one octet (RFC 6455, section 11.6). */
const MAX_VERSION = 255;

/**
 * Reads the flags of requests: what the opening request holds beside the address.
 * @throws FramecatError (usage), which repeats no value
 */
export function readRequestFlags(args: Args, env: Env, target: Target): RequestFlags {
  const given = args.list("header").flatMap((text) => readHeaders(text, env));
  refuseTwice(args, given, target);
  const headers = [
    ...headerOf("User-Agent", sendableText(args, "user-agent")),
    ...headerOf("Authorization", readAuthorization(args, env)),
    ...headerOf("Cookie", readCookies(args.list("cookie"), env)),
    ...given,
  ];
  const origin = sendableText(args, "origin");
  const [host, version] = [args.text("host"), args.text("ws-version")];
  return {
    subprotocols: args.list("subprotocol").map(parseSubprotocol),
    headers,
    ...(origin !== undefined && { origin }),
    ...(host !== undefined && { host: parseHost(host) }),
    ...(version !== undefined && { version: parseCount(version, "--ws-version", 0, MAX_VERSION) }),
  };
}

function headerOf(name: string, value: string | undefined): Header[] {
  return value === undefined ? [] : [[name, value]];
}

/** Flags that make a header, beside --header. */
const MAKERS: readonly (readonly [flag: string, header: string])[] = [
  ["auth", "Authorization"],
  ["bearer", "Authorization"],
  ["cookie", "Cookie"],
  ["host", "Host"],
  ["origin", "Origin"],
  ["subprotocol", "Sec-WebSocket-Protocol"],
  ["user-agent", "User-Agent"],
  ["ws-version", "Sec-WebSocket-Version"],
];

/** One of two would go unnoticed, or both be sent. */
function refuseTwice(args: Args, given: Headers, { credentials }: Target): void {
  const makers = new Map<string, string>();
  const claim = (header: string, maker: string): void => {
    const other = makers.get(header.toLowerCase());
    makers.set(header.toLowerCase(), maker);
    if (other === undefined || other === maker) return;
    throw usageError(`${other} and ${maker} both set the ${header} header`, "Give one of them.");
  };
  if (credentials !== undefined) claim("Authorization", "the user in the address");
  for (const [flag, header] of MAKERS) if (isGiven(args, flag)) claim(header, `--${flag}`);
  for (const [name] of given) claim(name, `--header ${name.toLowerCase()}`);
}

function isGiven(args: Args, flag: string): boolean {
  const isList = flag === "cookie" || flag === "subprotocol";
  return isList ? args.list(flag).length > 0 : args.text(flag) !== undefined;
}

/** `Name: value`, the value perhaps from elsewhere, or `@FILE` with a header in each line. */
function readHeaders(text: string, env: Env): Header[] {
  if (text.startsWith("@")) return readHeaderFile(text.slice(1));
  const [name, value] = parseHeader(text, "--header");
  const flag = `--header ${name}`;
  return [[name, sendable(readSecret(value, flag, env), flag)]];
}

/** Lines of a file stand for themselves; those that are blank or begin with # for nothing. */
function readHeaderFile(path: string): Header[] {
  const lines = readTextFile(path, "--header: the file after @").split(/\r?\n/);
  return lines.flatMap((line, i) => {
    const where = `--header @FILE: line ${i + 1}`;
    if (line.trim() === "" || line.startsWith("#")) return [];
    if (/^\s/.test(line)) throw usageError(`${where} goes on with the header before it`);
    const [name, value] = parseHeader(line, where);
    return [[name, sendable(value, where)]];
  });
}

function parseHeader(line: string, where: string): Header {
  const colon = line.indexOf(":");
  const name = line.slice(0, Math.max(colon, 0)).trim();
  if (isToken(name)) return [name, line.slice(colon + 1).trim()];
  // What follows the first word may be a secret.
  const [word = ""] = line.trim().split(/[\s:]/);
  throw usageError(`${where} ${JSON.stringify(`${word}…`)} is not of the form 'Name: value'`);
}

function sendableText(args: Args, flag: string): string | undefined {
  const text = args.text(flag);
  return text === undefined ? undefined : sendable(text, `--${flag}`);
}

/** Control characters could make further headers of one. @param what begins the message */
function sendable(text: string, what: string): string {
  if (isHeadText(text)) return text;
  const hint = "Control characters and what is beyond Latin-1 cannot be sent.";
  throw usageError(`${what} has a character that no header may hold`, hint);
}

/** Basic (RFC 7617) or Bearer (RFC 6750). */
function readAuthorization(args: Args, env: Env): string | undefined {
  const user = args.text("auth");
  if (user !== undefined) return basic(readSecret(user, "--auth", env));
  const token = args.text("bearer");
  return token === undefined ? undefined : `Bearer ${bearer(readSecret(token, "--bearer", env))}`;
}

function basic(credentials: string): string {
  if (/^[^:]*:/.test(credentials) && !/\p{Cc}/u.test(credentials)) {
    return `Basic ${Buffer.from(credentials).toString("base64")}`;
  }
  throw usageError("--auth must be USER:PASSWORD, @FILE or env:NAME");
}

function bearer(token: string): string {
  if (token !== "" && !/^bearer\s/i.test(token)) return sendable(token, "--bearer");
  throw usageError("--bearer must be the token alone, @FILE or env:NAME");
}

/** All in one header, as RFC 6265, section 5.4, asks for. */
function readCookies(texts: readonly string[], env: Env): string | undefined {
  if (texts.length === 0) return undefined;
  const cookies = texts.flatMap((text) => readSecret(text, "--cookie", env).split(/\r?\n|;/));
  const named = cookies.map((cookie) => cookie.trim()).filter((cookie) => cookie !== "");
  if (named.length === 0 || !named.every((cookie) => /^[^=]+=/.test(cookie))) {
    throw usageError("--cookie must be like 'a=b; c=d', @FILE or env:NAME");
  }
  return sendable(named.join("; "), "--cookie");
}

/** @throws FramecatError (usage) for what is no token (RFC 6455, section 4.1) */
export function parseSubprotocol(name: string): string {
  if (isToken(name)) return name;
  const hint = "It may have letters, digits and !#$%&'*+-.^_`|~.";
  throw usageError(`--subprotocol ${JSON.stringify(name)} is no token`, hint);
}

/** What may stand in a Host header: a name or an address, perhaps with a port (RFC 9110, section 7.2). */
function parseHost(text: string): string {
  if (/^(?:[\w.~!$&'()*+,;=%-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i.test(text)) return text;
  throw usageError(`--host must be NAME or NAME:PORT, not ${JSON.stringify(text)}`);
}
