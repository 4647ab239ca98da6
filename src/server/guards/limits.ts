import { CloseCode } from "../../protocol/close-codes.ts";
import type { Event } from "../../transport/events.ts";
import type { Client } from "../client.ts";
import type { Guard } from "../guard.ts";

/** By the code with which the connection itself answers what is too much. */
const KINDS: ReadonlyMap<number, string> = new Map([
  [CloseCode.tooBig, "max-payload"],
  [CloseCode.policyViolation, "max-fragments"],
]);

/** Counts messages that are too long or in too many fragments; the connection itself refuses them. */
export function limitsGuard(): Guard {
  const failed = new WeakSet<Client>();
  return {
    heard: (client: Client, event: Event) => {
      if (event.type === "error" && event.code === "protocol") failed.add(client);
      if (event.type !== "close" || !failed.has(client)) return;
      const kind = KINDS.get(event.code);
      if (kind !== undefined) client.refused(kind, `its message is beyond --${kind}`);
    },
  };
}
