import { encodeKey } from "../protocol/accept-key.ts";
import {
  buildRequest,
  type ClientHandshake,
  judgeResponse,
  type ResponseVerdict,
} from "../protocol/client-handshake.ts";
import { BodyReader } from "../protocol/http-body.ts";
import { encodeHead, HeadReader, type Headers, type HttpHead } from "../protocol/http-head.ts";
import { FramecatError, messageOf, usageError } from "../errors.ts";
import type { DeflateOffer } from "../protocol/deflate.ts";
import { placeOf, type Target } from "./target.ts";

/** What the opening request asks for, beside the address. */
export interface UpgradeOptions {
  readonly subprotocols?: readonly string[];
  readonly deflate?: DeflateOffer | undefined;
  readonly origin?: string | undefined;
  readonly headers?: Headers;
}

/** How the handshake ended. */
export type UpgradeResult =
  | {
      readonly state: "open";
      readonly response: HttpHead;
      readonly verdict: ResponseVerdict;
      /** Bytes after the response: the first frames. */
      readonly rest: Uint8Array;
    }
  | {
      readonly state: "failed";
      readonly failure: FramecatError;
      readonly response: HttpHead | undefined;
      readonly verdict: ResponseVerdict | undefined;
      readonly body: Uint8Array;
    };

const BODY_LIMIT = 64 * 1024;
/** A reason phrase may be as long as a head. */
const MAX_REASON = 80;
/** Statuses whose responses have no body, whatever their headers say (RFC 9112, section 6.3). */
const BODILESS: ReadonlySet<number> = new Set([204, 304]);

/**
 * The client's side of the opening handshake on any kind of socket: write `bytes`, feed what comes
 * to `push` until it gives a result, call `ended` when the connection ends before that.
 */
export class ClientUpgrade {
  readonly request: HttpHead;
  /** The opening request as it goes on the wire. */
  readonly bytes: Uint8Array;
  readonly #asked: ClientHandshake;
  readonly #target: Target;
  #reader = new HeadReader();
  #refused: { response: HttpHead; verdict: ResponseVerdict; body: BodyReader } | undefined;

  /**
   * @param random 16 bytes for the key
   * @throws FramecatError (usage) when a header cannot be sent
   */
  constructor(target: Target, options: UpgradeOptions, random: Uint8Array) {
    const { credentials } = target;
    const basic = credentials && `Basic ${Buffer.from(credentials).toString("base64")}`;
    const headers: Headers = basic ? [["Authorization", basic]] : [];
    this.#target = target;
    this.#asked = {
      ...options,
      host: target.host,
      path: target.path,
      key: encodeKey(random),
      headers: [...headers, ...(options.headers ?? [])],
    };
    this.request = buildRequest(this.#asked);
    this.bytes = encode(this.request);
  }

  /** Takes the next bytes from the server; undefined while more are needed. */
  push(bytes: Uint8Array): UpgradeResult | undefined {
    if (this.#refused) return this.#refused.body.push(bytes) ? this.#refusal() : undefined;
    const result = this.#reader.push(bytes);
    if (result.state === "more") return undefined;
    if (result.state === "invalid") return this.#notHttp(result.message, result.bytes);
    const response = result.head;
    const verdict = judgeResponse(response, this.#asked);
    if (verdict.violations.length === 0) {
      return { state: "open", response, verdict, rest: result.rest };
    }
    const { status } = verdict;
    if (status === 101) return this.#invalid(response, verdict);
    if (status === 0) return this.#notHttp("it has no status", Buffer.from(response.startLine));
    if (status < 200) return this.#interim(result.rest);
    const body = new BodyReader(response.headers, BODILESS.has(status) ? 0 : BODY_LIMIT);
    this.#refused = { response, verdict, body };
    return this.push(result.rest);
  }

  /** The connection has ended, or the time is up; a refusal is told with as much body as came. */
  ended(reason: "closed" | "timed-out", timeoutMs?: number): UpgradeResult {
    if (this.#refused) return this.#refusal();
    const place = placeOf(this.#target);
    const { received } = this.#reader;
    if (reason === "timed-out") {
      const did = received.length > 0 ? "finish its answer to" : "answer";
      const message = `${place} accepted the connection but did not ${did} the handshake within ${timeoutMs} ms`;
      return failed(new FramecatError("connect-timeout", message));
    }
    if (received.length > 0) return this.#notHttp("it ended within the head", received);
    const message = `${place} closed the connection without answering the handshake`;
    return failed(new FramecatError("unreachable", message, "Is it a WebSocket server?"));
  }

  /** An interim response precedes the one that counts (RFC 9110, section 15.2). */
  #interim(rest: Uint8Array): UpgradeResult | undefined {
    this.#reader = new HeadReader();
    return this.push(rest);
  }

  #notHttp(message: string, bytes: Uint8Array): UpgradeResult {
    const said = JSON.stringify(Buffer.from(bytes.subarray(0, 40)).toString("latin1"));
    const text = `${placeOf(this.#target)} did not answer as a WebSocket server: ${message}, it began with ${said}`;
    const hint = isTlsRecord(bytes) ? "It speaks TLS: try wss:// instead of ws://." : undefined;
    return failed(new FramecatError("bad-handshake", text, hint));
  }

  #invalid(response: HttpHead, verdict: ResponseVerdict): UpgradeResult {
    const [first] = verdict.violations;
    const text = `the handshake is invalid: ${first?.message.replace(/\.$/, "")}`;
    return { ...failed(new FramecatError("bad-handshake", text)), response, verdict };
  }

  #refusal(): UpgradeResult {
    const { response, verdict, body } = this.#refused ?? {};
    const { status = 0, reason = "" } = verdict ?? {};
    const said = `${status} ${reason.slice(0, MAX_REASON)}`.trim();
    const text = `${placeOf(this.#target)} refused the handshake: HTTP ${said}`;
    const failure = new FramecatError("refused", text, hintFor(status, verdict));
    return { ...failed(failure), response, verdict, body: body?.body ?? new Uint8Array(0) };
  }
}

function failed(failure: FramecatError) {
  const nothing = { response: undefined, verdict: undefined, body: new Uint8Array(0) };
  return { state: "failed", failure, ...nothing } as const;
}

/** An alert or a handshake message of TLS (RFC 8446, section 5.1). */
function isTlsRecord([type, major]: Uint8Array): boolean {
  return (type === 0x15 || type === 0x16) && major === 0x03;
}

/** What a status most likely means for who wanted a WebSocket. */
function hintFor(status: number, verdict: ResponseVerdict | undefined): string | undefined {
  if (verdict?.violations.some(({ rule }) => rule === "response-version")) {
    return "The server speaks another version of the protocol.";
  }
  if (status === 200) return "A plain web page answered: is the path right?";
  if (status === 401) return "It wants credentials: try -H 'Authorization: …'.";
  if (status === 403) return "Often the Origin is not allowed: try --origin.";
  if (status === 404) return "Is the path right?";
  if (status >= 300 && status < 400) return "It redirects: use the address it points to.";
  if (status === 400 || status === 426) return "It found the request wrong, or wants another kind.";
  if (status >= 500) return "The server, or a proxy before it, is in trouble.";
  return undefined;
}

function encode(request: HttpHead): Uint8Array {
  try {
    return encodeHead(request);
  } catch (thrown) {
    throw usageError(messageOf(thrown));
  }
}
