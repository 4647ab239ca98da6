import { usageError } from "../errors.ts";
import type { MakeMode } from "../server/mode.ts";
import { broadcast } from "../server/modes/broadcast.ts";
import { echo } from "../server/modes/echo.ts";
import { print } from "../server/modes/print.ts";
import { pubsub } from "../server/modes/pubsub.ts";
import { MIN_PUSH_SIZE, push, type PushOptions } from "../server/modes/push.ts";
import { silent } from "../server/modes/silent.ts";
import { parseCount, parseDurationMs, parseSize } from "../units.ts";
import type { Args, OptionSpec } from "./command.ts";

export type ModeName = "echo" | "print" | "broadcast" | "pubsub" | "push" | "silent" | "relay";

/** How each mode is made of its flags. */
const MODES: Readonly<Record<Exclude<ModeName, "relay">, (args: Args) => MakeMode>> = {
  echo: () => echo,
  print: () => print,
  broadcast: (args) => broadcast({ toSelf: args.flag("to-self") }),
  pubsub: () => pubsub,
  push: (args) => push(readPush(args)),
  silent: () => silent,
};

const NAMES = [...(Object.keys(MODES) as (keyof typeof MODES)[]), "relay"] as const;

/** Flags that say something to one mode only. */
const OF_MODE: Readonly<Record<string, ModeName>> = {
  eof: "print",
  "to-self": "broadcast",
  interval: "push",
  size: "push",
  messages: "push",
  binary: "push",
};

export const MODE_OPTIONS: readonly OptionSpec[] = [
  {
    name: "mode",
    kind: "text",
    value: "MODE",
    choices: NAMES,
    description: `${NAMES.slice(0, -1).join(", ")} or ${NAMES.at(-1)}`,
    default: "echo",
    topic: "Mode",
    common: true,
  },
  {
    name: "eof",
    kind: "text",
    value: "WHAT",
    choices: ["wait", "close"],
    description: "with --mode print: when stdin ends, go on serving or stop",
    default: "wait",
    topic: "Mode",
  },
  {
    name: "to-self",
    kind: "flag",
    description: "with --mode broadcast: to the sender, too",
    topic: "Mode",
  },
  {
    name: "interval",
    kind: "text",
    value: "TIME",
    description: "with --mode push: between two messages",
    default: "1s",
    topic: "Mode",
  },
  {
    name: "messages",
    kind: "text",
    value: "COUNT",
    description: 'with --mode push: to each client, and then {"seq":-1,"end":true}',
    default: "no end",
    topic: "Mode",
  },
  {
    name: "size",
    kind: "text",
    value: "SIZE",
    description: "with --mode push: bytes of each message",
    default: "as short as may be",
    topic: "Mode",
  },
  {
    name: "binary",
    kind: "flag",
    description: "with --mode push: the same in binary messages",
    topic: "Mode",
  },
];

/**
 * The mode asked for.
 * @param relay the one that `--to` asks for
 * @throws FramecatError (usage)
 */
export function readMode(
  args: Args,
  relay?: MakeMode,
): { readonly name: ModeName; readonly make: MakeMode } {
  const asked = args.text("mode");
  const name = relay ? "relay" : (NAMES.find((known) => known === asked) ?? "echo");
  for (const { name: flag, kind } of MODE_OPTIONS) {
    const mode = OF_MODE[flag];
    const given = kind === "flag" ? args.flag(flag) : args.text(flag) !== undefined;
    if (given && mode !== undefined && mode !== name)
      throw usageError(`--${flag} is for --mode ${mode}`);
  }
  if (name !== "relay") return { name, make: MODES[name](args) };
  if (!relay) throw usageError("--mode relay needs --to URL");
  return { name, make: relay };
}

function readPush(args: Args): PushOptions {
  const [messages, size] = [args.text("messages"), args.text("size")];
  const intervalMs = parseDurationMs(args.text("interval") ?? "1s", "--interval");
  if (intervalMs < 1) throw usageError("--interval must be at least 1ms");
  return {
    intervalMs,
    size: size === undefined ? undefined : readPushSize(size),
    messages: messages === undefined ? Infinity : parseCount(messages, "--messages"),
    binary: args.flag("binary"),
  };
}

/** The longest message is what a client of the usual limits still takes. */
const MAX_PUSH_SIZE = 64 * 1024 * 1024;

function readPushSize(text: string): number {
  const size = parseSize(text, "--size");
  if (size >= MIN_PUSH_SIZE && size <= MAX_PUSH_SIZE) return size;
  throw usageError(`--size must be from ${MIN_PUSH_SIZE} bytes to 64MiB`);
}
