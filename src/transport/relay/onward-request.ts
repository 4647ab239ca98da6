import { override } from "../../protocol/handshake-headers.ts";
import {
  type Headers,
  headerValues,
  type HttpHead,
  parseRequestLine,
} from "../../protocol/http-head.ts";
import type { Target } from "../target.ts";

/** What is changed of a client's request before it goes onward; all else of it stays. */
export interface OnwardTerms {
  /** Added, or put in the place of the client's own. */
  readonly headers?: Headers | undefined;
  /** The Host header; default: that of the server's address. */
  readonly host?: string | undefined;
  /** Leaves the client's own. */
  readonly keepHost?: boolean | undefined;
  /** The Origin header; default: the client's. */
  readonly origin?: string | undefined;
  /** Put behind the others. */
  readonly added?: Headers | undefined;
}

/**
 * The opening request as it goes onward: every header as the client sent it and in its order, the key
 * too, so that the server's answer is the answer to the client. Only Host tells where it goes now.
 *
 * A client that asks for more than `/` gets what it asks for; one that asks for `/` gets the path of
 * the target. The query is the client's, or else the target's.
 */
export function onwardRequest(request: HttpHead, target: Target, terms: OnwardTerms): HttpHead {
  const { headers = [], host = target.host, keepHost = false, origin, added = [] } = terms;
  const own = request.headers.map(([name, value]): readonly [string, string] =>
    name.toLowerCase() === "host" && !keepHost ? [name, host] : [name, value],
  );
  const set: Headers = [...(origin === undefined ? [] : [["Origin", origin] as const]), ...headers];
  const extra = [...credentials(own, set, target), ...set];
  const all = [...override(own, extra), ...added];
  return { startLine: startLine(request, target), headers: all };
}

function startLine(request: HttpHead, target: Target): string {
  const line = parseRequestLine(request.startLine);
  if (!line) return request.startLine;
  return `${line.method} ${onwardPath(line.target, target.path)} HTTP/${line.version}`;
}

function onwardPath(asked: string, own: string): string {
  if (asked === "/") return own;
  if (!asked.startsWith("/?")) return asked;
  return own.replace(/\?.*$/s, "") + asked.slice(1);
}

/** Those of the target's address, for a client that has none. */
function credentials(own: Headers, set: Headers, target: Target): Headers {
  const given = headerValues([...own, ...set], "Authorization").length > 0;
  if (given || target.credentials === undefined) return [];
  return [["Authorization", `Basic ${Buffer.from(target.credentials).toString("base64")}`]];
}
