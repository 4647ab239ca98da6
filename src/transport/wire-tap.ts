import { type Clock, elapsedMs } from "../clock.ts";
import { MessageAssembler } from "../protocol/assembler.ts";
import type { DeflateParams } from "../protocol/deflate.ts";
import { deflateContext } from "../protocol/deflate-context.ts";
import type { Frame } from "../protocol/frame.ts";
import { Opcode } from "../protocol/opcodes.ts";
import { FrameParser } from "../protocol/parser.ts";
import type { Direction, FrameEvent } from "./events.ts";
import { createInflate } from "./inflater.ts";
import { RoundTrips } from "./round-trips.ts";

export interface WireTapOptions {
  readonly role: "client" | "server";
  readonly deflate: DeflateParams | undefined;
  readonly clock: Clock;
  readonly emit: (event: Omit<FrameEvent, "conn" | "at">) => void;
}

/** Beyond this much of a frame's payload nothing is kept for showing it. */
const KEEP_PAYLOAD = 16 * 1024 * 1024;

/**
 * Watches the bytes of a connection both ways and tells every frame in them, decoded from the wire.
 * It judges leniently and never stands in the way: what is wrong is told, and it goes on.
 */
export class WireTap {
  readonly #emit: WireTapOptions["emit"];
  readonly #clock: Clock;
  readonly #sides: Readonly<
    Record<Direction, { parser: FrameParser; assembler: MessageAssembler }>
  >;
  readonly #roundTrips = new RoundTrips();
  /** A server is asked, and answers; what comes after its answer is no reply to that. */
  readonly #isClient: boolean;
  #askedAt: bigint | undefined;

  constructor({ role, deflate, clock, emit }: WireTapOptions) {
    this.#emit = emit;
    this.#clock = clock;
    this.#isClient = role === "client";
    const peer = role === "client" ? "server" : "client";
    this.#sides = { out: side(role, deflate), in: side(peer, deflate) };
  }

  /** Bytes passed, in the order of the wire. */
  push(dir: Direction, bytes: Uint8Array): void {
    const { parser, assembler } = this.#sides[dir];
    for (const frame of parser.push(bytes)) {
      const { violations, fragment, message } = assembler.push(frame);
      const rttMs = this.#roundTrip(dir, frame);
      this.#emit({
        type: "frame",
        dir,
        frame,
        fragment,
        violations: [...frame.violations, ...violations],
        ...(message && { message }),
        ...(rttMs !== undefined && { rttMs }),
      });
    }
  }

  /** The time since what `frame` answers: a pong its ping, a message the one sent last unanswered. */
  #roundTrip(dir: Direction, { header, payload }: Frame): number | undefined {
    const now = this.#clock.now().ns;
    switch (header.opcode) {
      case Opcode.close:
        return undefined;
      case Opcode.ping:
        if (dir === "out") this.#roundTrips.pinged(payload, now);
        return undefined;
      case Opcode.pong:
        return dir === "in" ? this.#roundTrips.ponged(payload, now) : undefined;
      default:
        return header.fin && this.#isClient ? this.#answer(dir, now) : undefined;
    }
  }

  #answer(dir: Direction, now: bigint): number | undefined {
    if (dir === "out") {
      this.#askedAt ??= now;
      return undefined;
    }
    const asked = this.#askedAt;
    this.#askedAt = undefined;
    return asked === undefined ? undefined : elapsedMs(asked, now);
  }
}

function side(sender: "client" | "server", deflate: DeflateParams | undefined) {
  const parser = new FrameParser({
    sender,
    deflate: deflate !== undefined,
    keepPayload: KEEP_PAYLOAD,
  });
  const maxMessageLength = KEEP_PAYLOAD;
  if (!deflate) return { parser, assembler: new MessageAssembler({ maxMessageLength }) };
  const context = deflateContext(deflate, sender);
  const inflate = createInflate(context);
  const contextTakeover = !context.noContextTakeover;
  return {
    parser,
    assembler: new MessageAssembler({ maxMessageLength, inflate, contextTakeover }),
  };
}
