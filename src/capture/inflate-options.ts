import type { DeflateParams } from "../protocol/deflate.ts";
import type { Direction } from "../transport/events.ts";
import type { InflateOptions } from "../transport/inflater.ts";

/**
 * How the messages of one direction are inflated: each side compresses with the terms that carry its
 * own name.
 * @param dir `out` is what the client sends
 */
export function inflateOptions(deflate: DeflateParams, dir: Direction): Required<InflateOptions> {
  return dir === "out"
    ? {
        noContextTakeover: deflate.clientNoContextTakeover,
        windowBits: deflate.clientMaxWindowBits,
      }
    : {
        noContextTakeover: deflate.serverNoContextTakeover,
        windowBits: deflate.serverMaxWindowBits,
      };
}
