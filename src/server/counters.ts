import type { CloseEvent } from "../transport/events.ts";
import { addTraffic, NO_TRAFFIC, type Traffic } from "../transport/traffic.ts";
import type { Guest } from "./client-row.ts";
import type { Clients } from "./clients.ts";

/** What has happened since the server began. */
export class Counters {
  readonly #clients: Clients;
  readonly #guests: () => Iterable<Pick<Guest, "traffic">>;
  readonly #refusals = new Map<string, number>();
  readonly #closes = new Map<number, number>();
  readonly #faults = new Map<string, number>();
  #opened = 0;
  #gone: Traffic = NO_TRAFFIC;

  /** @param guests those with connections of the mode's own */
  constructor(clients: Clients, guests: () => Iterable<Pick<Guest, "traffic">> = () => []) {
    this.#clients = clients;
    this.#guests = guests;
  }

  /** Connections that were opened. */
  get opened(): number {
    return this.#opened;
  }

  /** Clients that are connected now. */
  get connected(): number {
    return this.#clients.size + [...this.#guests()].length;
  }

  /** Clients turned away, or shown out by a guard, by the kind of guard. */
  get refusals(): ReadonlyMap<string, number> {
    return this.#refusals;
  }

  /** Connections that have ended, by close code. */
  get closes(): ReadonlyMap<number, number> {
    return this.#closes;
  }

  /** How often each fault has struck that is there on purpose. */
  get faults(): ReadonlyMap<string, number> {
    return this.#faults;
  }

  /** All that passed, on connections that are gone and on those that stand. */
  get traffic(): Traffic {
    let sum = this.#gone;
    for (const { connection } of this.#clients.all()) sum = addTraffic(sum, connection.traffic);
    for (const { traffic } of this.#guests()) sum = addTraffic(sum, traffic);
    return sum;
  }

  countOpened(): void {
    this.#opened += 1;
  }

  countRefusal(kind: string): void {
    this.#refusals.set(kind, (this.#refusals.get(kind) ?? 0) + 1);
  }

  countFault(name: string): void {
    this.#faults.set(name, (this.#faults.get(name) ?? 0) + 1);
  }

  countClosed({ code }: CloseEvent, traffic: Traffic): void {
    this.#closes.set(code, (this.#closes.get(code) ?? 0) + 1);
    this.#gone = addTraffic(this.#gone, traffic);
  }
}
