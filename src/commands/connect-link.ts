import { whenAborted } from "../abort.ts";
import { FramecatError } from "../errors.ts";
import type { Io } from "../io.ts";
import { CloseCode } from "../protocol/close-codes.ts";
import type { Connection } from "../transport/connection.ts";
import { dial } from "../transport/dial.ts";
import type { EventListener } from "../transport/events.ts";
import { type Link, openLink } from "../transport/link.ts";
import type { ConnectSettings } from "./connect-settings.ts";
import { NO_DEFLATE_HINT } from "../transport/refusal-hint.ts";
import type { SignalWatch } from "./signals.ts";

/**
 * Opens the link that the settings ask for; a signal closes it, a second one at once.
 * @throws FramecatError with what failed
 */
export async function openConnectLink(
  settings: ConnectSettings,
  { stop, kill }: Pick<SignalWatch, "stop" | "kill">,
  { clock, random }: Pick<Io, "clock" | "random">,
  onEvent: EventListener,
): Promise<Link> {
  const { first, heartbeat, reconnect, queue, frames, maxMessageLength } = settings;
  const { offer, required, threshold } = settings.deflate;
  const { closeTimeoutMs } = settings;
  const link = await openLink({
    clock,
    random,
    onEvent,
    signal: stop,
    first,
    heartbeat,
    reconnect,
    queue,
    dial: async (id, listener, signal) => {
      const connection = await dial({
        ...settings.dial,
        id,
        clock,
        random,
        frames,
        maxMessageLength,
        closeTimeoutMs,
        signal,
        deflate: offer,
        deflateThreshold: threshold,
        onEvent: listener,
      });
      return required ? requireDeflate(connection) : connection;
    },
  });
  whenAborted(kill, () => link.terminate());
  whenAborted(stop, () => endSoon(link, closeTimeoutMs));
  return link;
}

/** A peer that is held back cannot answer a Close frame; who was told to end does not wait for that. */
function endSoon(link: Link, timeoutMs: number): void {
  const timer = setTimeout(() => link.terminate(), timeoutMs);
  void link.closed.then(() => clearTimeout(timer));
}

async function requireDeflate(connection: Connection): Promise<Connection> {
  if (connection.deflate) return connection;
  await connection.close(CloseCode.mandatoryExtension, "permessage-deflate is required");
  const message = "the server did not agree to permessage-deflate";
  throw new FramecatError("bad-handshake", message, NO_DEFLATE_HINT);
}
