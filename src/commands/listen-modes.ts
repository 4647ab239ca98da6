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

/** Modes of their own flags, by which they are asked for. */
const ASKED = { relay: "--to URL", exec: "--exec COMMAND" } as const;

type AskedName = keyof typeof ASKED;
type PlainName = "echo" | "print" | "broadcast" | "pubsub" | "push" | "silent";
export type ModeName = PlainName | AskedName;

/** How each mode is made of its flags. */
const MODES: Readonly<Record<PlainName, (args: Args) => MakeMode>> = {
  echo: () => echo,
  print: () => print,
  broadcast: (args) => broadcast({ toSelf: args.flag("to-self") }),
  pubsub: () => pubsub,
  push: (args) => push(readPush(args)),
  silent: () => silent,
};

const NAMES = [...keysOf(MODES), ...keysOf(ASKED)];

/** Flags that say something to these modes only. */
const OF_MODE: Readonly<Record<string, readonly [ModeName, ...ModeName[]]>> = {
  eof: ["print"],
  "to-self": ["broadcast"],
  interval: ["push"],
  size: ["push"],
  messages: ["push"],
  binary: ["push", "exec"],
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
    description: "with --mode push: the same in binary messages; with --exec: bytes as they come",
    topic: "Mode",
  },
];

/**
 * The mode asked for.
 * @param asked those that a flag of their own asks for
 * @throws FramecatError (usage)
 */
export function readMode(
  args: Args,
  asked: Readonly<Partial<Record<AskedName, MakeMode | undefined>>> = {},
): { readonly name: ModeName; readonly make: MakeMode } {
  const name = nameOf(args, asked);
  for (const { name: flag, kind } of MODE_OPTIONS) {
    const modes = OF_MODE[flag];
    const given = kind === "flag" ? args.flag(flag) : args.text(flag) !== undefined;
    if (given && modes && !modes.includes(name))
      throw usageError(`--${flag} is for --mode ${modes.join(" or ")}`);
  }
  if (name !== "relay" && name !== "exec") return { name, make: MODES[name](args) };
  const make = asked[name];
  if (!make) throw usageError(`--mode ${name} needs ${ASKED[name]}`);
  return { name, make };
}

function nameOf(
  args: Args,
  asked: Readonly<Partial<Record<AskedName, MakeMode | undefined>>>,
): ModeName {
  const [name, other] = keysOf(ASKED).filter((known) => asked[known] !== undefined);
  if (name && other) throw usageError(`${ASKED[name]} and ${ASKED[other]} are two modes`);
  return name ?? NAMES.find((known) => known === args.text("mode")) ?? "echo";
}

function keysOf<Key extends string>(record: Readonly<Record<Key, unknown>>): readonly Key[] {
  return Object.keys(record) as Key[];
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
