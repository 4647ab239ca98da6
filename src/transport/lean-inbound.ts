import { MAX_CONTROL_PAYLOAD } from "../protocol/frame.ts";
import { Gather } from "../protocol/gather.ts";
import { applyMask } from "../protocol/mask.ts";
import { isControl, Opcode } from "../protocol/opcodes.ts";
import type { Violation } from "../protocol/rules.ts";
import { FrameScanner, type FrameSink } from "../protocol/scanner.ts";
import { LeanRules } from "./lean-rules.ts";

/** Who is told of the frames that are more than a message to count. */
export interface InboundListener {
  onPing(payload: Uint8Array): void;
  /** Nothing after this frame is looked at. */
  onCloseFrame(payload: Uint8Array): void;
  /** The peer broke a rule; nothing further is looked at. */
  onViolation(broken: Violation): void;
}

/**
 * Follows what a peer sends by its headers alone: counts whole messages, hands on Ping and Close, and
 * notices what headers and their order can break. Payloads of messages are not looked at, so a text
 * that is not UTF-8 passes. Nothing is allocated for a message.
 */
export class LeanInbound implements FrameSink {
  readonly #scanner = new FrameScanner();
  readonly #listener: InboundListener;
  readonly #rules: LeanRules;
  #messages = 0;
  #control: Gather | undefined;
  #halted = false;

  /** @param sender whose frames these are */
  constructor(sender: "client" | "server", listener: InboundListener) {
    this.#rules = new LeanRules(sender);
    this.#listener = listener;
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
    if (!broken) return;
    this.#halt();
    this.#listener.onViolation(broken);
  }

  payload(bytes: Uint8Array, start: number, end: number): void {
    if (!isControl(this.#scanner.opcode)) return;
    this.#control ??= new Gather();
    this.#control.append(bytes.subarray(start, end), MAX_CONTROL_PAYLOAD);
  }

  end(): void {
    // An empty frame ends with its header, also where that is where looking ends.
    if (this.#halted) return;
    const { opcode, fin } = this.#scanner;
    if (isControl(opcode)) this.#endControl(opcode);
    else if (fin) this.#messages += 1;
  }

  #endControl(opcode: number): void {
    const payload = this.#control?.take() ?? new Uint8Array(0);
    applyMask(payload, this.#scanner.maskKey);
    if (opcode === Opcode.ping) this.#listener.onPing(payload);
    if (opcode !== Opcode.close) return;
    this.#halt();
    this.#listener.onCloseFrame(payload);
  }

  #halt(): void {
    this.#halted = true;
    this.#scanner.halt();
  }
}
