import { onTestFinished } from "vitest";
import { systemClock } from "../../src/io.ts";
import type {
  LeanClose,
  LeanConnection,
  LeanListener,
} from "../../src/transport/lean-connection.ts";
import { dialLean, type LeanDialOptions, type LeanOpened } from "../../src/transport/lean-dial.ts";
import { parseTarget } from "../../src/transport/target.ts";
import { type RawPeer, type RawServer, random } from "./transport.ts";

/** Keeps what a lean connection tells. */
export class LeanLog implements LeanListener {
  messages = 0;
  bytes = 0;
  reads = 0;
  drains = 0;
  readonly #waiting = new Set<() => void>();
  #tellClosed: (close: LeanClose) => void = () => undefined;
  /** How it ended, when it has. */
  readonly end = new Promise<LeanClose>((resolve) => {
    this.#tellClosed = resolve;
  });

  received(messages: number, bytes: number): void {
    this.messages += messages;
    this.bytes += bytes;
    this.reads += 1;
    this.#changed();
  }

  drained(): void {
    this.drains += 1;
    this.#changed();
  }

  closed(close: LeanClose): void {
    this.#tellClosed(close);
  }

  until(reached: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const check = (): void => {
        if (!reached()) return;
        this.#waiting.delete(check);
        resolve();
      };
      this.#waiting.add(check);
      check();
    });
  }

  #changed(): void {
    for (const check of this.#waiting) check();
  }
}

export interface Lean extends LeanOpened {
  readonly log: LeanLog;
}

/** `dialLean` with everything kept; the connection is destroyed when the test ends. */
export async function leanTo(
  url: string,
  options: Partial<Omit<LeanDialOptions, "target">> = {},
  log = new LeanLog(),
): Promise<Lean> {
  const opened = await dialLean(log, {
    target: parseTarget(url),
    clock: systemClock,
    random,
    connectTimeoutMs: 5000,
    handshakeTimeoutMs: 5000,
    ...options,
  });
  onTestFinished(() => opened.connection.destroy());
  return { ...opened, log };
}

/** A lean connection, and the raw server's end of it after the handshake. */
export async function leanPair(
  server: RawServer,
  options?: Partial<LeanDialOptions>,
): Promise<{ connection: LeanConnection; log: LeanLog; peer: RawPeer }> {
  const accepted = server.peer().then(async (peer) => {
    await peer.accept();
    return peer;
  });
  const { connection, log } = await leanTo(server.url(), options);
  return { connection, log, peer: await accepted };
}
