import type { Client } from "./client.ts";

/** Who is connected, in the order of coming. */
export class Clients {
  readonly #byId = new Map<string, Client>();

  get size(): number {
    return this.#byId.size;
  }

  get(id: string): Client | undefined {
    return this.#byId.get(id);
  }

  add(client: Client): void {
    this.#byId.set(client.id, client);
  }

  delete(client: Client): void {
    this.#byId.delete(client.id);
  }

  /** Those that no guard detains. */
  *[Symbol.iterator](): Generator<Client> {
    for (const client of this.#byId.values()) if (!client.isDetained) yield client;
  }

  /** All of them, also those that have not shown who they are. */
  all(): Iterable<Client> {
    return this.#byId.values();
  }
}
