import type { Connection } from "../transport/connection.ts";
import { type Event, isReceived } from "../transport/events.ts";

/**
 * Sends every message back to who sent it, of the same kind. A client that does not read its echoes
 * is not read either, so it costs no memory.
 */
export function echo(event: Event, connection: Connection): void {
  if (!isReceived(event) || connection.state !== "OPEN") return;
  const sent = connection.send(event.data, { binary: event.kind === "binary" });
  if (!connection.congested) return;
  void sent.then(connection.hold());
}
