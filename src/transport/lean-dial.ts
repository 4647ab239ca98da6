import { elapsedMs } from "../clock.ts";
import { ClientUpgrade } from "./client-upgrade.ts";
import { LeanConnection, type LeanListener } from "./lean-connection.ts";
import { openSocket } from "./open-socket.ts";
import { dialPlain, isPlain, type LeanDialOptions, type LeanOpened } from "./plain-dial.ts";
import { runUpgrade, type RunUpgradeOptions } from "./run-upgrade.ts";

export type { LeanDialOptions, LeanOpened } from "./plain-dial.ts";

/**
 * Opens a lean connection: resolve, connect, TLS, opening handshake.
 * @param listener is told of messages before this resolves, where the server is that quick
 * @param options shared by all connections of a kind, which keep them
 * @throws FramecatError with the code of what failed
 */
export function dialLean(listener: LeanListener, options: LeanDialOptions): Promise<LeanOpened> {
  return isPlain(options) ? dialPlain(listener, options) : dialAnyWay(listener, options);
}

/** By whatever way, with proxies and TLS. Reads cannot share a buffer then. */
export async function dialAnyWay(
  listener: LeanListener,
  options: LeanDialOptions,
): Promise<LeanOpened> {
  const { target, clock } = options;
  const upgrade = new ClientUpgrade(target, options, options.random(16));
  const connection = new LeanConnection(listener, options);
  const { socket, timings } = await openSocket(target, options);
  socket.on("data", (bytes: Buffer) => connection.read(bytes, bytes.length));
  const start = clock.now().ns;
  const feed: RunUpgradeOptions["feed"] = (take) => {
    connection.connecting(take);
    return () => undefined;
  };
  return runUpgrade(socket, upgrade, { ...options, feed }, (result) => {
    if (result.state === "failed") throw result.failure;
    connection.open(socket, { deflate: result.verdict.deflate !== undefined });
    if (result.rest.length > 0) connection.read(result.rest, result.rest.length);
    return { connection, timings: { ...timings, upgrade: elapsedMs(start, clock.now().ns) } };
  });
}
