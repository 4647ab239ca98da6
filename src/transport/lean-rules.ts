import { type FrameHeader, MAX_CONTROL_PAYLOAD, minimalLengthForm } from "../protocol/frame.ts";
import { judgeHeader, type Sender } from "../protocol/header-rules.ts";
import { isControl, isReserved, Opcode } from "../protocol/opcodes.ts";
import { type Violation, violation } from "../protocol/rules.ts";

/**
 * Judges the frames of one direction by their headers and their order (RFC 6455, sections 5.1–5.5).
 * It allocates nothing while nothing is wrong, because every frame passes here.
 */
export class LeanRules {
  readonly #sender: Sender;
  readonly #deflate: boolean;
  #started = false;

  /**
   * @param sender whose frames these are: a server's must not be masked, a client's must
   * @param deflate true where permessage-deflate was agreed on, so that RSV1 may be set
   */
  constructor(sender: "client" | "server", { deflate = false } = {}) {
    this.#sender = sender;
    this.#deflate = deflate;
  }

  /** True while a message has begun and not ended. */
  get inMessage(): boolean {
    return this.#started;
  }

  /** Takes the next header; gives the first rule that it breaks. */
  check(header: FrameHeader): Violation | undefined {
    const broken = this.#isPlain(header) ? undefined : this.#judge(header);
    return broken ?? this.#follow(header);
  }

  /** True where the header by itself breaks no rule. */
  #isPlain({ rsv1, rsv2, rsv3, fin, opcode, masked, length, lengthForm }: FrameHeader): boolean {
    if (rsv2 || rsv3 || masked !== (this.#sender === "client")) return false;
    if (rsv1 && !(this.#deflate && (opcode === Opcode.text || opcode === Opcode.binary)))
      return false;
    if (lengthForm !== minimalLengthForm(length) || isReserved(opcode)) return false;
    return isControl(opcode) ? fin && length <= MAX_CONTROL_PAYLOAD : length < 2 ** 63;
  }

  #judge(header: FrameHeader): Violation | undefined {
    const expected = { sender: this.#sender, deflate: this.#deflate, maxFrameLength: Infinity };
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
}
