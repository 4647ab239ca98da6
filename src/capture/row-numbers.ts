import { isRow, type NumberedEvent, type RowEvent, type TakeNumbered } from "../rows.ts";
import type { Event } from "../transport/events.ts";

/** Connections whose source is known; of more, those that began first are forgotten. */
const MAX_CONNECTIONS = 65_536;

/** A message that is held back until the next event tells whether frames tell of it too. */
interface Connection {
  framed: boolean | undefined;
  held: RowEvent | undefined;
}

/**
 * Numbers the rows of a capture.
 *
 * A recording tells of a message twice, as frames and as a whole. There the frames are the rows, and
 * the other event is left out. Whether a connection has frames shows at its first or second event,
 * because a message that is sent is told before its frame: the first one waits for the next.
 */
export class RowNumbers {
  readonly #connections = new Map<string, Connection>();
  #count = 0;

  /** @param take gets what the event adds to the list */
  push(event: Event, take: TakeNumbered): void {
    if (!isRow(event)) {
      this.#release(event, take);
      take({ event, number: 0 });
      return;
    }
    const connection = this.#connectionOf(event.conn);
    if (event.type === "frame") {
      connection.framed = true;
      connection.held = undefined;
      take(this.#row(event));
    } else if (connection.framed === false) take(this.#row(event));
    else if (!connection.framed) this.#hold(event, connection, take);
  }

  /** The input has ended. */
  end(): NumberedEvent[] {
    const held = [...this.#connections.values()].flatMap((connection) => connection.held ?? []);
    this.#connections.clear();
    return held.map((event) => this.#row(event));
  }

  /** The first message waits; the second one shows that no frame comes for it. */
  #hold(event: RowEvent, connection: Connection, take: TakeNumbered): void {
    if (!connection.held) {
      connection.held = event;
      return;
    }
    this.#release(event, take);
    take(this.#row(event));
  }

  #connectionOf(conn: string): Connection {
    const known = this.#connections.get(conn);
    if (known) return known;
    const connection: Connection = { framed: undefined, held: undefined };
    this.#connections.set(conn, connection);
    const [oldest] = this.#connections.keys();
    if (this.#connections.size > MAX_CONNECTIONS && oldest !== undefined) {
      this.#connections.delete(oldest);
    }
    return connection;
  }

  /** No frame came for what was held. */
  #release({ conn, type }: Event, take: TakeNumbered): void {
    const connection = this.#connections.get(conn);
    if (type === "close" || type === "handshake") this.#connections.delete(conn);
    if (!connection?.held) return;
    const { held } = connection;
    connection.framed = false;
    connection.held = undefined;
    take(this.#row(held));
  }

  #row(event: RowEvent): NumberedEvent {
    this.#count += 1;
    return { event, number: this.#count };
  }
}
