import type { Socket } from "node:net";
import { HeadReader, type HttpHead } from "../protocol/http-head.ts";
import { refusal, sendReply } from "./http-reply.ts";

export interface OpeningRequest {
  readonly request: HttpHead;
  /** Bytes after the request. */
  readonly rest: Uint8Array;
}

/**
 * Reads the opening request from a new socket, which is left paused.
 * @returns undefined when the client went away, was too slow, or spoke no HTTP; it has been told then
 */
export function readOpeningRequest(
  socket: Socket,
  timeoutMs: number,
): Promise<OpeningRequest | undefined> {
  const reader = new HeadReader();
  return new Promise((resolve) => {
    const settle = (read?: OpeningRequest): void => {
      clearTimeout(timer);
      socket.pause().off("data", data).off("end", gone).off("close", gone).off("error", gone);
      socket.on("error", () => undefined);
      resolve(read);
    };
    const refuse = (status: number, text: string): void => {
      settle();
      sendReply(socket, refusal(status, text));
    };
    const gone = (): void => {
      settle();
      socket.destroy();
    };
    const late = (): void => refuse(408, "The opening request did not come in time.");
    const data = (bytes: Buffer): void => {
      const result = reader.push(bytes);
      if (result.state === "invalid") refuse(400, "This is a WebSocket server.");
      else if (result.state === "head") settle({ request: result.head, rest: result.rest });
    };
    const timer = setTimeout(late, timeoutMs);
    socket.on("data", data).on("end", gone).on("close", gone).on("error", gone);
  });
}
