import type { RelayedConnection } from "../../transport/relay/relayed-connection.ts";

/** How often it is looked in the time that may pass. */
const LOOKS = 8;

/**
 * Tells, once, that nothing of a message has passed on a connection for so long, or for an eighth of
 * that longer; a long message on its way is not idle, pings and pongs are.
 * @returns the function that ends the watch
 */
export function watchIdle(
  connection: Pick<RelayedConnection, "progress" | "isHeld">,
  timeoutMs: number,
  onIdle: () => void,
): () => void {
  let progress = connection.progress;
  let quiet = 0;
  const look = (): void => {
    const passes = connection.progress !== progress || connection.isHeld;
    progress = connection.progress;
    quiet = passes ? 0 : quiet + 1;
    if (quiet < LOOKS) return;
    end();
    onIdle();
  };
  const timer = setInterval(look, timeoutMs / LOOKS);
  const end = (): void => clearInterval(timer);
  return end;
}
