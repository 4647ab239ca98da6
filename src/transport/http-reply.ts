import type { Socket } from "node:net";
import { encodeHead, type Headers, type HttpHead } from "../protocol/http-head.ts";

/** An answer that opens no WebSocket: a refusal, or that to a plain HTTP request. */
export interface HttpReply {
  readonly status: number;
  /** Beside Connection, Content-Type and Content-Length. */
  readonly headers?: Headers | undefined;
  /** Default: text/plain; charset=utf-8. */
  readonly type?: string | undefined;
  readonly body: string | Uint8Array;
  /** The answer to HEAD: all but the body. */
  readonly headOnly?: boolean | undefined;
}

/** How long a client may take to read its answer. */
const LINGER_MS = 1000;

const REASONS: Readonly<Record<number, string>> = {
  200: "OK",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  408: "Request Timeout",
  426: "Upgrade Required",
  429: "Too Many Requests",
  500: "Internal Server Error",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
  508: "Loop Detected",
};

/** Answers, and ends the connection. @returns the head that was sent */
export function sendReply(socket: Socket, reply: HttpReply): HttpHead {
  const { status, headers = [], type = "text/plain; charset=utf-8" } = reply;
  const body = typeof reply.body === "string" ? Buffer.from(reply.body) : reply.body;
  const response: HttpHead = {
    startLine: `HTTP/1.1 ${status} ${REASONS[status] ?? "Unknown"}`,
    headers: [
      ["Connection", status === 426 ? "Upgrade, close" : "close"],
      ...headers,
      ["Content-Type", type],
      ["Content-Length", String(body.length)],
    ],
  };
  socket.end(reply.headOnly ? encodeHead(response) : Buffer.concat([encodeHead(response), body]));
  // What the client still sends is read and dropped, or the answer could be lost to a reset.
  socket.resume();
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
  return response;
}

/** A refusal in one line of text. */
export function refusal(status: number, text: string, headers: Headers = []): HttpReply {
  return { status, headers: [...requiredHeaders(status), ...headers], body: `${text}\n` };
}

/** What a status has to say beside itself (RFC 9110, sections 15.5.6 and 15.5.22; RFC 6455, 4.4). */
function requiredHeaders(status: number): Headers {
  if (status === 405) return [["Allow", "GET"]];
  if (status !== 426) return [];
  return [
    ["Upgrade", "websocket"],
    ["Sec-WebSocket-Version", "13"],
  ];
}
