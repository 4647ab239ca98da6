import { type Deferred, deferred } from "../../transport/deferred.ts";
import { SharedMessage } from "../../transport/shared-message.ts";
import { CloseCode } from "../../protocol/close-codes.ts";
import type { Client } from "../client.ts";
import type { Mode, ModeContext } from "../mode.ts";

/** How long one client may keep all others waiting. */
const PATIENCE_MS = 10_000;

/**
 * Sends what is typed or piped in to all clients, line by line. A line that nobody is there for waits
 * for the first client; the next line waits until all have room, except for clients that read nothing
 * for too long, which are closed.
 */
export function print({ clients, note }: ModeContext): Mode {
  const someone = new Doorbell();
  return {
    joined: () => someone.ring(),
    typed: async (line) => {
      const shared = new SharedMessage(line);
      if (clients[Symbol.iterator]().next().done) await someone.rung();
      await Promise.all(Array.from(clients, (client) => say(client, shared, note)));
    },
    stop: () => someone.ring(),
  };
}

/** Tells who waits that somebody has come. */
class Doorbell {
  #waiting: Deferred<void> | undefined;

  rung(): Promise<void> {
    this.#waiting ??= deferred();
    return this.#waiting.promise;
  }

  ring(): void {
    this.#waiting?.resolve();
    this.#waiting = undefined;
  }
}

async function say(
  client: Client,
  shared: SharedMessage,
  note: ModeContext["note"],
): Promise<void> {
  const room = client.share(shared);
  if (!client.connection.congested) return;
  const late = deferred();
  const timer = setTimeout(() => {
    note(`it kept the others waiting for ${PATIENCE_MS / 1000} s`, client.id);
    void client.close(CloseCode.tryAgainLater, "too slow");
    late.resolve();
  }, PATIENCE_MS);
  await Promise.race([room, late.promise]);
  clearTimeout(timer);
}
