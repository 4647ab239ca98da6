import { CloseCode } from "../../protocol/close-codes.ts";
import type { Client } from "../client.ts";
import type { Guard } from "../guard.ts";

export interface SlowReaderOptions {
  /** Bytes that may wait to be sent to a client, what each message costs included. */
  readonly maxBuffered: number;
  /** How long a client that is shown out may take to read why. */
  readonly closeTimeoutMs: number;
}

/**
 * Shows out clients that do not read what they are sent, with 1013, before that fills the memory. A
 * message is always taken where none waits. What waits is sent before the Close frame; a client that
 * does not read that either is ended. What waits to be compressed counts, too: it takes as much memory.
 */
export function slowReaderGuard({ maxBuffered, closeTimeoutMs }: SlowReaderOptions): Guard {
  const leaving = new Map<Client, NodeJS.Timeout>();
  return {
    maySend: (client, length) => {
      const { backlog } = client.connection;
      if (backlog === 0 || backlog + length <= maxBuffered) return true;
      leaving.set(
        client,
        setTimeout(() => client.connection.terminate(), closeTimeoutMs),
      );
      void client.expel({
        kind: "slow-reader",
        why: `${backlog} bytes wait to be sent to it, of ${maxBuffered} that may`,
        code: CloseCode.tryAgainLater,
        reason: "too much waits to be read",
      });
      return false;
    },
    left: (client) => {
      clearTimeout(leaving.get(client));
      leaving.delete(client);
    },
  };
}
