import type { Socket } from "node:net";
import { HeadReader, type HttpHead } from "../protocol/http-head.ts";
import { refusal, sendReply } from "./http-reply.ts";

export interface OpeningRequest {
  readonly request: HttpHead;
  /** Bytes after the request. */
  readonly rest: Uint8Array;
}

/** TLS begins with a record of a handshake (RFC 8446, section 5.1). */
const TLS_HANDSHAKE = 0x16;

/**
 * Reads the opening request from a new socket, which is left paused.
 * @param onRefused told what is wrong with a client that was refused for what it sent, or did not
 * @returns undefined when the client went away, was too slow, or spoke no HTTP; it has been told then
 */
export function readOpeningRequest(
  socket: Socket,
  timeoutMs: number,
  onRefused: (why: string) => void = () => undefined,
): Promise<OpeningRequest | undefined> {
  const reader = new HeadReader();
  return new Promise((resolve) => {
    const settle = (read?: OpeningRequest): void => {
      clearTimeout(timer);
      socket.pause().off("data", data).off("end", gone).off("close", gone).off("error", gone);
      socket.on("error", () => undefined);
      resolve(read);
    };
    const refuse = (status: number, text: string, why: string): void => {
      settle();
      sendReply(socket, refusal(status, text));
      onRefused(why);
    };
    const gone = (): void => {
      settle();
      socket.destroy();
    };
    const late = (): void =>
      refuse(
        408,
        "The opening request did not come in time.",
        `its request did not come in ${timeoutMs / 1000} s`,
      );
    const data = (bytes: Buffer): void => {
      const result = reader.push(bytes);
      if (result.state === "invalid") refuse(400, "This is a WebSocket server.", wrong(result));
      else if (result.state === "head") settle({ request: result.head, rest: result.rest });
    };
    const timer = setTimeout(late, timeoutMs);
    socket.on("data", data).on("end", gone).on("close", gone).on("error", gone);
  });
}

function wrong({ message, bytes }: { readonly message: string; readonly bytes: Uint8Array }) {
  if (bytes[0] !== TLS_HANDSHAKE) return `what it sent is no request: ${message}`;
  return "it began with TLS, and this port has none: its address begins with ws://, not wss://";
}
