import type { Socket } from "node:net";
import { type Clock, elapsedMs } from "../clock.ts";
import { FramecatError } from "../errors.ts";
import { ClientUpgrade, type UpgradeOptions, type UpgradeResult } from "./client-upgrade.ts";
import { Connection } from "./connection.ts";
import type { EventListener, HandshakeEvent } from "./events.ts";
import { type OpenedSocket, openSocket, type TlsOptions } from "./open-socket.ts";
import type { Target } from "./target.ts";

export interface DialOptions extends UpgradeOptions {
  readonly target: Target;
  readonly id: string;
  readonly clock: Clock;
  readonly random: (length: number) => Uint8Array;
  readonly onEvent: EventListener;
  /** Tell every frame as an event. */
  readonly frames: boolean;
  readonly tls?: TlsOptions;
  readonly connectTimeoutMs: number;
  readonly handshakeTimeoutMs: number;
  readonly closeTimeoutMs?: number | undefined;
  readonly maxMessageLength?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Opens a full connection: resolve, connect, TLS, opening handshake. What happens is told as events,
 * a refusal with its body too. Reading begins after the caller has had the connection in hand.
 * @throws FramecatError with the code of what failed
 */
export async function dial(options: DialOptions): Promise<Connection> {
  const { target, clock, id, onEvent } = options;
  const upgrade = new ClientUpgrade(target, options, options.random(16));
  onEvent({ type: "state", state: "CONNECTING", conn: id, at: clock.now() });
  const opened = await openSocket(target, options);
  const start = clock.now().ns;
  const result = await handshake(opened.socket, upgrade, options);
  const upgradeMs = elapsedMs(start, clock.now().ns);
  if (result.response) onEvent(handshakeEvent(options, upgrade, opened, result, upgradeMs));
  if (result.state === "failed") throw result.failure;
  const { subprotocol, deflate } = result.verdict;
  const connection = new Connection(opened.socket, {
    ...options,
    role: "client",
    subprotocol,
    deflate,
  });
  setImmediate(() => connection.start(result.rest));
  return connection;
}

/** Sends the request and reads the answer; the socket is paused, or destroyed where it failed. */
function handshake(
  socket: Socket,
  upgrade: ClientUpgrade,
  { handshakeTimeoutMs, signal }: DialOptions,
): Promise<UpgradeResult> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
      socket.pause().off("data", data).off("end", ended).off("close", ended).off("error", failed);
    };
    const finish = (result: UpgradeResult | undefined): void => {
      if (!result) return;
      settle();
      if (result.state === "failed") destroy(socket);
      resolve(result);
    };
    const abort = (): void => {
      settle();
      destroy(socket);
      reject(new FramecatError("interrupted", "interrupted while connecting"));
    };
    const data = (bytes: Buffer): void => finish(upgrade.push(bytes));
    const ended = (): void => finish(upgrade.ended("closed"));
    const failed = (): void => finish(upgrade.ended("closed"));
    const timer = setTimeout(
      () => finish(upgrade.ended("timed-out", handshakeTimeoutMs)),
      handshakeTimeoutMs,
    );
    socket.on("data", data).on("end", ended).on("close", ended).on("error", failed);
    signal?.addEventListener("abort", abort);
    socket.write(upgrade.bytes);
    if (signal?.aborted) abort();
    else if (socket.destroyed) ended();
  });
}

function destroy(socket: Socket): void {
  socket.on("error", () => undefined);
  socket.destroy();
}

function handshakeEvent(
  { target, id, clock }: DialOptions,
  { request }: ClientUpgrade,
  { remote, timings, tls }: OpenedSocket,
  result: UpgradeResult,
  upgradeMs: number,
): HandshakeEvent {
  const { response, verdict } = result;
  const { subprotocol, deflate, violations = [] } = verdict ?? {};
  return {
    type: "handshake",
    conn: id,
    at: clock.now(),
    role: "client",
    url: target.url,
    remote,
    request,
    response: response ?? { startLine: "", headers: [] },
    ...(result.state === "failed" && result.body.length > 0 && { body: result.body }),
    timings: { ...timings, upgrade: upgradeMs },
    ...(tls && { tls }),
    ...(subprotocol !== undefined && { subprotocol }),
    ...(deflate && { deflate }),
    violations,
  };
}
