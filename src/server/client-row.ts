import { elapsedMs, type Moment } from "../clock.ts";
import type { Traffic } from "../transport/traffic.ts";
import type { Client } from "./client.ts";

/** Messages and bytes of their payloads. */
export interface Amount {
  readonly messages: number;
  readonly bytes: number;
}

/** What a table shows of a client. */
export interface ClientRow {
  readonly id: string;
  readonly address: string;
  readonly ageMs: number;
  readonly subprotocol: string | undefined;
  /** To the client, and from it. */
  readonly out: Amount;
  readonly in: Amount;
  /** Bytes that wait to be sent. */
  readonly buffered: number;
  /** Of the last ping that was answered. */
  readonly rttMs: number | undefined;
  /** A guard keeps it from the mode. */
  readonly detained: boolean;
}

/** A client with a connection of the mode's own, as those of a relay. */
export interface Guest {
  readonly id: string;
  readonly traffic: Traffic;
  row(now: Moment): ClientRow;
  /** @throws RangeError for a code that never travels, or a reason that is too long */
  close(code: number, reason: string): Promise<unknown>;
}

export function rowOf(client: Client, now: Moment): ClientRow {
  const { connection, asking, since, isDetained, rttMs } = client;
  const { traffic, subprotocol, bufferedAmount } = connection;
  return {
    id: client.id,
    address: asking.remote,
    ageMs: elapsedMs(since.ns, now.ns),
    subprotocol,
    out: amountOf(traffic.out),
    in: amountOf(traffic.in),
    buffered: bufferedAmount,
    rttMs,
    detained: isDetained,
  };
}

export function amountOf({ messages, payloadBytes }: Traffic["in"]): Amount {
  return { messages, bytes: payloadBytes };
}
