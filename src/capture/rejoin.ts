import { isControl } from "../protocol/opcodes.ts";
import { MessageAssembler } from "../protocol/assembler.ts";
import type { DeflateParams } from "../protocol/deflate.ts";
import { deflateContext } from "../protocol/deflate-context.ts";
import type { Direction, Event, FrameEvent, HandshakeEvent } from "../transport/events.ts";
import { createInflate } from "../transport/inflater.ts";

export interface RejoinLimits {
  /** Longest message in bytes; of a longer one the beginning is not kept either. */
  readonly maxMessageLength?: number;
  /** Connections that are known at a time. */
  readonly maxConnections?: number;
  /** Bytes of unfinished messages, of all connections together. */
  readonly maxHeld?: number;
}

interface Side {
  readonly assembler: MessageAssembler;
  /** Bytes of the message that has begun. */
  held: number;
}

interface Connection {
  readonly handshake: HandshakeEvent | undefined;
  readonly sides: Partial<Record<Direction, Side>>;
}

const MIB = 2 ** 20;

/**
 * Gives frames that come without it the message that they complete, inflated as the handshake before
 * them says. What is known of a connection is forgotten at its end, and where there is too much of
 * it: the longest unused first, whose next messages may then come without being whole.
 */
export class Rejoiner {
  readonly #limits: Required<RejoinLimits>;
  /** The one that was used last is the last. */
  readonly #connections = new Map<string, Connection>();
  #held = 0;

  constructor(limits: RejoinLimits = {}) {
    this.#limits = {
      maxMessageLength: 64 * MIB,
      maxConnections: 1000,
      maxHeld: 128 * MIB,
      ...limits,
    };
  }

  push(event: Event): Event {
    if (event.type === "frame") return this.#join(event);
    if (event.type === "handshake" || event.type === "close") this.#forget(event.conn);
    if (event.type === "handshake") this.#keep(event.conn, { handshake: event, sides: {} });
    return event;
  }

  #join(event: FrameEvent): FrameEvent {
    const connection = this.#connections.get(event.conn) ?? { handshake: undefined, sides: {} };
    this.#connections.delete(event.conn);
    this.#keep(event.conn, connection);
    const side = (connection.sides[event.dir] ??= this.#newSide(connection.handshake, event.dir));
    const { message } = side.assembler.push(event.frame);
    this.#count(side, event.frame);
    return message ? { ...event, message } : event;
  }

  #newSide(handshake: HandshakeEvent | undefined, dir: Direction): Side {
    const { maxMessageLength } = this.#limits;
    const context = handshake?.deflate && contextOf(handshake.deflate, handshake.role, dir);
    const assembler = new MessageAssembler({
      maxMessageLength,
      inflate: context && createInflate(context),
      contextTakeover: context && !context.noContextTakeover,
    });
    return { assembler, held: 0 };
  }

  #count(side: Side, { header, payload }: FrameEvent["frame"]): void {
    if (isControl(header.opcode)) return;
    const held = header.fin ? 0 : side.held + payload.length;
    this.#held += held - side.held;
    side.held = held;
    this.#shrink();
  }

  #keep(conn: string, connection: Connection): void {
    this.#connections.set(conn, connection);
    this.#shrink();
  }

  #shrink(): void {
    const { maxConnections, maxHeld } = this.#limits;
    for (const conn of this.#connections.keys()) {
      if (this.#connections.size <= maxConnections && this.#held <= maxHeld) return;
      this.#forget(conn);
    }
  }

  #forget(conn: string): void {
    const { sides = {} } = this.#connections.get(conn) ?? {};
    this.#held -= (sides.in?.held ?? 0) + (sides.out?.held ?? 0);
    this.#connections.delete(conn);
  }
}

/** With which context a side compresses; `out` is the client's unless framecat was the server. */
function contextOf(deflate: DeflateParams, role: "client" | "server", dir: Direction) {
  const byClient = (dir === "out") === (role === "client");
  return deflateContext(deflate, byClient ? "client" : "server");
}
