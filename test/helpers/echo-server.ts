import { Client } from "../../src/server/client.ts";
import { echo } from "../../src/server/modes/echo.ts";
import { systemClock } from "../../src/io.ts";
import type { Connection } from "../../src/transport/connection.ts";
import { type Event, isReceived } from "../../src/transport/events.ts";
import type { Asking } from "../../src/transport/serve.ts";
import { startServer } from "./transport.ts";

/** Answers what comes at a server's connections as `listen` does. */
export function echoing() {
  const mode = echo();
  const clients = new Map<string, Client>();
  return {
    onConnection: (connection: Connection, asking: Asking): void => {
      const options = { since: systemClock.now(), onFree: () => undefined };
      clients.set(connection.id, new Client(connection, asking, options));
    },
    onEvent: (event: Event): void => {
      const client = clients.get(event.conn);
      if (client && isReceived(event)) mode.received?.(client, event);
    },
  };
}

/** A server that echoes; it tells messages, not frames. */
export function startEchoServer() {
  return startServer({ frames: false, ...echoing() });
}
