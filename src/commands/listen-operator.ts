import type { Operator } from "../repl/listen/command.ts";
import type { Listener } from "../server/listener.ts";
import { SharedMessage } from "../transport/shared-message.ts";
import type { SignalWatch } from "./signals.ts";

/** What a prompt can do to the clients of a server. A client that is gone by now is passed over. */
export function operatorOf(listener: Listener, signals: Pick<SignalWatch, "raise">): Operator {
  const { clients, mode } = listener;
  return {
    ids: () => Array.from(clients, ({ id }) => id),
    allIds: () => [...clients.all(), ...listener.guests()].map(({ id }) => id),
    send: (id, text) => void clients.get(id)?.send(text),
    sendToAll: (text) => {
      const shared = new SharedMessage(text);
      for (const client of clients) void client.share(shared);
    },
    kick: (id, code, reason) => {
      const guest = Array.from(listener.guests()).find((one) => one.id === id);
      void (clients.get(id) ?? guest)?.close(code, reason);
    },
    ping: (id) => {
      const client = clients.get(id);
      if (client?.isOpen) void client.connection.ping();
      return client?.isOpen === true;
    },
    typed: mode.typed && ((line) => void mode.typed?.(line)),
    quit: () => signals.raise("SIGTERM"),
  };
}
