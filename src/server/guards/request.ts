import { headerValues } from "../../protocol/http-head.ts";
import { refusal } from "../../transport/http-reply.ts";
import type { Asking } from "../../transport/serve.ts";
import type { Denial } from "../guard.ts";

/** The longest piece of what a client sent that is shown with the reason of its refusal. */
const MAX_QUOTED = 80;

/** Decides on a request, of a WebSocket or not. */
export type Check = (asking: Asking) => Denial | undefined;

/** A denial that tells the client its status in words and no more. */
export function deny(
  kind: string,
  status: 400 | 401 | 403 | 429 | 503,
  why: string,
  headers: readonly (readonly [string, string])[] = [],
): Denial {
  return { reply: refusal(status, TOLD[status], headers), kind, why };
}

const TOLD = {
  400: "This request is not accepted.",
  401: "Credentials are needed.",
  403: "This is not allowed.",
  429: "Too many connections.",
  503: "The server is full.",
} as const;

export function quoted(text: string): string {
  return JSON.stringify(text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}…` : text);
}

/** The values of a header, in order. */
export function headersOf({ request }: Asking, name: string): readonly string[] {
  return headerValues(request.headers, name);
}

/** What an Authorization header of a scheme says. @param scheme in lower case */
export function credentialsOf(asking: Asking, scheme: string): readonly string[] {
  return headersOf(asking, "Authorization").flatMap((value) => {
    const [, name = "", rest = ""] = /^(\S+) +(.*)$/s.exec(value) ?? [];
    return name.toLowerCase() === scheme ? [rest.trim()] : [];
  });
}

/** The values of a parameter of the request's address. A plus stands for itself, as in base64. */
export function parametersOf({ verdict: { path } }: Asking, name: string): readonly string[] {
  const query = path.split("#")[0]?.split("?").slice(1).join("?") ?? "";
  return pairs(query, "&").flatMap(([key, value]) =>
    decoded(key) === name ? [decoded(value)] : [],
  );
}

/** The values of a cookie; several when a client has it of several paths. */
export function cookiesOf(asking: Asking, name: string): readonly string[] {
  return headersOf(asking, "Cookie")
    .flatMap((value) => pairs(value, ";"))
    .flatMap(([key, value]) => (key.trim() === name ? [unquoted(value.trim())] : []));
}

function pairs(text: string, separator: string): (readonly [key: string, value: string])[] {
  return text.split(separator).map((part) => {
    const equals = part.indexOf("=");
    return equals === -1 ? [part, ""] : [part.slice(0, equals), part.slice(equals + 1)];
  });
}

/** A value of a cookie may stand in quotes (RFC 6265, section 4.1.1). */
function unquoted(value: string): string {
  return value.replace(/^"(.*)"$/s, "$1");
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
