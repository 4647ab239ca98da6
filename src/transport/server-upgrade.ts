import type { Socket } from "node:net";
import type { DeflateParams } from "../protocol/deflate.ts";
import { encodeHead, type Headers, type HttpHead } from "../protocol/http-head.ts";
import {
  buildResponse,
  grantDeflate,
  judgeRequest,
  type RequestVerdict,
  type ServerHandshake,
} from "../protocol/server-handshake.ts";
import { type HttpReply, refusal, sendReply } from "./http-reply.ts";
import { type OpeningRequest, readOpeningRequest } from "./opening-request.ts";

export interface UpgradeTerms {
  readonly deflate: Partial<DeflateParams> | undefined;
  readonly chooseSubprotocol: ((offered: readonly string[]) => string | undefined) | undefined;
  /** Sent with the answer that opens. */
  readonly responseHeaders?: Headers | undefined;
  /** What is sent in place of the right answer, as a test of clients. */
  readonly alterResponse?: ((response: HttpHead) => HttpHead) | undefined;
}

export interface AcceptOptions extends UpgradeTerms {
  readonly timeoutMs: number;
}

export interface Accepted {
  readonly request: HttpHead;
  readonly response: HttpHead;
  readonly verdict: RequestVerdict;
  /** Absent where the request was refused; the socket is ended then. */
  readonly granted?: ServerHandshake;
  /** Bytes after the request. */
  readonly rest: Uint8Array;
}

/**
 * Reads the opening request from a new socket and answers it. The socket is left paused.
 * @returns undefined when the client went away, was too slow, or spoke no HTTP
 */
export async function acceptUpgrade(
  socket: Socket,
  { timeoutMs, ...terms }: AcceptOptions,
): Promise<Accepted | undefined> {
  const opening = await readOpeningRequest(socket, timeoutMs);
  if (!opening) return undefined;
  const verdict = judgeRequest(opening.request);
  const refused = refusalOf(verdict);
  if (refused) return refuseUpgrade(socket, opening, verdict, refused);
  return grantUpgrade(socket, opening, verdict, terms);
}

/** The answer to a request that breaks a rule. */
export function refusalOf({ violations, status }: RequestVerdict): HttpReply | undefined {
  const [broken] = violations;
  return broken && refusal(status, broken.message);
}

export function refuseUpgrade(
  socket: Socket,
  { request, rest }: OpeningRequest,
  verdict: RequestVerdict,
  reply: HttpReply,
): Accepted {
  return { request, response: sendReply(socket, reply), verdict, rest };
}

/** Opens the connection. */
export function grantUpgrade(
  socket: Socket,
  { request, rest }: OpeningRequest,
  verdict: RequestVerdict,
  { deflate, chooseSubprotocol, responseHeaders, alterResponse }: UpgradeTerms,
): Accepted {
  const granted: ServerHandshake = {
    key: verdict.key,
    subprotocol: chooseSubprotocol?.(verdict.subprotocols),
    deflate: deflate && grantDeflate(verdict.extensions, deflate),
    ...(responseHeaders && { headers: responseHeaders }),
  };
  const right = buildResponse(granted);
  const response = alterResponse?.(right) ?? right;
  socket.write(encodeHead(response));
  return { request, response, verdict, granted, rest };
}
