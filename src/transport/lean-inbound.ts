import { type FrameHeader, MAX_CONTROL_PAYLOAD, minimalLengthForm } from "../protocol/frame.ts";
import { Gather } from "../protocol/gather.ts";
import { judgeHeader, type Sender } from "../protocol/header-rules.ts";
import { applyMask } from "../protocol/mask.ts";
import { isControl, isReserved, Opcode } from "../protocol/opcodes.ts";
import { type Violation, violation } from "../protocol/rules.ts";
import { FrameScanner, type FrameSink } from "../protocol/scanner.ts";

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
  readonly #sender: Sender;
  #messages = 0;
  /** A message has begun and not ended. */
  #started = false;
  #control: Gather | undefined;

  /** @param sender whose frames these are: a server's must not be masked, a client's must */
  constructor(sender: Sender, listener: InboundListener) {
    this.#sender = sender;
    this.#listener = listener;
  }

  /** True between two messages, with nothing of a further frame seen. */
  get idle(): boolean {
    return !this.#started && this.#scanner.atBoundary;
  }

  /** Takes `bytes[start, end)`; gives the number of messages that it completes. */
  push(bytes: Uint8Array, start: number, end: number): number {
    this.#messages = 0;
    this.#scanner.scan(bytes, this, start, end);
    return this.#messages;
  }

  header(header: FrameScanner): void {
    const broken = this.#isPlain(header) ? this.#follow(header) : this.#judge(header);
    if (broken) this.#stop(broken);
  }

  payload(bytes: Uint8Array, start: number, end: number): void {
    if (!isControl(this.#scanner.opcode)) return;
    this.#control ??= new Gather();
    this.#control.append(bytes.subarray(start, end), MAX_CONTROL_PAYLOAD);
  }

  end(): void {
    const { opcode, fin } = this.#scanner;
    if (isControl(opcode)) this.#endControl(opcode);
    else if (fin) this.#messages += 1;
  }

  /** True where the header by itself breaks no rule; cheap, because every frame passes here. */
  #isPlain({ rsv1, rsv2, rsv3, fin, opcode, masked, length, lengthForm }: FrameHeader): boolean {
    if (rsv1 || rsv2 || rsv3 || masked !== (this.#sender === "client")) return false;
    if (lengthForm !== minimalLengthForm(length) || isReserved(opcode)) return false;
    return isControl(opcode) ? fin && length <= MAX_CONTROL_PAYLOAD : length < 2 ** 63;
  }

  #judge(header: FrameHeader): Violation | undefined {
    const expected = { sender: this.#sender, deflate: false, maxFrameLength: Infinity };
    return judgeHeader(header, expected).find(({ severity }) => severity === "error");
  }

  /** The order of fragments (section 5.4). */
  #follow({ opcode, fin }: FrameHeader): Violation | undefined {
    if (isControl(opcode)) return undefined;
    const continues = opcode === Opcode.continuation;
    if (continues !== this.#started) {
      return violation(continues ? "continuation-without-start" : "message-interrupted");
    }
    this.#started = !fin;
    return undefined;
  }

  #endControl(opcode: number): void {
    const payload = this.#control?.take() ?? new Uint8Array(0);
    applyMask(payload, this.#scanner.maskKey);
    if (opcode === Opcode.ping) this.#listener.onPing(payload);
    if (opcode !== Opcode.close) return;
    this.#scanner.halt();
    this.#listener.onCloseFrame(payload);
  }

  #stop(broken: Violation): void {
    this.#scanner.halt();
    this.#listener.onViolation(broken);
  }
}
