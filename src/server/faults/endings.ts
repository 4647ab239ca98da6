import { CloseCode, mayTravel } from "../../protocol/close-codes.ts";
import type { Client } from "../client.ts";
import { type Random, striker } from "./dice.ts";
import type { EndFault, TellFault } from "./fault.ts";

export interface EndingOptions {
  readonly faults: readonly EndFault[];
  /** The random numbers of a fault at this client. */
  readonly random: (fault: EndFault) => Random;
  readonly tell: TellFault;
}

const DONE = Promise.resolve();

/** Ends a client's connection when it is time, or behind a message; after that it is sent no more. */
export function endings(client: Client, { faults, random, tell }: EndingOptions): void {
  if (faults.length === 0) return;
  const dice = faults.map((fault) => ({ fault, strikes: striker(fault.when, random(fault)) }));
  let number = 0;
  let over = false;
  const end = (fault: EndFault): void => {
    over = true;
    if (client.isOpen) act(client, fault, tell);
  };
  const timers = faults.map((fault) => {
    return fault.when.kind === "time" ? setTimeout(end, fault.when.ms, fault) : undefined;
  });
  void client.connection.closed.then(() => timers.forEach(clearTimeout));
  client.deliverBy((deliver) => (data, options) => {
    if (over) {
      options.sent?.(false);
      return DONE;
    }
    // A message that a mode sends in fragments counts when it is whole.
    if (options.fin === false) return deliver(data, options);
    number += 1;
    const struck = dice.filter(({ strikes }) => strikes(number));
    const [first] = struck;
    if (!first) return deliver(data, options);
    over = true;
    const sent = (ok: boolean): void => {
      options.sent?.(ok);
      end(first.fault);
    };
    return deliver(data, { ...options, sent });
  });
}

function act(client: Client, fault: EndFault, tell: TellFault): void {
  switch (fault.name) {
    case "close":
      tell("close", fault.code === undefined ? "without a code" : `with ${fault.code}`);
      return close(client, fault.code);
    case "half-close":
      tell("half-close", "TCP is ended from here");
      return client.connection.halfClose();
    case "reset":
      tell("reset", "TCP is reset");
      return client.connection.reset();
  }
}

function close(client: Client, code: number | undefined): void {
  if (code === undefined) void client.close(CloseCode.noStatus);
  else if (mayTravel(code)) void client.close(code);
  else void client.connection.closeUnchecked(code);
}
