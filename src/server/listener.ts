import type { Event, EventListener } from "../transport/events.ts";
import type { Connection } from "../transport/connection.ts";
import {
  type Admission,
  type Asking,
  serve,
  type ServeOptions,
  type Server,
} from "../transport/serve.ts";
import { type ClientRow, type Guest, rowOf } from "./client-row.ts";
import { Client } from "./client.ts";
import { Clients } from "./clients.ts";
import { concealed } from "./concealed.ts";
import { Counters } from "./counters.ts";
import { type FaultPlan, Faults } from "./faults/index.ts";
import { GuardChain } from "./guard-chain.ts";
import type { Guard } from "./guard.ts";
import type { Holdable, MakeMode, Mode } from "./mode.ts";

export interface ListenerOptions {
  readonly serve: Omit<ServeOptions, "onConnection" | "onEvent" | "admit" | "onTurnedAway">;
  readonly mode: MakeMode;
  /** Asked in this order. */
  readonly guards?: readonly Guard[];
  /** What goes wrong on purpose. */
  readonly faults?: FaultPlan | undefined;
  readonly random: (length: number) => Uint8Array;
  /** Takes every event, before anything is done about it. */
  readonly onEvent: EventListener;
  /** Gives memory back that nothing needs. */
  readonly collectGarbage?: (() => void) | undefined;
}

/** Until the last sockets of a crowd are closed. */
const CROWD_GONE_MS = 1000;

/** A server with its clients, its guards and its mode. */
export class Listener {
  readonly clients = new Clients(() => this.#crowdGone());
  readonly counters = new Counters(this.clients, () => this.guests());
  readonly #options: ListenerOptions;
  readonly #guards: GuardChain;
  readonly #mode: Mode;
  readonly #faults: Faults | undefined;
  #server: Server | undefined;
  #isStopping = false;

  private constructor(options: ListenerOptions) {
    const { guards = [], mode, faults, random, onEvent } = options;
    this.#options = options;
    this.#guards = new GuardChain(guards);
    this.#faults =
      faults && new Faults(faults, (name, words, conn) => this.#faulted(name, words, conn));
    this.#mode = mode({
      clients: this.clients,
      counters: this.counters,
      clock: options.serve.clock,
      random,
      onEvent,
      note: (message, conn) => this.note(message, conn),
    });
  }

  /** @throws FramecatError (bind) when the address cannot be had */
  static async start(options: ListenerOptions): Promise<Listener> {
    const listener = new Listener(options);
    listener.#server = await serve({
      ...options.serve,
      admit: (asking) => listener.#admit(asking),
      onConnection: (connection, asking) => listener.#welcome(connection, asking),
      onEvent: (event) => listener.#take(event),
      onTurnedAway: (kind) => listener.counters.countRefusal(kind),
    });
    return listener;
  }

  /** What the mode brings to a prompt. */
  get mode(): Pick<Mode, "commands" | "typed"> {
    return this.#mode;
  }

  /** Those with connections of the mode's own. */
  guests(): Iterable<Guest> {
    return this.#mode.guests?.() ?? [];
  }

  /** What a table shows of all that are connected. */
  rows(): ClientRow[] {
    const now = this.#options.serve.clock.now();
    const rows = Array.from(this.clients.all(), (client) => rowOf(client, now));
    return [...rows, ...Array.from(this.guests(), (guest) => guest.row(now))];
  }

  get isStopping(): boolean {
    return this.#isStopping;
  }

  get addresses(): Server["addresses"] {
    return this.#server?.addresses ?? [];
  }

  /** Tells whoever runs the server. @param conn the connection that it is about */
  note(message: string, conn = "0"): void {
    const at = this.#options.serve.clock.now();
    this.#options.onEvent({ type: "note", conn, at, message });
  }

  /** Tells and counts that a client was turned away, or is shown out. */
  refuse(kind: string, why: string, conn: string): void {
    this.counters.countRefusal(kind);
    this.note(`refused: ${why}`, conn);
  }

  /** Takes no new clients, closes all with 1001, and resolves when the last has gone. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    // What the mode still has to say goes out before the Close frames do.
    const modeStopped = this.#mode.stop?.();
    await Promise.all([this.#server?.close(), modeStopped]);
  }

  /** A connection that is open, whoever has it. */
  find(conn: string): Holdable | undefined {
    return this.#mode.find?.(conn) ?? this.clients.get(conn)?.connection;
  }

  /** Ends what is left at once. */
  terminate(): void {
    for (const { connection } of this.clients.all()) connection.terminate();
    this.#mode.terminate?.();
  }

  /** V8 keeps the memory that a crowd needed until it needs more. */
  #crowdGone(): void {
    const { collectGarbage } = this.#options;
    if (collectGarbage) setTimeout(collectGarbage, CROWD_GONE_MS).unref();
  }

  async #admit(asking: Asking): Promise<Admission> {
    const denial = await this.#guards.admit(asking);
    if (denial) {
      this.counters.countRefusal(denial.kind);
      return { refused: denial.reply, why: denial.why };
    }
    const admission = (await this.#mode.admit?.(asking)) ?? {};
    if (!this.#faults || admission.refused) return admission;
    return { welcome: this.#faults.welcome(asking, admission.welcome) };
  }

  #faulted(name: string, words: string, conn: string): void {
    this.counters.countFault(name);
    this.note(`fault ${name}: ${words}`, conn);
  }

  #welcome(connection: Connection, asking: Asking): void {
    const client = new Client(connection, asking, {
      since: this.#options.serve.clock.now(),
      maySend: (to, length) => this.#guards.maySend(to, length),
      refuse: (kind, why, conn) => this.refuse(kind, why, conn),
      onFree: (free) => this.#mode.joined?.(free),
    });
    this.counters.countOpened();
    this.#faults?.prepare(client);
    this.#guards.joined(client);
    this.clients.add(client);
    if (!client.isDetained) this.#mode.joined?.(client);
  }

  #take(event: Event): void {
    const client = this.clients.get(event.conn);
    const hidden = client && this.#guards.hides(client);
    this.#options.onEvent(hidden ? concealed(event) : event);
    if (!client) return;
    this.#guards.heard(client, event);
    if (event.type === "message" && event.dir === "in") {
      if (!client.isOpen) return;
      if (!this.#guards.allows(client, event)) return;
      if (!client.isDetained) this.#mode.received?.(client, event);
    } else if (event.type === "state" && event.state === "CLOSING") {
      client.readOn();
    } else if (event.type === "pong") {
      client.rttMs = event.rttMs ?? client.rttMs;
    } else if (event.type === "close") {
      this.clients.delete(client);
      this.counters.countClosed(event, client.connection.traffic);
      this.#guards.left(client);
      if (!client.isDetained) this.#mode.left?.(client);
    }
  }
}
