import type { Command } from "./command.ts";
import { LISTEN_OPTIONS } from "./listen-options.ts";

export const listen: Command = {
  name: "listen",
  summary: "Serve WebSocket connections: echo every message and show every frame.",
  positionals: "[PORT|PATH]",
  maxPositionals: 1,
  examples: [
    { command: "framecat listen", meaning: "echo on ws://127.0.0.1:8080/ and ws://[::1]:8080/" },
    { command: "framecat listen 0 --json", meaning: "a free port; its address as JSON" },
    { command: "framecat listen 9000 -s chat -v", meaning: "accept a subprotocol, show all" },
  ],
  options: LISTEN_OPTIONS,
  // Loaded only now: help needs none of it.
  run: async (args, io) => (await import("./listen-run.ts")).runListen(args, io),
};
