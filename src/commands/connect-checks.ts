import { usageError } from "../errors.ts";
import type { ExpectationOptions } from "../scenario/checks.ts";
import { Expectations } from "../scenario/expectations.ts";
import { parsePattern, type Pattern } from "../scenario/pattern.ts";
import { parseCount, parseDurationMs } from "../units.ts";
import type { Args } from "./command.ts";
import { parseSubprotocol } from "./dial-flags.ts";

/** How long checks wait for what does not come, where nothing else is said. */
const PATIENCE_MS = 10_000;

export interface ChecksFlags {
  /** Empty where nothing is to be checked. */
  readonly expectations: Expectations;
  /** True where anything is to be checked. */
  readonly given: boolean;
  /** Something is to come, which is waited for; what must not come is not. */
  readonly awaited: boolean;
  /** What must not come is looked out for until the time is up, however quiet it is. */
  readonly watched: boolean;
  /** The peer is to close with a certain code, whatever that says otherwise. */
  readonly closesByCode: boolean;
  /** What ends the run, in milliseconds from its start. */
  readonly timeoutMs: number | undefined;
}

const CHECK_FLAGS = {
  list: ["expect", "reject"],
  text: ["count", "until", "expect-close", "expect-subprotocol", "max-latency"],
} as const;

/**
 * Reads the flags that say what a conversation is to be.
 * @throws FramecatError (usage)
 */
export async function readChecks(args: Args): Promise<ChecksFlags> {
  const given =
    CHECK_FLAGS.list.some((name) => args.list(name).length > 0) ||
    CHECK_FLAGS.text.some((name) => args.text(name) !== undefined);
  if (args.flag("expect-any-order") && args.list("expect").length < 2) {
    throw usageError("--expect-any-order needs at least two --expect");
  }
  const timeout = args.text("timeout");
  const awaited = given && waits(args);
  return {
    expectations: new Expectations(await readExpectations(args)),
    given,
    awaited,
    watched: !awaited && args.list("reject").length > 0 && timeout !== undefined,
    closesByCode: args.text("expect-close") !== undefined,
    timeoutMs:
      timeout === undefined
        ? awaited
          ? PATIENCE_MS
          : undefined
        : parseDurationMs(timeout, "--timeout"),
  };
}

function waits(args: Args): boolean {
  const awaited = ["count", "until", "expect-close"].some((name) => args.text(name) !== undefined);
  return awaited || args.list("expect").length > 0;
}

async function readExpectations(args: Args): Promise<ExpectationOptions> {
  const [count, until, code] = ["count", "until", "expect-close"].map((name) => args.text(name));
  const subprotocol = args.text("expect-subprotocol");
  const latency = args.text("max-latency");
  return {
    expect: await patterns(args, "expect"),
    order: args.flag("expect-any-order") ? "any" : "in-order",
    reject: await patterns(args, "reject"),
    ...(count !== undefined && { count: parseCount(count, "--count") }),
    ...(until !== undefined && { until: await parsePattern(until, "--until") }),
    ...(code !== undefined && { closeCode: parseCount(code, "--expect-close", 1000, 4999) }),
    ...(subprotocol !== undefined && { subprotocol: parseSubprotocol(subprotocol) }),
    ...(latency !== undefined && { maxLatencyMs: parseDurationMs(latency, "--max-latency") }),
  };
}

function patterns(args: Args, name: "expect" | "reject"): Promise<Pattern[]> {
  return Promise.all(args.list(name).map((text) => parsePattern(text, `--${name}`)));
}
