import { acceptKey, WEBSOCKET_VERSION } from "./accept-key.ts";
import { judgeAgreedExtensions } from "./agreed-extensions.ts";
import { type DeflateOffer, type DeflateParams, encodeDeflateOffer } from "./deflate.ts";
import { type Extension, formatExtension } from "./extensions.ts";
import { judgeConnection, judgeUpgrade, override, told } from "./handshake-headers.ts";
import {
  type Headers,
  headerList,
  headerValues,
  type HttpHead,
  parseStatusLine,
} from "./http-head.ts";
import { type Violation, violation } from "./rules.ts";

/** What a client asks for. */
export interface ClientHandshake {
  /** The authority for the Host header. */
  readonly host: string;
  /** Path and query. */
  readonly path: string;
  readonly key: string;
  readonly subprotocols?: readonly string[];
  /** Offers permessage-deflate. */
  readonly deflate?: DeflateOffer | undefined;
  readonly origin?: string | undefined;
  /** Default: 13, the only one that has been published. */
  readonly version?: number | undefined;
  /** Further headers; one with the name of a header above replaces it. */
  readonly headers?: Headers;
}

/** The opening request (section 4.1). */
export function buildRequest(handshake: ClientHandshake): HttpHead {
  const { host, path, key, subprotocols = [], deflate, origin, version, headers = [] } = handshake;
  const own: [string, string][] = [
    ["Host", host],
    ["Upgrade", "websocket"],
    ["Connection", "Upgrade"],
    ["Sec-WebSocket-Key", key],
    ["Sec-WebSocket-Version", askedVersion({ version })],
  ];
  if (origin !== undefined) own.push(["Origin", origin]);
  if (subprotocols.length > 0) own.push(["Sec-WebSocket-Protocol", subprotocols.join(", ")]);
  if (deflate) own.push(["Sec-WebSocket-Extensions", formatExtension(encodeDeflateOffer(deflate))]);
  return { startLine: `GET ${path} HTTP/1.1`, headers: override(own, headers) };
}

function askedVersion({ version }: Pick<ClientHandshake, "version">): string {
  return version === undefined ? WEBSOCKET_VERSION : String(version);
}

/** A response as the client sees it: agreed, or everything that is wrong with it. */
export interface ResponseVerdict {
  readonly status: number;
  readonly reason: string;
  /** Empty when the connection is open. */
  readonly violations: readonly Violation[];
  readonly subprotocol: string | undefined;
  readonly extensions: readonly Extension[];
  readonly deflate: DeflateParams | undefined;
}

/** What a response is judged by. */
export interface Asked extends Pick<
  ClientHandshake,
  "key" | "subprotocols" | "deflate" | "version"
> {
  /** All extensions offered, where the request was not made by `deflate` alone. */
  readonly offered?: readonly Extension[];
}

/** Judges the answer to the opening request (section 4.1, client requirements 1–6). */
export function judgeResponse(response: HttpHead, asked: Asked): ResponseVerdict {
  const { headers } = response;
  const line = parseStatusLine(response.startLine);
  const nothing = { subprotocol: undefined, extensions: [], deflate: undefined };
  if (!line || line.status !== 101) {
    const { status = 0, reason = "" } = line ?? {};
    return {
      status,
      reason,
      violations: judgeRefusal(response, status, askedVersion(asked)),
      ...nothing,
    };
  }
  const violations: Violation[] = [];
  if (line.version < "1.1") violations.push(violation("response-status", `HTTP/${line.version}`));
  violations.push(
    ...judgeUpgrade(headers, "response-upgrade"),
    ...judgeConnection(headers, "response-connection"),
    ...judgeAccept(headers, asked.key),
    ...judgeSubprotocol(headers, asked.subprotocols ?? []),
  );
  const {
    extensions,
    deflate,
    violation: broken,
  } = judgeAgreedExtensions(
    headers,
    asked.offered ?? (asked.deflate ? [encodeDeflateOffer(asked.deflate)] : []),
  );
  if (broken) violations.push(broken);
  const subprotocol = headerValues(headers, "Sec-WebSocket-Protocol")[0];
  return { status: 101, reason: line.reason, violations, subprotocol, extensions, deflate };
}

function judgeRefusal(
  { startLine, headers }: HttpHead,
  status: number,
  version: string,
): Violation[] {
  const found = status === 0 ? JSON.stringify(startLine.slice(0, 80)) : `status ${status}`;
  const versions = headerList(headers, "Sec-WebSocket-Version");
  const refused = violation("response-status", found);
  if (versions.length === 0 || versions.includes(version)) return [refused];
  return [refused, violation("response-version", versions.join(", "))];
}

function judgeAccept(headers: Headers, key: string): Violation[] {
  const accepts = headerValues(headers, "Sec-WebSocket-Accept");
  const expected = acceptKey(key);
  if (accepts.length === 1 && accepts[0] === expected) return [];
  const found = told(headers, "Sec-WebSocket-Accept");
  return [violation("response-accept", `${found}, expected ${expected}`)];
}

/** One subprotocol at most, and one of those offered (section 4.1). */
export function judgeSubprotocol(headers: Headers, offered: readonly string[]): Violation[] {
  const chosen = headerValues(headers, "Sec-WebSocket-Protocol");
  const [first] = chosen;
  if (first === undefined) return [];
  if (chosen.length === 1 && offered.includes(first)) return [];
  const asked = offered.length > 0 ? `offered were ${offered.join(", ")}` : "none was offered";
  return [
    violation("response-subprotocol", `${told(headers, "Sec-WebSocket-Protocol")}; ${asked}`),
  ];
}
