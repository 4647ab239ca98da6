import { Tally } from "./tally.ts";

/** What the lines of a connection refer to. */
export interface DumpConnection {
  /** Monotonic nanoseconds; undefined where its beginning was not seen. */
  readonly openedAt: bigint | undefined;
  readonly tally: Tally;
  /** Its name in its column, as wide as that was then. */
  name: string;
  nameColumns: number;
}

/** Of more, those that began first are forgotten. */
const MAX_CONNECTIONS = 65_536;

/** The connections that are under way, by their names. */
export class DumpConnections {
  readonly #known = new Map<string, DumpConnection>();

  begin(conn: string, openedAt?: bigint): DumpConnection {
    const connection = { openedAt, tally: new Tally(), name: "", nameColumns: 0 };
    this.#known.delete(conn);
    this.#known.set(conn, connection);
    const [oldest] = this.#known.keys();
    if (this.#known.size > MAX_CONNECTIONS && oldest !== undefined) this.#known.delete(oldest);
    return connection;
  }

  get(conn: string): DumpConnection | undefined {
    return this.#known.get(conn);
  }

  /** One that is not known begins here. */
  of(conn: string): DumpConnection {
    return this.#known.get(conn) ?? this.begin(conn);
  }

  forget(conn: string): void {
    this.#known.delete(conn);
  }
}
