import { echo } from "../../src/server/echo.ts";
import type { Connection } from "../../src/transport/connection.ts";
import { startServer } from "./transport.ts";

/** A server that echoes; it tells messages, not frames. */
export function startEchoServer() {
  const connections = new Map<string, Connection>();
  return startServer({
    frames: false,
    onConnection: (connection) => connections.set(connection.id, connection),
    onEvent: (event) => {
      const connection = connections.get(event.conn);
      if (connection) echo(event, connection);
    },
  });
}
