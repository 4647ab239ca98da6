import { elapsedMs, type Moment } from "../../clock.ts";
import type { RelayedConnection } from "../../transport/relay/relayed-connection.ts";
import type { Asking } from "../../transport/serve.ts";
import { amountOf, type Guest } from "../client-row.ts";

/** A client of a relay, for tables: out is what went to the server, in what came from it. */
export function relayGuest(
  connection: Pick<RelayedConnection, "id" | "traffic" | "waiting" | "close">,
  asking: Pick<Asking, "remote">,
  { since, subprotocol }: { readonly since: Moment; readonly subprotocol: string | undefined },
): Guest {
  return {
    id: connection.id,
    get traffic() {
      return connection.traffic;
    },
    row: (now) => ({
      id: connection.id,
      address: asking.remote,
      ageMs: elapsedMs(since.ns, now.ns),
      subprotocol,
      out: amountOf(connection.traffic.out),
      in: amountOf(connection.traffic.in),
      buffered: connection.waiting,
      rttMs: undefined,
      detained: false,
    }),
    close: (code, reason) => connection.close(code, reason),
  };
}
