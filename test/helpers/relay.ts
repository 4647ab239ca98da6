import type { OnwardOptions } from "../../src/transport/relay/onward-handshake.ts";
import { systemClock } from "../../src/io.ts";
import { relay, type RelayOptions } from "../../src/server/relay/relay.ts";
import { RelayControl } from "../../src/server/relay/relay-control.ts";
import { NO_RULES, type RelayRuleSet } from "../../src/server/relay/relay-rules.ts";
import { parseTarget } from "../../src/transport/target.ts";
import { startListener } from "./listener.ts";
import { openingRequest, rawClient, rawServer } from "./transport.ts";

export interface RelayTestOptions extends Partial<Omit<RelayOptions, "onward" | "control">> {
  readonly onward?: Partial<RelayOptions["onward"]>;
  readonly rules?: Partial<RelayRuleSet>;
}

export function onwardOptions(url: string, more: Partial<OnwardOptions> = {}): OnwardOptions {
  return {
    target: parseTarget(url),
    clock: systemClock,
    connectTimeoutMs: 5000,
    handshakeTimeoutMs: 5000,
    ...more,
  };
}

/** A relay to `url` on a free port, with everything logged. */
export async function startRelay(url: string, options: RelayTestOptions = {}) {
  const { onward, rules, ...rest } = options;
  const control = new RelayControl({ ...NO_RULES, ...rules });
  const mode = relay({ frames: true, ...rest, onward: onwardOptions(url, onward), control });
  return { ...(await startListener(mode)), control };
}

/** A raw client and a raw server with a relay between them, the handshake done. */
export async function relayedPair(options: RelayTestOptions = {}, ...headers: string[]) {
  const server = await rawServer();
  const relaying = await startRelay(server.url(), options);
  const client = await rawClient(relaying.port);
  const offers = headers.length > 0 ? [`${headers[0]}; client_max_window_bits`] : [];
  client.send(openingRequest(...offers));
  const peer = await server.peer();
  await peer.accept(...headers);
  await client.head();
  return { ...relaying, client, server: peer };
}
