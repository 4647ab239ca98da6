import { CloseCode } from "../../protocol/close-codes.ts";
import type { Client } from "../client.ts";
import type { Guard } from "../guard.ts";

interface Watch {
  readonly timer: NodeJS.Timeout;
  /** What was received and what waits to be sent, when it was last looked at. */
  received: number;
  progress: number | undefined;
}

/**
 * Closes clients with 1000 that neither sent nor were sent a message for so long. A long message on
 * its way is none yet, but its bytes show that they are not idle; pings and pongs do not.
 */
export function idleGuard(timeoutMs: number): Guard {
  const watches = new Map<Client, Watch>();
  const look = (client: Client): void => {
    const watch = watches.get(client);
    if (!watch) return;
    if (isBusy(client, watch)) watch.timer.refresh();
    else expel(client, timeoutMs);
  };
  return {
    joined: (client) => {
      const timer = setTimeout(() => look(client), timeoutMs);
      watches.set(client, {
        timer,
        received: client.connection.bytesReceived,
        progress: undefined,
      });
    },
    heard: (client, { type }) => {
      if (type !== "message") return;
      const watch = watches.get(client);
      if (!watch) return;
      watch.received = client.connection.bytesReceived;
      watch.timer.refresh();
    },
    left: (client) => {
      clearTimeout(watches.get(client)?.timer);
      watches.delete(client);
    },
  };
}

/**
 * While we do not read from it, nothing can be said of a client; but if that is because it does not
 * read its answers, it has to take some of them.
 */
function isBusy({ connection, leavesAnswers }: Client, watch: Watch): boolean {
  const { bytesReceived, progress, held } = connection;
  const busy =
    (held && !leavesAnswers) ||
    bytesReceived !== watch.received ||
    (progress !== undefined && progress !== watch.progress);
  watch.received = bytesReceived;
  watch.progress = progress;
  return busy;
}

function expel(client: Client, timeoutMs: number): void {
  void client.expel({
    kind: "idle",
    why: `no message passed for ${timeoutMs / 1000} s`,
    code: CloseCode.normal,
    reason: "idle",
  });
}
