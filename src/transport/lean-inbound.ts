import { MAX_CONTROL_PAYLOAD } from "../protocol/frame.ts";
import { Gather } from "../protocol/gather.ts";
import { applyMask } from "../protocol/mask.ts";
import { isControl, Opcode } from "../protocol/opcodes.ts";
import { type Violation, violation } from "../protocol/rules.ts";
import { FrameScanner, type FrameSink } from "../protocol/scanner.ts";
import { LeanRules } from "./lean-rules.ts";

/** Who is told of the frames that are more than a message to count. */
export interface InboundListener {
  onPing(payload: Uint8Array): void;
  /** Nothing after this frame is looked at. */
  onCloseFrame(payload: Uint8Array): void;
  /** The peer broke a rule; nothing further is looked at. */
  onViolation(broken: Violation): void;
  /** Where pongs are wanted. */
  onPong?(payload: Uint8Array): void;
  /**
   * Where payloads are wanted: a whole message, as it was on the wire.
   * @param compressed whether it is to be inflated (RFC 7692, section 6.2)
   */
  onMessage?(payload: Uint8Array, opcode: number, compressed: boolean): void;
}

/** A message that is kept until it is whole may have so many bytes. */
const MAX_KEPT_BYTES = 64 * 2 ** 20;

/**
 * Follows what a peer sends by its headers alone: counts whole messages, hands on Ping and Close, and
 * notices what headers and their order can break. Payloads of messages are kept only for who wants
 * them; whether a text is UTF-8 is not looked at. Nothing is allocated for a message that is counted.
 */
export class LeanInbound implements FrameSink {
  readonly #scanner = new FrameScanner();
  readonly #listener: InboundListener;
  readonly #rules: LeanRules;
  readonly #message: Gather | undefined;
  #messages = 0;
  #control: Gather | undefined;
  #opcode = 0;
  #compressed = false;
  #halted = false;

  /**
   * @param sender whose frames these are
   * @param options whether permessage-deflate was agreed on, and whether payloads are wanted
   */
  constructor(
    sender: "client" | "server",
    listener: InboundListener,
    { deflate = false, payloads = false } = {},
  ) {
    this.#rules = new LeanRules(sender, { deflate });
    this.#listener = listener;
    if (payloads) this.#message = new Gather();
  }

  /** True between two messages, with nothing of a further frame seen, while there is more to look at. */
  get idle(): boolean {
    return !this.#halted && !this.#rules.inMessage && this.#scanner.atBoundary;
  }

  /** Takes `bytes[start, end)`; gives the number of messages that it completes. */
  push(bytes: Uint8Array, start: number, end: number): number {
    this.#messages = 0;
    this.#scanner.scan(bytes, this, start, end);
    return this.#messages;
  }

  header(header: FrameScanner): void {
    const broken = this.#rules.check(header);
    if (broken) return this.#fail(broken);
    const { opcode, rsv1 } = header;
    if (isControl(opcode) || opcode === Opcode.continuation) return;
    this.#opcode = opcode;
    this.#compressed = rsv1;
  }

  payload(bytes: Uint8Array, start: number, end: number): void {
    if (!isControl(this.#scanner.opcode)) return this.#keep(bytes, start, end);
    this.#control ??= new Gather();
    this.#control.append(bytes.subarray(start, end), MAX_CONTROL_PAYLOAD);
  }

  end(): void {
    // An empty frame ends with its header, also where that is where looking ends.
    if (this.#halted) return;
    const { opcode, fin } = this.#scanner;
    if (isControl(opcode)) return this.#endControl(opcode);
    if (!fin) return;
    this.#messages += 1;
    if (this.#message) {
      this.#listener.onMessage?.(this.#message.take(), this.#opcode, this.#compressed);
    }
  }

  #keep(bytes: Uint8Array, start: number, end: number): void {
    if (!this.#message) return;
    this.#message.append(bytes.subarray(start, end));
    if (this.#message.length > MAX_KEPT_BYTES) this.#fail(violation("length-over-limit"));
  }

  #endControl(opcode: number): void {
    const payload = this.#control?.take() ?? new Uint8Array(0);
    applyMask(payload, this.#scanner.maskKey);
    if (opcode === Opcode.ping) this.#listener.onPing(payload);
    if (opcode === Opcode.pong) this.#listener.onPong?.(payload);
    if (opcode !== Opcode.close) return;
    this.#halt();
    this.#listener.onCloseFrame(payload);
  }

  #fail(broken: Violation): void {
    this.#halt();
    this.#listener.onViolation(broken);
  }

  #halt(): void {
    this.#halted = true;
    this.#scanner.halt();
  }
}
