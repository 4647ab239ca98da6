import type { Command } from "./command.ts";
import { LISTEN_OPTIONS } from "./listen-options.ts";

export const listen: Command = {
  name: "listen",
  summary: "Be the server: echo, relay, broadcast or run a command; show every frame.",
  positionals: "[PORT|PATH]",
  // With a mode that needs one: `--mode relay URL`.
  maxPositionals: 2,
  examples: [
    { command: "framecat listen", meaning: "echo at port 8080 of this machine" },
    { command: "framecat listen 9000 --to :8080", meaning: "watch what passes to another server" },
    { command: "framecat listen --exec 'bc -l'", meaning: "a process for each client" },
  ],
  options: LISTEN_OPTIONS,
  // Loaded only now: help needs none of it.
  run: async (args, io) => (await import("./listen-run.ts")).runListen(args, io),
};
