import type { Socket } from "node:net";
import type { DeflateParams } from "../protocol/deflate.ts";
import { encodeHead, HeadReader, type HttpHead } from "../protocol/http-head.ts";
import {
  buildResponse,
  grantDeflate,
  judgeRequest,
  type RequestVerdict,
  type ServerHandshake,
} from "../protocol/server-handshake.ts";

export interface AcceptOptions {
  readonly deflate: Partial<DeflateParams> | undefined;
  readonly chooseSubprotocol: ((offered: readonly string[]) => string | undefined) | undefined;
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

/** How long a refused client may take to read why. */
const LINGER_MS = 1000;

const REASONS: Readonly<Record<number, string>> = {
  400: "Bad Request",
  405: "Method Not Allowed",
  408: "Request Timeout",
  426: "Upgrade Required",
};

/**
 * Reads the opening request from a new socket and answers it. The socket is left paused.
 * @returns undefined when the client went away, was too slow, or spoke no HTTP
 */
export function acceptUpgrade(
  socket: Socket,
  options: AcceptOptions,
): Promise<Accepted | undefined> {
  const reader = new HeadReader();
  return new Promise((resolve) => {
    const settle = (accepted?: Accepted): void => {
      clearTimeout(timer);
      socket.pause().off("data", data).off("end", gone).off("close", gone).off("error", gone);
      socket.on("error", () => undefined);
      resolve(accepted);
    };
    const gone = (): void => {
      settle();
      socket.destroy();
    };
    const late = (): void => {
      settle();
      refuse(socket, 408, "The opening request did not come in time.");
    };
    const data = (bytes: Buffer): void => {
      const result = reader.push(bytes);
      if (result.state === "more") return;
      if (result.state === "invalid") {
        settle();
        refuse(socket, 400, "This is a WebSocket server.");
      } else {
        settle(answer(socket, result.head, result.rest, options));
      }
    };
    const timer = setTimeout(late, options.timeoutMs);
    socket.on("data", data).on("end", gone).on("close", gone).on("error", gone);
  });
}

function answer(
  socket: Socket,
  request: HttpHead,
  rest: Uint8Array,
  { deflate, chooseSubprotocol }: AcceptOptions,
): Accepted {
  const verdict = judgeRequest(request);
  const [broken] = verdict.violations;
  if (broken) {
    const response = refuse(socket, verdict.status, broken.message);
    return { request, response, verdict, rest };
  }
  const granted: ServerHandshake = {
    key: verdict.key,
    subprotocol: chooseSubprotocol?.(verdict.subprotocols),
    deflate: deflate && grantDeflate(verdict.extensions, deflate),
  };
  const response = buildResponse(granted);
  socket.write(encodeHead(response));
  return { request, response, verdict, granted, rest };
}

/** Answers with a status and one line of text, and ends the connection. */
function refuse(socket: Socket, status: number, text: string): HttpHead {
  const body = Buffer.from(`${text}\n`);
  const upgrade: [string, string][] =
    status === 426
      ? [
          ["Upgrade", "websocket"],
          ["Sec-WebSocket-Version", "13"],
        ]
      : [];
  const response: HttpHead = {
    startLine: `HTTP/1.1 ${status} ${REASONS[status] ?? "Bad Request"}`,
    headers: [
      ["Connection", status === 426 ? "Upgrade, close" : "close"],
      ...upgrade,
      ...(status === 405 ? ([["Allow", "GET"]] as const) : []),
      ["Content-Type", "text/plain; charset=utf-8"],
      ["Content-Length", String(body.length)],
    ],
  };
  socket.end(Buffer.concat([encodeHead(response), body]));
  // What the client still sends is read and dropped, or the refusal could be lost to a reset.
  socket.resume();
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
  return response;
}
