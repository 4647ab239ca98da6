import { parseStatusLine } from "./protocol/http-head.ts";
import type { HandshakeEvent } from "./transport/events.ts";

/** True where the handshake opened the connection. */
export function hasOpened({ response, violations }: HandshakeEvent): boolean {
  const switched = parseStatusLine(response.startLine)?.status === 101;
  return switched && violations.every(({ severity }) => severity !== "error");
}
