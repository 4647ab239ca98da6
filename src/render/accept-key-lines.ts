import { Buffer } from "node:buffer";
import { acceptKey } from "../protocol/accept-key.ts";
import { headerValues } from "../protocol/http-head.ts";
import type { HandshakeEvent } from "../transport/events.ts";
import { escapeControl } from "./escape.ts";
import type { Theme } from "./theme.ts";

/**
 * The check of Sec-WebSocket-Accept (RFC 6455, section 4.2.2), worked out: the key, the SHA-1 of it
 * and the GUID, its base64, and what came. Nothing where one of the two headers is missing.
 */
export function acceptKeyLines(
  { request, response }: Pick<HandshakeEvent, "request" | "response">,
  { dim, good, bad }: Theme,
): string[] {
  const [key] = headerValues(request.headers, "Sec-WebSocket-Key");
  const [received] = headerValues(response.headers, "Sec-WebSocket-Accept");
  if (key === undefined || received === undefined) return [];
  const expected = acceptKey(key);
  const digest = Buffer.from(expected, "base64").toString("hex");
  const verdict = received === expected ? good("matches") : bad("differs");
  return [
    `${dim("key     ")} ${escapeControl(key)}`,
    `${dim("SHA-1   ")} ${digest} ${dim("of key + GUID")}`,
    `${dim("expected")} ${expected}`,
    `${dim("received")} ${escapeControl(received)}  ${verdict}`,
  ];
}
