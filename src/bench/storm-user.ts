import type { LeanListener } from "../transport/lean-connection.ts";
import type { Load } from "./load.ts";
import type { LoadConnection, User } from "./user.ts";

/** One socket of a storm: open, and closed at once. */
export class StormUser implements User, LeanListener {
  readonly #load: Load;
  #tellGone: () => void = () => undefined;
  readonly #gone: Promise<void>;
  readonly inFlight = 0;
  connection: LoadConnection | undefined;

  constructor(load: Load) {
    this.#load = load;
    this.#gone = new Promise((resolve) => {
      this.#tellGone = resolve;
    });
  }

  join(connection: LoadConnection): void {
    this.connection = connection;
    connection.close();
  }

  /** Resolves when the socket has closed. */
  gone(): Promise<void> {
    return this.#gone;
  }

  start(): void {}
  plan(): void {}
  flush(): void {}
  drained(): void {}

  received(messages: number, bytes: number): void {
    this.#load.bytesIn += bytes;
    this.#load.messagesIn += messages;
  }

  closed(): void {
    this.#tellGone();
  }
}
