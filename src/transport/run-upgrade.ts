import type { Socket } from "node:net";
import { whenAborted } from "../abort.ts";
import type { ClientUpgrade, UpgradeResult } from "./client-upgrade.ts";
import { interrupted } from "./connect-failure.ts";

export interface RunUpgradeOptions {
  readonly handshakeTimeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Brings what the socket reads to `take`, until the function it gives is called. */
  readonly feed: (take: (bytes: Uint8Array) => void) => () => void;
}

/**
 * Sends the opening request on a socket that is connected, and reads the answer; where it is no
 * success the socket is destroyed.
 * @param settled makes of the result what the caller gets, or throws. It is called in the turn in
 *   which the answer comes, so nothing of the socket is missed in between.
 * @throws FramecatError (interrupted), and what `settled` throws
 */
export function runUpgrade<T>(
  socket: Socket,
  upgrade: ClientUpgrade,
  { handshakeTimeoutMs, signal, feed }: RunUpgradeOptions,
  settled: (result: UpgradeResult) => T,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const release = (): void => {
      clearTimeout(timer);
      unfeed();
      unwatch();
      socket.off("end", ended).off("close", ended).off("error", broke);
    };
    const fail = (): void => {
      release();
      socket.on("error", () => undefined);
      socket.destroy();
    };
    const finish = (result: UpgradeResult | undefined): void => {
      if (!result) return;
      if (result.state === "failed") fail();
      else release();
      try {
        resolve(settled(result));
      } catch (thrown) {
        reject(thrown);
      }
    };
    const ended = (): void => finish(upgrade.ended("closed"));
    const broke = (thrown: Error): void => finish(upgrade.broke(thrown));
    const late = (): void => finish(upgrade.ended("timed-out", handshakeTimeoutMs));
    const timer = setTimeout(late, handshakeTimeoutMs);
    const unfeed = feed((bytes) => finish(upgrade.push(bytes)));
    socket.on("end", ended).on("close", ended).on("error", broke);
    let unwatch = (): void => undefined;
    unwatch = whenAborted(signal, () => {
      fail();
      reject(interrupted());
    });
    if (signal?.aborted) return;
    if (socket.destroyed) ended();
    else socket.write(upgrade.bytes);
  });
}
