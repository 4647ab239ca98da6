import { Channels, parseChannelShape } from "../scenario/channels.ts";
import { DEFAULT_SHAPE, parseRequestShape, type RequestShape } from "../scenario/request.ts";
import { type SequenceWatch, watchSequence } from "../scenario/sequence.ts";
import type { Args } from "./command.ts";
import { duration } from "./dial-flags.ts";

export interface PatternFlags {
  readonly shape: RequestShape;
  readonly requestTimeoutMs: number;
  readonly channels: Channels;
  readonly sequence: SequenceWatch | undefined;
}

/**
 * Reads the shapes of messages that the prompt has shorthands for.
 * @throws FramecatError (usage)
 */
export async function readPatterns(args: Args): Promise<PatternFlags> {
  const [rpc, sequence] = [args.text("rpc"), args.text("sequence")];
  const shape = rpc === undefined || rpc === "default" ? undefined : rpc;
  return {
    shape:
      shape === undefined
        ? DEFAULT_SHAPE
        : await parseRequestShape(shape, args.text("rpc-reply-id")),
    requestTimeoutMs: duration(args, "request-timeout", "30s"),
    channels: new Channels(
      await parseChannelShape({
        subscribe: args.text("sub-as"),
        unsubscribe: args.text("unsub-as"),
        publish: args.text("pub-as"),
        label: args.text("channel-path"),
      }),
    ),
    sequence: sequence === undefined ? undefined : await watchSequence(sequence, "--sequence"),
  };
}
