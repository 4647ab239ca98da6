import type { Asking, Welcome } from "../../transport/serve.ts";
import type { Client } from "../client.ts";
import { diceOf, type Random } from "./dice.ts";
import { endings } from "./endings.ts";
import type { Fault, FaultName, TellFault } from "./fault.ts";
import { handshakeFaults } from "./handshake-faults.ts";
import { linkShape } from "./link-faults.ts";
import { messageFaults } from "./message-faults.ts";
import { silences } from "./silences.ts";

/** What goes wrong on purpose. */
export interface FaultPlan {
  readonly faults: readonly Fault[];
  /** The same seed has the same faults strike the same client, by the number of its connection. */
  readonly seed: number;
}

type Family = Fault["family"];
type Of<F extends Family> = Extract<Fault, { readonly family: F }>;

/** Has faults strike the clients of a server. All that is kept of a client goes with it. */
export class Faults {
  readonly #plan: FaultPlan;
  readonly #tell: (name: FaultName, words: string, conn: string) => void;

  /** @param tell tells and counts that a fault has struck */
  constructor(plan: FaultPlan, tell: (name: FaultName, words: string, conn: string) => void) {
    this.#plan = plan;
    this.#tell = tell;
  }

  /**
   * How a client is answered that comes in, and what its connection does.
   * @param welcome how it would be answered otherwise
   */
  welcome({ conn }: Pick<Asking, "conn">, welcome: Welcome = {}): Welcome {
    const [random, tell] = this.#at(conn);
    const links = this.#of("link");
    for (const { name, text } of links) tell(name, text);
    const shape = linkShape(links, random);
    const silent = silences(this.#of("silence"), random, tell);
    const connection = { ...welcome.connection, ...silent, ...(shape && { shape }) };
    return { ...welcome, ...handshakeFaults(this.#of("handshake"), random, tell), connection };
  }

  /** A client has come in. */
  prepare(client: Client): void {
    const [random, tell] = this.#at(client.id);
    messageFaults(client, { faults: this.#of("message"), random, tell });
    endings(client, { faults: this.#of("end"), random, tell });
  }

  #of<F extends Family>(family: F): Of<F>[] {
    return this.#plan.faults.filter((fault): fault is Of<F> => fault.family === family);
  }

  #at(conn: string): [random: (fault: Pick<Fault, "text">) => Random, tell: TellFault] {
    const random = ({ text }: Pick<Fault, "text">) => diceOf(this.#plan.seed, conn, text);
    return [random, (name, words) => this.#tell(name, words, conn)];
  }
}
