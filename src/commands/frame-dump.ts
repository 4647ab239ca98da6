import type { Command } from "./command.ts";
import { FRAME_DUMP_OPTIONS } from "./frame-dump-options.ts";

export const frameDump: Command = {
  name: "frame-dump",
  summary: "Decode WebSocket frames from captures, HAR, recordings or pasted hex.",
  positionals: "[FILE | HEX…]",
  maxPositionals: Number.POSITIVE_INFINITY,
  examples: [
    {
      command: "framecat frame-dump --diagram 81 05 48 65 6c 6c 6f",
      meaning: "every bit of a frame",
    },
    {
      command: "framecat frame-dump capture.pcapng --lint",
      meaning: "and every broken rule",
    },
    {
      command: "tcpdump -i lo -U -w - | framecat frame-dump",
      meaning: "frames as they pass",
    },
  ],
  options: FRAME_DUMP_OPTIONS,
  // Loaded only now: help needs none of it.
  run: async (args, io) => (await import("./frame-dump-run.ts")).runFrameDump(args, io),
};
