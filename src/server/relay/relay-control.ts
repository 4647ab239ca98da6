import { usageError } from "../../errors.ts";
import { MAX_CONTROL_PAYLOAD } from "../../protocol/frame.ts";
import { isControl } from "../../protocol/opcodes.ts";
import type { Direction } from "../../transport/events.ts";
import type { Held } from "../../transport/relay/passing.ts";
import type { RelayedConnection } from "../../transport/relay/relayed-connection.ts";
import { NO_RULES, RelayRules, type RelayRuleSet } from "./relay-rules.ts";

/** Something held, by the number that people call it. */
export interface HeldItem {
  readonly id: number;
  readonly held: Held;
}

/** What can be done with the traffic of a relay while it runs. */
export class RelayControl {
  readonly rules: RelayRules;
  readonly #held = new Map<number, Held>();
  readonly #connections = new Map<string, RelayedConnection>();
  readonly #onHeld: ((item: HeldItem) => void)[] = [];
  #count = 0;

  constructor(rules: RelayRuleSet = NO_RULES) {
    this.rules = new RelayRules(rules, (held) => this.#add(held));
  }

  /** What is held, the oldest first. */
  get held(): readonly HeldItem[] {
    return [...this.#held].map(([id, held]) => ({ id, held }));
  }

  /** The connections that are open, in the order of coming. */
  get connections(): ReadonlyMap<string, RelayedConnection> {
    return this.#connections;
  }

  /** Calls whenever something is held. */
  onHeld(tell: (item: HeldItem) => void): void {
    this.#onHeld.push(tell);
  }

  /** Lets something go on. @param data takes the place of its payload @throws FramecatError (usage) */
  release(id: number, data?: Uint8Array): void {
    const held = this.#get(id);
    if (data) checkLength(held.passing.opcode, data);
    held.release(data);
  }

  /** @throws FramecatError (usage) where nothing held has the number */
  drop(id: number): void {
    this.#get(id).drop();
  }

  /**
   * Sends a message or a control frame of one's own: `out` to the server, `in` to the client.
   * @param conn the connection; where only one is open it need not be named
   * @throws FramecatError (usage)
   */
  inject(dir: Direction, opcode: number, data: Uint8Array, conn?: string): RelayedConnection {
    checkLength(opcode, data);
    const connection = this.#connection(conn);
    connection.inject(dir, opcode, data);
    return connection;
  }

  join(connection: RelayedConnection): void {
    this.#connections.set(connection.id, connection);
    void connection.closed.then(() => this.#connections.delete(connection.id));
  }

  #add(held: Held): void {
    this.#count += 1;
    const id = this.#count;
    this.#held.set(id, held);
    held.onGone(() => this.#held.delete(id));
    for (const tell of this.#onHeld) tell({ id, held });
  }

  #get(id: number): Held {
    const held = this.#held.get(id);
    if (held) return held;
    const ids = [...this.#held.keys()].join(", ");
    throw usageError(ids === "" ? "nothing is held" : `${id} is not held; these are: ${ids}`);
  }

  #connection(conn: string | undefined): RelayedConnection {
    const [first, second] = this.#connections.values();
    if (conn === undefined && second) {
      const ids = [...this.#connections.keys()].join(", ");
      throw usageError(`several connections are open; name one of ${ids}`, "Example: #1.");
    }
    const found = conn === undefined ? first : this.#connections.get(conn);
    if (found) return found;
    throw usageError(conn === undefined ? "no connection is open" : `no connection #${conn}`);
  }
}

function checkLength(opcode: number, { length }: Uint8Array): void {
  if (!isControl(opcode) || length <= MAX_CONTROL_PAYLOAD) return;
  throw usageError(`a control frame holds at most ${MAX_CONTROL_PAYLOAD} bytes, not ${length}`);
}
