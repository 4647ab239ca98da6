import type { Command } from "./command.ts";

/** A command that is loaded only when it is asked for, so that the others cost nothing. */
export interface CommandEntry {
  readonly summary: string;
  load(): Promise<Command>;
}

/** The commands by name; one of two words, such as `bench report`, belongs to that of its first. */
export const COMMANDS: Readonly<Record<string, CommandEntry>> = {
  connect: {
    summary: "Talk to a WebSocket endpoint: a prompt for people, a pipe for scripts.",
    load: async () => (await import("./connect.ts")).connect,
  },
  listen: {
    summary: "Be the server: echo, relay, broadcast, run a command; watch the frames.",
    load: async () => (await import("./listen.ts")).listen,
  },
  "frame-dump": {
    summary: "Decode WebSocket frames from captures, HAR, recordings or pasted hex.",
    load: async () => (await import("./frame-dump.ts")).frameDump,
  },
  "frame-dump encode": {
    summary: "Build frames, right or wrong, from flags or NDJSON.",
    load: async () => (await import("./frame-dump-encode.ts")).frameDumpEncode,
  },
  "frame-dump explain": {
    summary: "Tell what a code, an opcode, a bit or a header means.",
    load: async () => (await import("./frame-dump-explain.ts")).frameDumpExplain,
  },
  bench: {
    summary: "Load a WebSocket server and report latency and throughput.",
    load: async () => (await import("./bench.ts")).bench,
  },
  "bench capacity": {
    summary: "Find the highest load under which a server holds an objective.",
    load: async () => (await import("./bench-capacity.ts")).benchCapacity,
  },
  "bench report": {
    summary: "Show saved results, in any form.",
    load: async () => (await import("./bench-report.ts")).benchReport,
  },
  "bench merge": {
    summary: "Join the parts of one run.",
    load: async () => (await import("./bench-merge.ts")).benchMerge,
  },
  "bench compare": {
    summary: "Tell what got better or worse between two runs.",
    load: async () => (await import("./bench-compare.ts")).benchCompare,
  },
  completion: {
    summary: "Print what makes bash, zsh or fish complete all of this.",
    load: async () => (await import("./completion.ts")).completion,
  },
};
