import type { OnReadOpts, Socket } from "node:net";
import { type Clock, elapsedMs } from "../clock.ts";
import { ClientUpgrade, type UpgradeOptions } from "./client-upgrade.ts";
import type { Timings } from "./events.ts";
import { LeanConnection, type LeanListener } from "./lean-connection.ts";
import { openSocket, type RouteOptions, type TlsOptions } from "./open-socket.ts";
import { runUpgrade, type RunUpgradeOptions } from "./run-upgrade.ts";
import type { Target } from "./target.ts";

export interface LeanDialOptions extends UpgradeOptions, RouteOptions {
  readonly target: Target;
  readonly clock: Clock;
  readonly random: (length: number) => Uint8Array;
  readonly tls?: TlsOptions;
  readonly connectTimeoutMs: number;
  readonly handshakeTimeoutMs: number;
  readonly closeTimeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface LeanOpened {
  readonly connection: LeanConnection;
  readonly timings: Timings;
}

/**
 * One buffer for all reads of this process: a read is done with before the next one begins. As large
 * as what node's own reads allocate.
 */
const READ_BUFFER = Buffer.allocUnsafeSlow(64 * 1024);

/**
 * Opens a lean connection: resolve, connect, TLS, opening handshake.
 * @param listener is told of messages before this resolves, where the server is that quick
 * @param options shared by all connections of a kind, which keep them
 * @throws FramecatError with the code of what failed
 */
export async function dialLean(
  listener: LeanListener,
  options: LeanDialOptions,
): Promise<LeanOpened> {
  const { target, clock } = options;
  const upgrade = new ClientUpgrade(target, options, options.random(16));
  const connection = new LeanConnection(listener, options);
  const { socket, timings, readsInto } = await openSocket(target, {
    ...options,
    onread: readInto(connection),
  });
  if (!readsInto) listen(socket, connection);
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

function readInto(connection: LeanConnection): OnReadOpts {
  const callback = (length: number, bytes: Uint8Array): true => {
    connection.read(bytes, length);
    return true;
  };
  return { buffer: READ_BUFFER, callback };
}

function listen(socket: Socket, connection: LeanConnection): void {
  socket.on("data", (bytes: Buffer) => connection.read(bytes, bytes.length));
}
