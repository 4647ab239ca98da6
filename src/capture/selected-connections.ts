import { isControl, Opcode } from "../protocol/opcodes.ts";
import type { RowEvent } from "../rows.ts";
import type { Direction, Event, HandshakeEvent } from "../transport/events.ts";
import { headCost } from "./head-cost.ts";

/** What is known of a connection of which something may be selected. */
export class SelectedConnection {
  readonly inScope: boolean;
  /** Kept until it was given. */
  handshake: HandshakeEvent | undefined;
  /** An event of it was given. */
  shown = false;
  /** A compressed message is under way. */
  readonly #compressed: Record<Direction, boolean> = { in: false, out: false };

  constructor(inScope: boolean, handshake: HandshakeEvent | undefined) {
    this.inScope = inScope;
    this.handshake = handshake;
  }

  /** Whether the row belongs to a compressed message, which only its first frame tells. */
  isCompressed(event: RowEvent): boolean {
    if (event.type !== "frame") return false;
    const { opcode, rsv1, fin } = event.frame.header;
    if (isControl(opcode)) return false;
    if (opcode !== Opcode.continuation) this.#compressed[event.dir] = rsv1;
    const part = this.#compressed[event.dir];
    if (fin) this.#compressed[event.dir] = false;
    return part;
  }
}

export interface ConnectionLimits {
  readonly maxConnections: number;
  /** Bytes of handshakes, of all connections together. */
  readonly maxHeld: number;
}

/** What a handshake takes beside its heads. */
const HANDSHAKE_COST = 512;
const DEFAULT_LIMITS: ConnectionLimits = { maxConnections: 65_536, maxHeld: 32 * 2 ** 20 };

/** Connections by their names. Where there are too many, those that began first are forgotten. */
export class SelectedConnections {
  readonly #names: ReadonlySet<string> | undefined;
  readonly #limits: ConnectionLimits;
  readonly #known = new Map<string, SelectedConnection>();
  #held = 0;

  /**
   * @param names of the connections in scope, or `host:port` of their servers; default: all. The
   *   name of an HTTP/2 connection stands for all of its streams: `1` for `1.1`, `1.3`.
   */
  constructor(names: ReadonlySet<string> | undefined, limits: Partial<ConnectionLimits> = {}) {
    this.#names = names;
    this.#limits = { ...DEFAULT_LIMITS, ...limits };
  }

  /** The connection of an event; a handshake begins a new one, whose name may have been in use. */
  of(event: Event): SelectedConnection {
    const known = event.type === "handshake" ? undefined : this.#known.get(event.conn);
    return known ?? this.#begin(event);
  }

  /** An event of the connection is given; its handshake is not needed any more. */
  show(conn: string, connection: SelectedConnection): void {
    if (this.#known.get(conn) === connection) this.#held -= costOf(connection);
    connection.handshake = undefined;
    connection.shown = true;
  }

  forget(conn: string): void {
    const known = this.#known.get(conn);
    if (!known) return;
    this.#known.delete(conn);
    this.#held -= costOf(known);
  }

  #begin(event: Event): SelectedConnection {
    const handshake = event.type === "handshake" ? event : undefined;
    const connection = new SelectedConnection(this.#isInScope(event), handshake);
    this.forget(event.conn);
    this.#known.set(event.conn, connection);
    this.#held += costOf(connection);
    const { maxConnections, maxHeld } = this.#limits;
    for (const conn of this.#known.keys()) {
      if (this.#known.size <= maxConnections && this.#held <= maxHeld) break;
      this.forget(conn);
    }
    return connection;
  }

  #isInScope(event: Event): boolean {
    const names = this.#names;
    if (!names || names.has(event.conn) || names.has(carrierOf(event.conn))) return true;
    if (event.type !== "handshake") return false;
    const authority = /^[a-z]+:\/\/(?:[^/?#]*@)?([^/?#]*)/i.exec(event.url)?.[1];
    return names.has(event.remote) || (authority !== undefined && names.has(authority));
  }
}

/** The connection that a stream of HTTP/2 is on, by their names. */
function carrierOf(conn: string): string {
  return conn.replace(/\.\d+$/, "");
}

/** About, in bytes. */
function costOf({ handshake }: SelectedConnection): number {
  if (!handshake) return 0;
  const { request, response, body } = handshake;
  return HANDSHAKE_COST + headCost(request) + headCost(response) + (body?.length ?? 0);
}
