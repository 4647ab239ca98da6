import type { Holdable } from "../server/mode.ts";
import type { Event } from "../transport/events.ts";

/** A connection that is open, by its name. */
export type Find = (conn: string) => Holdable | undefined;

/** An output that may be behind. */
export interface Behind {
  readonly congested: boolean;
  drained(): Promise<void>;
}

/**
 * Holds back who causes events, each once, until an output that is behind has caught up. Nothing is
 * kept of who goes meanwhile.
 */
export function holderOf(output: Behind): (event: Event, find: Find) => void {
  const held = new Map<Holdable, () => void>();
  const releaseAll = (): void => {
    for (const release of held.values()) release();
    held.clear();
  };
  return ({ type, conn }, find) => {
    if (!output.congested) return;
    const connection = find(conn);
    if (!connection) return;
    if (type === "close") {
      held.delete(connection);
    } else if (!held.has(connection)) {
      if (held.size === 0) void output.drained().then(releaseAll);
      held.set(connection, connection.hold());
    }
  };
}
