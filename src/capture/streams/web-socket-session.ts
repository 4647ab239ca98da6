import { elapsedMs, type Moment } from "../../clock.ts";
import type { Assembled } from "../../protocol/assembler.ts";
import { CloseCode, parseClosePayload } from "../../protocol/close-codes.ts";
import { type Frame, MAX_CONTROL_PAYLOAD } from "../../protocol/frame.ts";
import { Opcode } from "../../protocol/opcodes.ts";
import type { Violation } from "../../protocol/rules.ts";
import type { CloseEvent, Direction, FrameEvent } from "../../transport/events.ts";
import { RoundTrips } from "../../transport/round-trips.ts";
import type { Decoding, DirectionEnd } from "./decoding.ts";
import { FrameStream, type PartialFrame } from "./frame-stream.ts";
import type { Compression } from "./inflation.ts";
import type { Stage } from "./stage.ts";

export interface SessionSetup {
  readonly conn: string;
  readonly compression: Compression;
  /** Whether the first byte of each direction begins a frame, as it does after a handshake. */
  readonly begins: Readonly<Record<Direction, boolean>>;
}

/** The first Close frame of a connection. */
interface FirstClose {
  readonly dir: Direction;
  readonly code: number;
  readonly reason: string;
  readonly ns: bigint;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const NO_VIOLATIONS: readonly Violation[] = [];
/** Shared by all connections on which there was nothing of the kind, as there may be many. */
const NONE = {};
const SENDER = { out: "the client", in: "the server" } as const;

/** Both directions of a WebSocket connection → its events, from the first frame to its end. */
export class WebSocketSession implements Stage {
  readonly kind = "webSocket";
  readonly #decoding: Decoding;
  readonly #conn: string;
  readonly #streams: Readonly<Record<Direction, FrameStream>>;
  /** By the side that asks; absent before it does. */
  #roundTrips: Readonly<Partial<Record<Direction, RoundTrips>>> = NONE;
  #ended: Readonly<Partial<Record<Direction, DirectionEnd>>> = NONE;
  #closes: Readonly<Partial<Record<Direction, true>>> = NONE;
  #firstClose: FirstClose | undefined;
  #firstEnd: Direction | undefined;

  constructor(decoding: Decoding, { conn, compression, begins }: SessionSetup) {
    this.#decoding = decoding;
    this.#conn = conn;
    const stream = (dir: Direction) =>
      new FrameStream(dir, decoding, this, { compression, begins: begins[dir] });
    this.#streams = { out: stream("out"), in: stream("in") };
  }

  data(dir: Direction, bytes: Uint8Array, start: number, end: number): void {
    this.#streams[dir].data(bytes, start, end);
  }

  gapIn(dir: Direction, length: number, exact: boolean): void {
    this.#streams[dir].gap(length, exact);
  }

  endOf(dir: Direction, how: DirectionEnd): void {
    if (this.#ended[dir]) return;
    this.#ended = { ...this.#ended, [dir]: how };
    if (how !== "cut") this.#firstEnd ??= dir;
    this.#streams[dir].end(how);
  }

  finish(): void {
    this.endOf("out", "cut");
    this.endOf("in", "cut");
    this.#tellEnd();
    this.#decoding.watcher?.connectionEnd(this.#conn);
  }

  frame(dir: Direction, frame: Frame, assembled: Assembled): void {
    this.#decoding.emit(this.#event(dir, frame, assembled));
  }

  note(dir: Direction, message: string): void {
    this.#tell(`from ${SENDER[dir]}: ${message}`);
  }

  gap(dir: Direction): void {
    this.#decoding.watcher?.gap(this.#conn, dir);
  }

  end(dir: Direction, how: DirectionEnd, rest: PartialFrame, cut?: Assembled): void {
    const { watcher } = this.#decoding;
    watcher?.directionEnd(this.#conn, dir, how, rest);
    if (!rest) return;
    const { frame, violation } = rest;
    if (frame) {
      const { message: _, ...assembled } = cut ?? { fragment: 0, violations: NO_VIOLATIONS };
      this.#decoding.emitUnwatched(this.#event(dir, blamed(frame, how), assembled));
    }
    this.note(dir, `${ENDING[how]} within a frame. ${violation.message}`);
  }

  #event(dir: Direction, frame: Frame, assembled: Assembled): FrameEvent {
    const { message, fragment } = assembled;
    const at = this.#decoding.time.moment();
    const event: Mutable<FrameEvent> = {
      type: "frame",
      conn: this.#conn,
      at,
      dir,
      frame,
      violations: joined(frame.violations, assembled.violations),
      fragment,
    };
    if (message) event.message = message;
    if ((frame.header.opcode & 0x8) !== 0) {
      const rttMs = this.#control(dir, frame, at);
      if (rttMs !== undefined) event.rttMs = rttMs;
    }
    return event;
  }

  /** Follows pings and Close frames; gives the time that a pong took. */
  #control(dir: Direction, { header, payload, payloadCut }: Frame, at: Moment): number | undefined {
    if (payloadCut || payload.length > MAX_CONTROL_PAYLOAD) return undefined;
    if (header.opcode === Opcode.ping) this.#roundTripsOf(dir).pinged(payload, at.ns);
    if (header.opcode === Opcode.close) this.#close(dir, payload, at.ns);
    if (header.opcode !== Opcode.pong) return undefined;
    return this.#roundTrips[dir === "out" ? "in" : "out"]?.ponged(payload, at.ns);
  }

  #roundTripsOf(dir: Direction): RoundTrips {
    const known = this.#roundTrips[dir];
    if (known) return known;
    const begun = new RoundTrips();
    this.#roundTrips = { ...this.#roundTrips, [dir]: begun };
    return begun;
  }

  #close(dir: Direction, payload: Uint8Array, ns: bigint): void {
    this.#closes = { ...this.#closes, [dir]: true };
    this.#firstClose ??= { dir, ns, ...parseClosePayload(payload) };
  }

  /** Without a Close frame, FIN or RST nobody has ended it: only the record of it ends. */
  #tellEnd(): void {
    const first = this.#firstClose;
    const dir = first?.dir ?? this.#firstEnd;
    const clean = this.#closes.out === true && this.#closes.in === true;
    if (!clean && this.#firstEnd === undefined) {
      this.#tell("the end of this connection is not in the capture");
    }
    if (dir === undefined) return;
    const at = this.#decoding.time.moment();
    const close: CloseEvent = {
      type: "close",
      conn: this.#conn,
      at,
      code: first?.code ?? CloseCode.abnormal,
      reason: first?.reason ?? "",
      initiator: dir === "out" ? "local" : "peer",
      clean,
      ...(first && { durationMs: Math.max(0, elapsedMs(first.ns, at.ns)) }),
    };
    this.#decoding.emit(close);
  }

  #tell(message: string): void {
    const at = this.#decoding.time.moment();
    this.#decoding.emit({ type: "note", conn: this.#conn, at, message });
  }
}

const ENDING: Readonly<Record<DirectionEnd, string>> = {
  fin: "it ends",
  reset: "it is reset",
  cut: "what was captured of it ends",
};

/** Only who says that it has no more to send is to blame for sending half a frame. */
function blamed(frame: Frame, how: DirectionEnd): Frame {
  if (how === "fin") return frame;
  return {
    ...frame,
    violations: frame.violations.filter(({ rule }) => rule !== "frame-truncated"),
  };
}

function joined(a: readonly Violation[], b: readonly Violation[]): readonly Violation[] {
  if (b.length === 0) return a;
  return a.length === 0 ? b : [...a, ...b];
}
