import type { Command } from "./command.ts";
import { CONNECT_OPTIONS } from "./connect-options.ts";

export const connect: Command = {
  name: "connect",
  summary: "Talk to a WebSocket endpoint: a prompt for people, a pipe for scripts.",
  positionals: "URL",
  maxPositionals: 1,
  examples: [
    { command: "framecat connect ws://127.0.0.1:8080/", meaning: "type messages, see every frame" },
    { command: "echo hello | framecat connect :8080", meaning: "send lines, print the replies" },
    {
      command: "framecat connect :8080 -x ping --expect pong",
      meaning: "a smoke test: exit 0 or 30",
    },
  ],
  options: CONNECT_OPTIONS,
  // Loaded only now: help needs none of it.
  run: async (args, io) => (await import("./connect-run.ts")).runConnect(args, io),
};
