import { encodeKey } from "../protocol/accept-key.ts";
import {
  buildRequest,
  type ClientHandshake,
  judgeResponse,
  type ResponseVerdict,
} from "../protocol/client-handshake.ts";
import { override } from "../protocol/handshake-headers.ts";
import { BodyReader } from "../protocol/http-body.ts";
import { encodeHead, HeadReader, type Headers, type HttpHead } from "../protocol/http-head.ts";
import { FramecatError, messageOf, usageError } from "../errors.ts";
import type { DeflateOffer } from "../protocol/deflate.ts";
import { connectFailure, isTlsAlert } from "./connect-failure.ts";
import { hintFor, hintForInvalid, hintForOther, NO_DEFLATE_HINT } from "./refusal-hint.ts";
import { placeOf, type Target } from "./target.ts";

/** What the opening request asks for, beside the address. */
export interface UpgradeOptions {
  readonly subprotocols?: readonly string[];
  readonly deflate?: DeflateOffer | undefined;
  /** Takes a server that does not agree to compression for one that fails. */
  readonly requireDeflate?: boolean | undefined;
  readonly origin?: string | undefined;
  /** The Host header, where it is not to be that of the address. */
  readonly host?: string | undefined;
  /** Sec-WebSocket-Version. */
  readonly version?: number | undefined;
  /** Further headers; an Authorization takes the place of the user in the address. */
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
  readonly #requireDeflate: boolean;
  #reader = new HeadReader();
  #refused: { response: HttpHead; verdict: ResponseVerdict; body: BodyReader } | undefined;

  /**
   * @param random 16 bytes for the key
   * @throws FramecatError (usage) when a header cannot be sent
   */
  constructor(target: Target, options: UpgradeOptions, random: Uint8Array) {
    this.#target = target;
    this.#requireDeflate = options.requireDeflate ?? false;
    this.#asked = {
      ...options,
      host: options.host ?? target.host,
      path: target.path,
      key: encodeKey(random),
      headers: override(authorization(target), options.headers ?? []),
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
    if (verdict.violations.length === 0) return this.#agreed(response, verdict, result.rest);
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

  /** The connection has failed: in TLS 1.3 that may be the answer to our certificate. */
  broke(thrown: unknown): UpgradeResult {
    if (this.#refused || !isTlsAlert(thrown)) return this.ended("closed");
    return failed(connectFailure(thrown, this.#target, "tls"));
  }

  /** An interim response precedes the one that counts (RFC 9110, section 15.2). */
  #interim(rest: Uint8Array): UpgradeResult | undefined {
    this.#reader = new HeadReader();
    return this.push(rest);
  }

  #notHttp(message: string, bytes: Uint8Array): UpgradeResult {
    const said = JSON.stringify(Buffer.from(bytes.subarray(0, 40)).toString("latin1"));
    const text = `${placeOf(this.#target)} did not answer as a WebSocket server: ${message}, it began with ${said}`;
    return failed(new FramecatError("bad-handshake", text, hintForOther(bytes)));
  }

  #agreed(response: HttpHead, verdict: ResponseVerdict, rest: Uint8Array): UpgradeResult {
    const lacks = this.#requireDeflate && verdict.deflate === undefined;
    if (!lacks) return { state: "open", response, verdict, rest };
    const text = "the server did not agree to permessage-deflate";
    const failure = new FramecatError("bad-handshake", text, NO_DEFLATE_HINT);
    return { ...failed(failure), response, verdict };
  }

  #invalid(response: HttpHead, verdict: ResponseVerdict): UpgradeResult {
    const [first] = verdict.violations;
    const text = `the handshake is invalid: ${first?.message.replace(/\.$/, "")}`;
    const hint = first && hintForInvalid(first.rule);
    return { ...failed(new FramecatError("bad-handshake", text, hint)), response, verdict };
  }

  #refusal(): UpgradeResult {
    const { response = NO_HEAD, verdict, body } = this.#refused ?? {};
    const { status = 0, reason = "" } = verdict ?? {};
    const said = `${status} ${reason.slice(0, MAX_REASON)}`.trim();
    const text = `${placeOf(this.#target)} refused the handshake: HTTP ${said}`;
    const { secure } = this.#target;
    const hint = hintFor({ status, request: this.request, response, secure });
    const failure = new FramecatError("refused", text, hint);
    return { ...failed(failure), response, verdict, body: body?.body ?? new Uint8Array(0) };
  }
}

const NO_HEAD: HttpHead = { startLine: "", headers: [] };

/** Of the user in the address: Basic, in UTF-8 (RFC 7617). */
function authorization({ credentials }: Target): Headers {
  if (credentials === undefined) return [];
  return [["Authorization", `Basic ${Buffer.from(credentials).toString("base64")}`]];
}

function failed(failure: FramecatError) {
  const nothing = { response: undefined, verdict: undefined, body: new Uint8Array(0) };
  return { state: "failed", failure, ...nothing } as const;
}

function encode(request: HttpHead): Uint8Array {
  try {
    return encodeHead(request);
  } catch (thrown) {
    throw usageError(messageOf(thrown));
  }
}
