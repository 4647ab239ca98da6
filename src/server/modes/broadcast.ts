import { SharedMessage } from "../../transport/shared-message.ts";
import type { MakeMode } from "../mode.ts";

export interface BroadcastOptions {
  /** Who sends a message gets it, too. */
  readonly toSelf: boolean;
}

/** Sends every message to all clients but the one that it came of. */
export function broadcast({ toSelf }: BroadcastOptions): MakeMode {
  return ({ clients }) => ({
    received: (sender, { data, kind }) => {
      const shared = new SharedMessage(data, { binary: kind === "binary" });
      for (const client of clients) if (toSelf || client !== sender) void client.share(shared);
    },
  });
}
