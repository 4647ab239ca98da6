import type { Io, Output } from "../io.ts";
import { createTheme, decideColor, type Theme } from "../render/theme.ts";
import { parseSize } from "../units.ts";
import type { Args } from "./command.ts";

/** The colors that `--color`, the environment and the stream ask for. */
export function themeFor(args: Args, io: Io, stream: Output): Theme {
  return createTheme(decideColor(args.text("color"), io.env, stream));
}

/**
 * Reads the flags of FRAME_OPTIONS: how frames are shown on a stream.
 * @throws FramecatError (usage)
 */
export function readFrameLook(args: Args, io: Io, stream: Output) {
  return {
    theme: themeFor(args, io, stream),
    columns: stream.isTTY === true ? stream.columns : undefined,
    maxPrint: parseSize(args.text("max-print") ?? "1KiB", "--max-print"),
    verbosity: args.count("verbose"),
  };
}
