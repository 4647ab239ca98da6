import { constants, deflateRawSync } from "node:zlib";

/** A deflater that keeps its context: payloads of messages as RFC 7692, section 7.2.1, has them. */
export function createDeflateStream(): (data: Uint8Array) => Uint8Array {
  let before = Buffer.alloc(0);
  return (data) => {
    const dictionary = before.length > 0 ? { dictionary: before } : {};
    const finishFlush = constants.Z_SYNC_FLUSH;
    const deflated = deflateRawSync(data, { finishFlush, ...dictionary });
    before = Buffer.concat([before, data]).subarray(-32_768);
    return deflated.subarray(0, -4);
  };
}
