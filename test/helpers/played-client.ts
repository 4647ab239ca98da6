import { expect } from "vitest";
import { Client } from "../../src/server/client.ts";
import type { Fault, TellFault } from "../../src/server/faults/fault.ts";
import { parseFault } from "../../src/server/faults/parse-fault.ts";
import type { Connection, SendOptions } from "../../src/transport/connection.ts";
import { askingOf } from "./asking.ts";
import { toHex } from "./bytes.ts";
import { fakeClock } from "./guarded-client.ts";

/** The fault of this notation. */
export function faultOf<F extends Fault["family"]>(
  family: F,
  text: string,
): Extract<Fault, { readonly family: F }> {
  const fault = parseFault(text, "--fault");
  expect(fault.family).toBe(family);
  return fault as Extract<Fault, { readonly family: F }>;
}

/** A client whose connection is played: what leaves is kept in words, in order. */
export function playedClient() {
  const done: string[] = [];
  const told: string[] = [];
  let gone: () => void = () => undefined;
  const act = (word: string) => (code?: number) => {
    done.push(code === undefined ? word : `${word} ${code}`);
    return Promise.resolve();
  };
  const connection = {
    id: "1",
    state: "OPEN",
    midMessage: false,
    closed: new Promise<void>((resolve) => (gone = resolve)),
    send: (data: string | Uint8Array, { shared, fin, sent }: SendOptions) => {
      const text = Buffer.from(data);
      const frame = shared && shared.payload === data ? ` as ${toHex(shared.frame)}` : "";
      done.push(`${text.toString("latin1")}${fin === false ? "…" : ""}${frame}`);
      sent?.(true);
      return Promise.resolve();
    },
    sendRaw: (bytes: Uint8Array) => Promise.resolve(void done.push(`raw ${toHex(bytes)}`)),
    close: act("close"),
    closeUnchecked: act("closeUnchecked"),
    halfClose: act("halfClose"),
    reset: act("reset"),
  };
  const client = new Client(connection as unknown as Connection, askingOf(), {
    since: fakeClock.now(),
    onFree: () => undefined,
  });
  const tell: TellFault = (name, words) => void told.push(`${name}: ${words}`);
  return { client, connection, done, told, tell, leave: () => gone() };
}
