import type { Client } from "./client.ts";

/** So many clients leave memory behind that is worth asking back. */
const CROWD = 1000;

/** Who is connected, in the order of coming. */
export class Clients {
  readonly #byId = new Map<string, Client>();
  readonly #onCrowdGone: () => void;
  #most = 0;

  /** @param onCrowdGone called when the last one of very many has gone */
  constructor(onCrowdGone: () => void = () => undefined) {
    this.#onCrowdGone = onCrowdGone;
  }

  get size(): number {
    return this.#byId.size;
  }

  get(id: string): Client | undefined {
    return this.#byId.get(id);
  }

  add(client: Client): void {
    this.#byId.set(client.id, client);
    this.#most = Math.max(this.#most, this.size);
  }

  delete(client: Client): void {
    this.#byId.delete(client.id);
    if (this.size > 0 || this.#most < CROWD) return;
    this.#most = 0;
    this.#onCrowdGone();
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
