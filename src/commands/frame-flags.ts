import type { Io, Output } from "../io.ts";
import { createTheme, decideColor, type Theme } from "../render/theme.ts";
import { TIMESTAMP_STYLES } from "../render/timestamps.ts";
import { parseSize } from "../units.ts";
import type { Args } from "./command.ts";

/** The colors that `--color`, the environment and the stream ask for. */
export function themeFor(args: Args, io: Io, stream: Output): Theme {
  return createTheme(decideColor(args.text("color"), io.env, stream));
}

/**
 * Reads the flags of FRAME_OPTIONS: how frames are shown on a stream as they pass.
 * @throws FramecatError (usage)
 */
export function readFrameLook(args: Args, io: Io, stream: Output) {
  const asked = args.text("timestamps");
  // A log that is read later needs the date.
  const usual = stream.isTTY === true ? "time" : "iso";
  const timestamps = TIMESTAMP_STYLES.find((style) => style === asked) ?? usual;
  return { ...readTimelessLook(args, io, stream), timestamps };
}

/**
 * Reads the flags of TIMELESS_FRAME_OPTIONS.
 * @throws FramecatError (usage)
 */
export function readTimelessLook(args: Args, io: Io, stream: Output) {
  return {
    theme: themeFor(args, io, stream),
    // A terminal that does not know how wide it is says 0.
    columns: stream.isTTY === true ? stream.columns || undefined : undefined,
    maxPrint: parseSize(args.text("max-print") ?? "1KiB", "--max-print"),
    verbosity: args.count("verbose"),
    pretty: args.flag("pretty"),
  };
}
