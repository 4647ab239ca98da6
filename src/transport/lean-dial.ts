import type { Socket } from "node:net";
import { type Clock, elapsedMs } from "../clock.ts";
import { FramecatError } from "../errors.ts";
import { ClientUpgrade, type UpgradeOptions, type UpgradeResult } from "./client-upgrade.ts";
import type { Timings } from "./events.ts";
import { LeanConnection, type LeanListener } from "./lean-connection.ts";
import { openSocket, type TlsOptions } from "./open-socket.ts";
import type { Target } from "./target.ts";

export interface LeanDialOptions extends Omit<UpgradeOptions, "deflate"> {
  readonly target: Target;
  readonly clock: Clock;
  readonly random: (length: number) => Uint8Array;
  /** May be told of messages before `dialLean` has resolved, where the server speaks first. */
  readonly listener: LeanListener;
  readonly tls?: TlsOptions;
  readonly connectTimeoutMs: number;
  readonly handshakeTimeoutMs: number;
  readonly closeTimeoutMs?: number | undefined;
  readonly localAddress?: string;
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
 * @throws FramecatError with the code of what failed
 */
export async function dialLean(options: LeanDialOptions): Promise<LeanOpened> {
  const { target, clock } = options;
  const upgrade = new ClientUpgrade(target, options, options.random(16));
  const connection = new LeanConnection(options);
  const intake = new Intake(connection);
  const onread = {
    buffer: READ_BUFFER,
    callback: (length: number, bytes: Uint8Array) => intake.read(bytes, length),
  };
  const { socket, timings } = await openSocket(target, { ...options, onread });
  if (target.secure) socket.on("data", (bytes: Buffer) => intake.read(bytes, bytes.length));
  const start = clock.now().ns;
  await handshake(socket, intake, upgrade, options);
  return { connection, timings: { ...timings, upgrade: elapsedMs(start, clock.now().ns) } };
}

/** Where bytes go: to the handshake first, to the connection from then on. */
class Intake {
  readonly connection: LeanConnection;
  handshake: ((bytes: Uint8Array) => void) | undefined;

  constructor(connection: LeanConnection) {
    this.connection = connection;
  }

  read(bytes: Uint8Array, length: number): true {
    if (this.handshake) this.handshake(bytes.subarray(0, length));
    else this.connection.read(bytes, length);
    return true;
  }
}

/** Sends the request and reads the answer; the socket is destroyed where it failed. */
function handshake(
  socket: Socket,
  intake: Intake,
  upgrade: ClientUpgrade,
  { handshakeTimeoutMs, signal }: LeanDialOptions,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      intake.handshake = undefined;
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
      socket.off("end", ended).off("close", ended).off("error", ended);
    };
    const fail = (failure: FramecatError): void => {
      settle();
      socket.on("error", () => undefined);
      socket.destroy();
      reject(failure);
    };
    const finish = (result: UpgradeResult | undefined): void => {
      if (result?.state === "failed") return fail(result.failure);
      if (!result) return;
      settle();
      intake.connection.open(socket);
      if (result.rest.length > 0) intake.read(result.rest, result.rest.length);
      resolve();
    };
    const ended = (): void => finish(upgrade.ended("closed"));
    const late = (): void => finish(upgrade.ended("timed-out", handshakeTimeoutMs));
    const abort = (): void =>
      fail(new FramecatError("interrupted", "interrupted while connecting"));
    const timer = setTimeout(late, handshakeTimeoutMs);
    intake.handshake = (bytes) => finish(upgrade.push(bytes));
    socket.on("end", ended).on("close", ended).on("error", ended);
    signal?.addEventListener("abort", abort);
    if (signal?.aborted) abort();
    else socket.write(upgrade.bytes);
  });
}
