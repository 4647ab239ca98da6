import type { Socket } from "node:net";
import { encodeClosePayload } from "../../protocol/close-codes.ts";
import { encodeFrame } from "../../protocol/encoder.ts";
import { isControl, isReserved, Opcode } from "../../protocol/opcodes.ts";
import type { FrameEvent } from "../events.ts";
import type { Tally } from "../traffic.ts";
import { type Cut, FrameCutter } from "./frame-cutter.ts";
import type { Breach, FrameGate } from "./frame-gate.ts";
import { type Between, type Gathered, Gathering, Pieces } from "./gathering.ts";
import { Judging, type JudgingOptions } from "./judging.ts";
import type { Unit } from "./lane.ts";
import { Lanes } from "./lanes.ts";
import { sizeOf, type Waiting } from "./waiting.ts";

export interface RelayFlowOptions extends JudgingOptions {
  readonly source: Socket;
  readonly sink: Socket;
  /** Tells what is in the bytes that have come; absent, nothing but borders is looked at. */
  readonly watch?: ((bytes: Uint8Array) => readonly FrameEvent[]) | undefined;
  /** Stands before all else, and looks for what is beyond a limit. */
  readonly gate?: FrameGate | undefined;
  /** The gate lets nothing more through: whoever is told closes the connection. */
  readonly onBreach?: ((breach: Breach) => void) | undefined;
  readonly random: (length: number) => Uint8Array;
  /** Bytes that may wait; from then on the source is read no further. Default 16 MiB. */
  readonly maxWaiting?: number | undefined;
  /** The first Close frame of the source has come. */
  readonly onClose: () => void;
  /** A frame has left that the relay has made. */
  readonly onMade: (bytes: Uint8Array) => void;
}

const DEFAULT_MAX_WAITING = 16 * 1024 * 1024;

const NOTHING = new Uint8Array(0);

/**
 * One direction of a relayed connection.
 *
 * 1. Bytes leave as they came. While no rule is there and nothing waits, they are written as they are
 *    read, and only their borders are followed.
 * 2. Where rules are, the frames of a message are gathered until it is whole and can be judged. What
 *    is no sound message or control frame – a reserved opcode, a continuation of nothing, what comes
 *    after a Close – is no business of rules and passes in its place; so does a message of more than
 *    may wait, and a text that is found to be none before it is whole, as its receiver may find too.
 * 3. The order stays, also behind what is held or delayed. A ping or pong between the fragments of a
 *    message waits with them, and leaves in its place when the message passes as it came; when it is
 *    dropped or changed, the ping leaves before what takes its place.
 * 4. So that a side is not taken for dead, pings and pongs overtake what is held or delayed, and a
 *    message that takes long to become whole; that is noted. One that is held or delayed itself is
 *    overtaken by messages, but not by other pings and pongs, nor by a Close, behind which nothing
 *    may come.
 * 5. What rules do to compressed messages has its effect on those that follow: see `Judging`.
 * 6. A source is read no faster than its sink takes the bytes.
 */
export class RelayFlow {
  readonly #options: RelayFlowOptions;
  readonly #maxWaiting: number;
  readonly #cutter = new FrameCutter();
  readonly #lanes = new Lanes();
  readonly #judging: Judging;
  readonly #holds = new Set<() => void>();
  /** Of the frame that has not come whole, where none of it is on its way. */
  readonly #partial = new Pieces();
  /** The frames of the message that is not whole yet. */
  readonly #gathering = new Gathering((between) => this.#outran(between));
  /** The beginning of the current frame, or message, is on its way already. */
  #midFrame = false;
  #midMessage = false;
  /** The sink has had the beginning of a frame. */
  #sinkMidFrame = false;
  /** Frames of our own that wait for the end of a message. */
  #own: Unit[] = [];
  #closePassed = false;
  #closing: Uint8Array | undefined;
  #discards = false;
  #started = false;
  #ended = false;
  #endsWhenShut = false;
  #sinkEnded = false;

