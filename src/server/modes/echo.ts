import type { MessageEvent } from "../../transport/events.ts";
import type { Client } from "../client.ts";
import type { Mode } from "../mode.ts";

/**
 * Sends every message back to who sent it, of the same kind. A client that does not read its echoes
 * is not read either, so it costs no memory.
 */
export function echo(): Mode {
  return { received: sendBack };
}

function sendBack(client: Client, { data, kind }: MessageEvent): void {
  const { connection } = client;
  const sent = client.send(data, { binary: kind === "binary" });
  if (connection.congested) void sent.then(connection.hold());
}
