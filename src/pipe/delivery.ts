import { FramecatError } from "../errors.ts";
import type { Connection } from "../transport/connection.ts";
import { type Deferred, deferred } from "../transport/deferred.ts";
import type { Piece } from "./fragments.ts";

/** What is piped through: one connection, or one after the other while it is CONNECTING in between. */
export type PipeConnection = Pick<
  Connection,
  "state" | "send" | "close" | "closed" | "hold" | "bytesReceived"
>;

/** Hands pieces to a connection, and knows whether they have left. */
export class Delivery {
  readonly #connection: Pick<PipeConnection, "state" | "send">;
  readonly #settle = (left: boolean): void => {
    this.#underWay -= 1;
    this.#whole &&= left;
    if (this.#underWay === 0) this.#idle?.resolve();
  };
  #underWay = 0;
  #whole = true;
  #idle: Deferred<void> | undefined;
  /** The message under way was cut: the rest of it goes nowhere. */
  #dropping = false;

  constructor(connection: Pick<PipeConnection, "state" | "send">) {
    this.#connection = connection;
  }

  /** False when something has not left, and never will. */
  get whole(): boolean {
    return this.#whole;
  }

  /** Something that was to be sent never got here. */
  lose(): void {
    this.#whole = false;
  }

  /** Resolves when more may follow: true, or false when the connection has come to its end. */
  async send({ bytes, binary, fin }: Piece): Promise<boolean> {
    if (this.#dropping) {
      this.#dropping = !fin;
      return true;
    }
    this.#underWay += 1;
    try {
      await this.#connection.send(bytes, { binary, fin, sent: this.#settle });
      return true;
    } catch (thrown) {
      if (!(thrown instanceof FramecatError)) throw thrown;
      this.#settle(false);
      this.#dropping = !fin;
      return !this.#isOver();
    }
  }

  /** Resolves once all has left, or is known never to. */
  async settled(): Promise<void> {
    if (this.#underWay === 0) return;
    this.#idle = deferred();
    await this.#idle.promise;
  }

  #isOver(): boolean {
    const { state } = this.#connection;
    return state === "CLOSING" || state === "CLOSED";
  }
}
