import type { Command } from "./command.ts";

/** The subcommands; each is loaded only when it is asked for, so that the others cost nothing. */
export const COMMANDS: Readonly<
  Record<string, { readonly summary: string; load(): Promise<Command> }>
> = {
  connect: {
    summary: "Talk to a WebSocket endpoint: a prompt for people, a pipe for scripts.",
    load: async () => (await import("./connect.ts")).connect,
  },
  listen: {
    summary: "Serve WebSocket connections and watch their frames.",
    load: async () => (await import("./listen.ts")).listen,
  },
  "frame-dump": {
    summary: "Decode WebSocket frames from bytes.",
    load: async () => (await import("./frame-dump.ts")).frameDump,
  },
  bench: {
    summary: "Load a WebSocket server and report latency and throughput.",
    load: async () => (await import("./bench.ts")).bench,
  },
};
