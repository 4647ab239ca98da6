import { encodeFrame } from "../protocol/encoder.ts";
import { Opcode } from "../protocol/opcodes.ts";

/** A message that goes to many: its frame is made once, for all to whom it goes as it is. */
export class SharedMessage {
  readonly payload: Uint8Array;
  readonly binary: boolean;
  #frame: Uint8Array | undefined;

  constructor(data: string | Uint8Array, { binary = typeof data !== "string" } = {}) {
    this.payload = typeof data === "string" ? Buffer.from(data) : data;
    this.binary = binary;
  }

  /** The message as one frame, neither masked nor compressed. */
  get frame(): Uint8Array {
    const opcode = this.binary ? Opcode.binary : Opcode.text;
    return (this.#frame ??= encodeFrame({ opcode, payload: this.payload }));
  }
}
