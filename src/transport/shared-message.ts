import { encodeHeader } from "../protocol/encoder.ts";
import { Opcode } from "../protocol/opcodes.ts";

/** A message that goes to many: it is held once, as its frame, for all to whom it goes as it is. */
export class SharedMessage {
  readonly payload: Uint8Array;
  readonly binary: boolean;
  /** The message as one frame, neither masked nor compressed. */
  readonly frame: Uint8Array;

  /** @param data the payload, or its parts */
  constructor(
    data: string | Uint8Array | readonly Uint8Array[],
    { binary = typeof data !== "string" } = {},
  ) {
    const parts = partsOf(data);
    const opcode = binary ? Opcode.binary : Opcode.text;
    const declaredLength = parts.reduce((sum, { length }) => sum + length, 0);
    const header = encodeHeader({ opcode, declaredLength });
    this.binary = binary;
    this.frame = Buffer.concat([header, ...parts], header.length + declaredLength);
    this.payload = this.frame.subarray(header.length);
  }
}

function partsOf(data: string | Uint8Array | readonly Uint8Array[]): readonly Uint8Array[] {
  if (typeof data === "string") return [Buffer.from(data)];
  return data instanceof Uint8Array ? [data] : data;
}
