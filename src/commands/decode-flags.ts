import type { Decoder } from "../decode/decoded.ts";
import type { Args, OptionSpec } from "./command.ts";

/** For commands that show messages. */
export const DECODE_OPTION: OptionSpec = {
  name: "decode",
  kind: "text",
  value: "FORM",
  description:
    "show what messages say: json, cbor, msgpack, protobuf:FILE:MESSAGE, struct:'>H:magic B:type *:data'",
  topic: "Output",
};

/**
 * The decoder of `--decode`, for the option `decoder` of the event renderer; undefined without it.
 * @throws FramecatError (usage)
 */
export async function readDecoder(args: Args): Promise<Decoder | undefined> {
  const form = args.text("decode");
  if (form === undefined) return undefined;
  const { parseDecoder } = await import("../decode/parse-decoder.ts");
  return parseDecoder(form, "--decode");
}
