import { type Direction, unreachable } from "../transport/events.ts";
import { type DigitForm, DigitLines } from "./digit-lines.ts";
import type { Cutter } from "./fragments.ts";
import { MessageLines } from "./message-lines.ts";
import { ChunkSplitter, OneMessage, ReadSplitter } from "./split-chunks.ts";
import { LineSplitter } from "./split-lines.ts";

/** How an input becomes messages. */
export type InputFormat =
  | {
      /** Each line is a message, whatever ends it. */
      readonly kind: "lines";
      readonly binary: boolean;
      /** Default a newline. */
      readonly delimiter?: Uint8Array | undefined;
      readonly keepDelimiter?: boolean | undefined;
    }
  | {
      /** Binary messages of so many bytes; without a size each is what a read brought. */
      readonly kind: "chunks";
      readonly size?: number | undefined;
    }
  | {
      /** All of it is one message. */
      readonly kind: "one";
      readonly binary: boolean;
    }
  | {
      /** See `MessageLines`. */
      readonly kind: "ndjson";
      readonly dir?: Direction | undefined;
    }
  /** Each line is a binary message. */
  | { readonly kind: DigitForm };

export function createCutter(format: InputFormat): Cutter {
  switch (format.kind) {
    case "lines":
      return new LineSplitter(format);
    case "chunks":
      return format.size === undefined ? new ReadSplitter() : new ChunkSplitter(format.size);
    case "one":
      return new OneMessage(format);
    case "ndjson":
      return new MessageLines(format);
    case "hex":
    case "base64":
      return new DigitLines(format.kind);
    default:
      return unreachable(format);
  }
}
