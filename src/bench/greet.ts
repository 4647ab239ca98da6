import type { Load } from "./load.ts";
import type { LoadConnection } from "./user.ts";

/** Sends what a socket begins with: no message of the load, but traffic. */
export function greet(connection: LoadConnection, frames: readonly Buffer[], load: Load): void {
  for (const frame of frames) if (connection.send(frame)) load.bytesOut += frame.length;
}
