import { usageError } from "../errors.ts";
import type { DeflateOffer } from "../protocol/deflate.ts";
import { parseCount, parseSize } from "../units.ts";
import type { Args, OptionSpec } from "./command.ts";

const TOPIC = "Compression";

/** permessage-deflate as a client asks for it: shared by `connect` and `bench`. */
export const DEFLATE_OPTIONS: readonly OptionSpec[] = [
  {
    name: "deflate",
    kind: "text",
    value: "WHEN",
    choices: ["on", "off", "required"],
    description: "offer permessage-deflate",
    default: "on; off with --binary",
    topic: TOPIC,
  },
  {
    name: "deflate-threshold",
    kind: "text",
    value: "SIZE",
    description: "send shorter messages as they are",
    default: "1KiB",
    topic: TOPIC,
  },
  {
    name: "deflate-window-bits",
    kind: "text",
    value: "N",
    description: "compress within 2^N bytes, N from 9 to 15",
    default: "15, or as the server asks",
    topic: TOPIC,
  },
  {
    name: "deflate-server-window-bits",
    kind: "text",
    value: "N",
    description: "have the server do so, N from 8 to 15",
    topic: TOPIC,
  },
  {
    name: "deflate-no-context-takeover",
    kind: "text",
    value: "WHO",
    choices: ["client", "server", "both"],
    description: "compress each message by itself",
    topic: TOPIC,
  },
];

export type DeflateWhen = "on" | "off" | "required";

export interface DeflateFlags {
  /** Undefined where compression is off. */
  readonly offer: DeflateOffer | undefined;
  /** A server that does not agree to it is no good. */
  readonly required: boolean;
  /** Shorter messages, in bytes, are not compressed. */
  readonly threshold: number;
}

const DEFAULT_THRESHOLD = "1KiB";
/** The smallest window of zlib's deflate; RFC 7692 has 8, too. */
const MIN_OWN_BITS = 9;
const MIN_BITS = 8;
const MAX_BITS = 15;

/**
 * Reads the flags of DEFLATE_OPTIONS. One that says how to compress says that, too.
 * @param fallback where none of them is given
 * @throws FramecatError (usage)
 */
export function readDeflateFlags(
  args: Args,
  fallback: { readonly default: DeflateWhen; readonly threshold?: string },
): DeflateFlags {
  const how = DEFLATE_OPTIONS.slice(1).find(({ name }) => args.text(name) !== undefined);
  const given = args.text("deflate") as DeflateWhen | undefined;
  if (how && given === "off") {
    throw usageError(`--${how.name} says how to compress, and --deflate off not to`);
  }
  const when = given ?? (how ? "on" : fallback.default);
  const threshold = args.text("deflate-threshold") ?? fallback.threshold ?? DEFAULT_THRESHOLD;
  return {
    offer: when === "off" ? undefined : readOffer(args),
    required: when === "required",
    threshold: parseSize(threshold, "--deflate-threshold"),
  };
}

function readOffer(args: Args): DeflateOffer {
  const single = args.text("deflate-no-context-takeover");
  const serverMaxWindowBits = bits(args, "deflate-server-window-bits", MIN_BITS);
  return {
    clientMaxWindowBits: bits(args, "deflate-window-bits", MIN_OWN_BITS) ?? true,
    ...(serverMaxWindowBits !== undefined && { serverMaxWindowBits }),
    ...((single === "client" || single === "both") && { clientNoContextTakeover: true }),
    ...((single === "server" || single === "both") && { serverNoContextTakeover: true }),
  };
}

function bits(args: Args, name: string, min: number): number | undefined {
  const text = args.text(name);
  return text === undefined ? undefined : parseCount(text, `--${name}`, min, MAX_BITS);
}
