import { usageError } from "../errors.ts";
import type { Io } from "../io.ts";
import { columnsUnder } from "../render/topic-columns.ts";
import { FAULT_LIST, FAULT_NAMES } from "../server/faults/catalogue.ts";
import type { FaultPlan } from "../server/faults/index.ts";
import { parseFaults } from "../server/faults/parse-fault.ts";
import { parseCount } from "../units.ts";
import type { Args, OptionSpec } from "./command.ts";
import { themeFor } from "./frame-flags.ts";

const TOPIC = "Faults on purpose";

export const FAULT_OPTIONS: readonly OptionSpec[] = [
  {
    name: "fault",
    kind: "list",
    value: "NAME[=VALUE][@WHEN]",
    description: `err, as a test of clients: ${FAULT_NAMES.join(", ")}; @5% of the time, @10msgs, @5s; repeatable; list tells more`,
    topic: TOPIC,
  },
  {
    name: "seed",
    kind: "text",
    value: "NUMBER",
    description: "what chance begins with: the same seed has the same faults strike",
    default: "another each time, which is told",
    topic: TOPIC,
  },
];

/** Whether what is asked for is a list of the faults that there are. */
export function wantsFaultList(args: Args): boolean {
  return args.list("fault").includes("list");
}

export function tellFaults(args: Args, io: Io): void {
  const look = { theme: themeFor(args, io, io.stdout), columns: io.stdout.columns ?? 80 };
  const when: readonly (readonly [string, string])[] = [
    ["@P%", "each time with this chance: for each message, ping or client"],
    ["@Nmsgs", "once, at the Nth message to a client; an end comes behind it"],
    ["@TIME", "once, so long after the opening"],
    ["no @", "each time; an end comes at once"],
  ];
  const lines = [
    ...columnsUnder("--fault", FAULT_LIST, look),
    "",
    ...columnsUnder("WHEN", when, look),
  ];
  io.stdout.write(lines.map((line) => `${line}\n`).join(""));
}

/**
 * Reads the flags of FAULT_OPTIONS; undefined where nothing is to go wrong.
 * @param mode what the server does with its clients
 * @throws FramecatError (usage)
 */
export function readFaults(args: Args, io: Io, mode: string): FaultPlan | undefined {
  const faults = parseFaults(args.list("fault"), "--fault");
  const seed = args.text("seed");
  if (faults.length === 0) {
    if (seed === undefined) return undefined;
    throw usageError("--seed needs --fault");
  }
  if (mode === "relay") {
    const hint = "--drop, --delay, --edit and --hold change what passes.";
    throw usageError("--fault is not for --mode relay, which passes on what others send", hint);
  }
  return { faults, seed: readSeed(seed, io) };
}

function readSeed(text: string | undefined, { random }: Pick<Io, "random">): number {
  if (text !== undefined) return parseCount(text, "--seed", 0, 2 ** 32 - 1);
  return random(4).reduce((number, octet) => ((number << 8) | octet) >>> 0, 0);
}