  /** Nothing is read before `start`. */
  constructor(options: RelayFlowOptions) {
    const { source, sink, maxWaiting = DEFAULT_MAX_WAITING } = options;
    this.#options = options;
    this.#maxWaiting = maxWaiting;
    this.#judging = new Judging(options, {
      write: (bytes) => this.#write(bytes),
      make: (opcode, payload) => this.#make(opcode, payload),
      pump: () => this.#pump(),
    });
    source.pause();
    source.on("data", (bytes: Buffer) => this.#receive(bytes));
    sink.on("drain", () => this.#regulate());
  }

  /** What has come from the source. */
  get tally(): Tally {
    return this.#cutter.tally;
  }

  /** What the first Close frame of the source says. */
  get close(): FrameCutter["close"] {
    return this.#cutter.close;
  }

  /** Somebody holds something of it back, or all. */
  get isHeld(): boolean {
    return this.#holds.size > 0 || this.#lanes.isBlocked;
  }

  /** Bytes of messages that have come, whole or not: pings and pongs are none. */
  get messageBytes(): number {
    return this.#cutter.messageBytes;
  }

  /** Bytes that wait here. */
  get waiting(): number {
    return this.#queued + (this.#options.gate?.size ?? 0);
  }

  /** @param head bytes that have come with the handshake */
  start(head: Uint8Array = NOTHING): void {
    this.#started = true;
    if (head.length > 0) this.#receive(head);
    this.#regulate();
  }

  /** Stops reading until the function it gives is called. */
  hold(): () => void {
    const release = (): void => {
      this.#holds.delete(release);
      this.#regulate();
    };
    this.#holds.add(release);
    this.#regulate();
    return release;
  }

  /** The source sends no more: nor is the sink sent more, when all has left. */
  end(): void {
    if (this.#ended) return;
    this.#takeRest();
    this.#ended = true;
    this.#letPass();
    this.#pump();
  }

  /** All that has come leaves: nothing is held or delayed any longer. */
  flush(): void {
    this.#takeRest();
    this.#release();
  }

  /** Nothing more goes to the sink. */
  dispose(): void {
    this.#discards = true;
    this.#partial.take();
    this.#gathering.take();
    this.#own = [];
    this.#lanes.clear();
    this.#regulate();
  }

  /** Sends a message or a control frame of our own, as soon as no message is under way. */
  send(opcode: number, data: Uint8Array): void {
    const unit = { size: data.length, blocks: 0, go: () => this.#make(opcode, data) };
    if (this.#midFrame || this.#midMessage) this.#own.push(unit);
    else this.#lanes.push(unit);
    this.#pump();
  }

  /** Sends what waits, then a Close frame; what comes after is dropped. */
  shut(code: number, reason: string): void {
    if (this.#closePassed || this.#closing || this.#ended || this.#discards) return;
    // What has come of a frame or a message that is not whole would never be any more.
    this.#partial.take();
    for (const { unit } of this.#gathering.take().between) this.#lanes.push(unit);
    this.#closing = encodeClosePayload(code, reason);
    this.#release();
  }

  /** Ends the sink as soon as the Close frame of `shut` is there. */
  endWhenShut(): void {
    this.#endsWhenShut = true;
    this.#finish();
  }

  // Bytes that come

  #receive(bytes: Uint8Array): void {
    const { gate, onBreach } = this.#options;
    if (!gate || gate.breach) return this.#push(bytes);
    for (const piece of gate.take(bytes)) this.#push(piece);
    if (!gate.breach) return;
    onBreach?.(gate.breach);
    this.#takeRest();
  }

  #takeRest(): void {
    for (const piece of this.#options.gate?.rest() ?? []) this.#push(piece);
  }

  #push(bytes: Uint8Array): void {
    const { watch, onClose } = this.#options;
    const wasOpen = !this.#cutter.close;
    const frames = watch?.(bytes) ?? [];
    if (this.#discards) this.#cutter.follow(bytes);
    else if (this.#intervenes()) this.#cut(bytes, this.#cutter.cut(bytes), frames);
    else this.#forward(bytes);
    if (wasOpen && this.#cutter.close) onClose();
    this.#regulate();
  }

  /** Bytes that are behind the gate, where there is one. */
  get #queued(): number {
    return this.#lanes.size + this.#partial.size + this.#gathering.size;
  }

  #intervenes(): boolean {
    if (this.#closing || this.#queued > 0 || this.#own.length > 0) return true;
    return this.#judging.isDue;
  }

  #forward(bytes: Uint8Array): void {
    this.#cutter.follow(bytes);
    const { atBorder, inMessage, close } = this.#cutter;
    this.#midFrame = !atBorder;
    this.#sinkMidFrame = !atBorder;
    this.#midMessage = inMessage;
    this.#closePassed = close !== undefined;
    this.#write(bytes);
  }

  #cut(bytes: Uint8Array, cuts: readonly Cut[], frames: readonly FrameEvent[]): void {
    let start = 0;
    for (const [i, cut] of cuts.entries()) {
      this.#frame(bytes.subarray(start, cut.end), cut, frames[i]);
      start = cut.end;
    }
    if (start < bytes.length) this.#part(bytes.subarray(start));
    this.#pump();
  }

  /** A frame is whole. @param bytes its last ones */
  #frame(bytes: Uint8Array, { opcode, fin }: Cut, event: FrameEvent | undefined): void {
    const pieces = [...this.#partial.take(), bytes];
    const isOurs = !this.#midFrame && !this.#closePassed && !this.#closing && event;
    this.#midFrame = false;
    const overtakes = opcode === Opcode.ping || opcode === Opcode.pong;
    // Nothing of a message comes after a Close, and what comes is in its place.
    if (isControl(opcode) && !overtakes) this.#letMessagePass();
    if (isOurs && isControl(opcode) && !isReserved(opcode)) this.#control(pieces, event);
    else if (isOurs && !isControl(opcode)) this.#data(pieces, event);
    else this.#passFrame(pieces, { opcode, fin });
    if (!this.#midMessage) for (const unit of this.#own.splice(0)) this.#lanes.push(unit);
    this.#drain();
  }

  #passFrame(pieces: readonly Uint8Array[], { opcode, fin }: Pick<Cut, "opcode" | "fin">): void {
    this.#pass(pieces);
    if (!isControl(opcode)) this.#midMessage = !fin;
  }

  #part(bytes: Uint8Array): void {
    if (this.#midFrame) return this.#pass([bytes], { open: true });
    this.#partial.add([bytes]);
    // A frame that will be too long passes at once: its receiver may refuse it by its header alone.
    const size = Math.max(this.#partial.size, this.#cutter.announced);
    if (size + this.#gathering.size > this.#maxWaiting) this.#letPass();
  }

  #control(pieces: readonly Uint8Array[], { frame }: FrameEvent): void {
    const { opcode } = frame.header;
    const data = frame.payloadCut ? undefined : frame.payload;
    const wireLength = frame.header.length;
    const unit = this.#judging.judge({ opcode, data, wireLength, pieces, compressed: false });
    if (opcode !== Opcode.close) return this.#lineUp(unit);
    this.#closePassed = true;
    this.#lanes.pushLast(unit);
  }

  /** Gives a ping or pong its place. */
  #lineUp(unit: Waiting): void {
    const isFree = unit.blocks === 0 && !unit.dropped && this.#lanes.isAsideEmpty;
    if (!isFree) this.#lanes.pushAside(unit);
    else if (this.#lanes.isBlocked) this.#overtake(unit);
    else if (!this.#gathering.isEmpty) this.#gathering.interleave(unit);
    else this.#lanes.push(unit);
  }

  #overtake(unit: Waiting): void {
    unit.overtakes = true;
    this.#lanes.pushAside(unit);
  }

  /** The message that these stand in takes too long to become whole. */
  #outran(between: readonly Between[]): void {
    for (const { unit } of between) this.#overtake(unit);
    this.#pump();
  }

  #data(pieces: readonly Uint8Array[], event: FrameEvent): void {
    const { opcode, fin, rsv1 } = event.frame.header;
    const isNoText = event.violations.some(({ rule }) => rule === "text-utf8");
    const goesOn = opcode === Opcode.continuation;
    // A message that another one interrupts will never be whole.
    if (!goesOn) this.#passInOrder(this.#gathering.take());
    if (isReserved(opcode) || (goesOn && this.#gathering.isEmpty)) {
      return this.#passFrame(pieces, { opcode, fin });
    }
    this.#midMessage = false;
    if (!goesOn) this.#gathering.compressed = rsv1;
    this.#gathering.add(pieces);
    if (fin) this.#message(event);
    else if (isNoText || this.#gathering.size > this.#maxWaiting) this.#letPass();
  }

  #message({ message }: FrameEvent): void {
    const gathered = this.#gathering.take();
    if (!message) return this.#passInOrder(gathered);
    const { pieces, between } = gathered;
    const { kind, cut, compressed, wireLength } = message;
    const opcode = kind === "text" ? Opcode.text : Opcode.binary;
    const data = cut ? undefined : message.data;
    const unit = this.#judging.judge({ opcode, data, wireLength, pieces, compressed });
    if (between.length === 0) this.#lanes.push(unit);
    else if (unit.blocks > 0) {
      this.#lanes.push(unit);
      for (const one of between) this.#overtake(one.unit);
    } else if (this.#judging.isTouched(unit)) {
      for (const one of between) this.#lanes.push(one.unit);
      this.#lanes.push(unit);
    } else this.#passInOrder(gathered);
  }

  /** What has come waits no longer to be judged. */
  #letPass(): void {
    this.#letMessagePass();
    const partial = this.#partial.take();
    if (partial.length === 0) return;
    if (this.#isLost(this.#cutter.isCompressed && !this.#midMessage)) return;
    this.#pass(partial, { open: true });
    this.#midFrame = true;
  }

  #letMessagePass(): void {
    if (this.#gathering.isEmpty) return;
    const gathered = this.#gathering.take();
    if (this.#isLost(this.#gathering.compressed)) return;
    this.#passInOrder(gathered);
    this.#midMessage = true;
  }

  /** What has come of a message cannot be passed on; at the end there is nothing left to lose. */
  #isLost(compressed: boolean): boolean {
    return !this.#ended && this.#judging.isLost(compressed);
  }

  /** A message that is no business of rules, or that none of them touches. */
  #passInOrder({ pieces, between }: Gathered): void {
    let from = 0;
    for (const { unit, after } of between) {
      this.#pass(pieces.slice(from, after));
      this.#lanes.push(unit);
      from = after;
    }
    this.#pass(pieces.slice(from));
  }

  /** Bytes that are no business of rules. @param open further ones of the same frame follow */
  #pass(pieces: readonly Uint8Array[], { open = false } = {}): void {
    if (pieces.length === 0) return;
    const go = (): void => {
      for (const piece of pieces) this.#write(piece);
      this.#sinkMidFrame = open;
    };
    this.#lanes.push({ size: sizeOf(pieces), blocks: 0, go });
  }

  // Bytes that leave

  #release(): void {
    this.#letPass();
    this.#lanes.unblock();
    this.#pump();
  }

  #pump(): void {
    this.#drain();
    this.#finish();
    this.#regulate();
  }

  #drain(): void {
    this.#lanes.drain(() => this.#sinkMidFrame);
  }

  #write(bytes: Uint8Array): void {
    const { sink } = this.#options;
    if (sink.writable) sink.write(bytes);
  }

  #make(opcode: number, payload: Uint8Array): void {
    const { dir, random, onMade } = this.#options;
    const maskKey = dir === "out" ? Buffer.from(random(4)).readUInt32BE() : undefined;
    const bytes = encodeFrame({ opcode, payload, maskKey });
    this.#write(bytes);
    onMade(bytes);
  }

  /** All has left: what is last follows. */
  #finish(): void {
    // A frame that will never be whole lets nothing follow.
    if (this.#ended && this.#sinkMidFrame && !this.#lanes.isBlocked) this.#lanes.clearAside();
    if (!this.#lanes.isEmpty || this.#sinkEnded) return;
    if (this.#closing && !this.#discards && !this.#sinkMidFrame) {
      this.#make(Opcode.close, this.#closing);
      this.dispose();
    }
    // Without a Close frame of ours another one has passed, or none ever will.
    const isShut = this.#discards || !this.#closing;
    if (!this.#ended && !(this.#endsWhenShut && isShut)) return;
    this.#sinkEnded = true;
    this.#options.sink.end();
  }

  #regulate(): void {
    const { source, sink } = this.#options;
    if (!this.#started) return;
    const full = !this.#discards && (sink.writableNeedDrain || this.#queued > this.#maxWaiting);
    if (full || this.#holds.size > 0) source.pause();
    else source.resume();
  }
}
