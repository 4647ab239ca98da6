import type { Client } from "./client.ts";

/**
 * Sends a client what it asked for. A client that does not read its answers is not read either, so it
 * costs no memory.
 */
export function answer(client: Client, data: string | Uint8Array, { binary = false } = {}): void {
  const sent = client.send(data, { binary });
  if (client.connection.congested) client.holdUntil(sent);
}
