import { EXIT_DONE, usageError } from "../errors.ts";
import type { Io } from "../io.ts";
import { glossary, lookUp, nearTerms, type Term } from "../protocol/glossary.ts";
import { termLines, termList } from "../render/explain-lines.ts";
import { exitRows } from "../render/help.ts";
import { jsonLine } from "../render/json-line.ts";
import type { Args, Command } from "./command.ts";
import { OUTPUT_OPTIONS } from "./common-options.ts";
import { themeFor } from "./frame-flags.ts";
import { createSink } from "./sink.ts";

export const frameDumpExplain: Command = {
  name: "frame-dump explain",
  summary:
    "Tell what a close code, an opcode, a bit, a header, a status, an extension, a rule or an exit code means.",
  positionals: "[WORD…]",
  maxPositionals: Number.POSITIVE_INFINITY,
  examples: [
    { command: "framecat frame-dump explain 1006 0x9 RSV1", meaning: "a code, an opcode, a bit" },
    {
      command: "framecat frame-dump explain Sec-WebSocket-Accept",
      meaning: "a header, with its RFC section",
    },
    { command: "framecat frame-dump explain", meaning: "all words that are known" },
  ],
  options: [
    {
      name: "json",
      kind: "flag",
      description: "print one JSON document",
      topic: "Output",
      common: true,
    },
    ...OUTPUT_OPTIONS.filter(({ name }) => name === "color"),
  ],
  run,
};

/** Words after which a number belongs to them: `exit 14`. */
const PREFIXES: ReadonlySet<string> = new Set(["close", "opcode", "status", "http", "exit", "rsv"]);
const MAX_NEAR = 5;

async function run(args: Args, io: Io): Promise<number> {
  const terms = [...glossary(), ...exitTerms()];
  const whole = args.positionals.join(" ");
  // `going away` is one term, though a shell makes two words of it.
  const words = lookUp(whole, terms).length > 0 ? [whole] : joinPrefixes(args.positionals);
  const found = words.length === 0 ? terms : words.flatMap((word) => explain(word, terms));
  const output = createSink(io.stdout);
  if (args.flag("json")) {
    output.write(
      jsonLine({
        v: "framecat.explain/1",
        terms: found.map(({ topic, name, meaning, source }) => ({ topic, name, meaning, source })),
      }),
    );
  } else {
    const columns = io.stdout.isTTY === true ? io.stdout.columns : undefined;
    const look = { theme: themeFor(args, io, io.stdout), columns };
    const lines =
      words.length === 0
        ? termList(terms, look)
        : found.flatMap((term, i) => [...(i === 0 ? [] : [""]), ...termLines(term, look)]);
    output.write(lines.map((line) => `${line}\n`).join(""));
  }
  await output.flushed();
  return EXIT_DONE;
}

function explain(word: string, terms: readonly Term[]): Term[] {
  const found = lookUp(word, terms);
  if (found.length > 0) return found;
  const near = nearTerms(word, terms);
  const more = near.length > MAX_NEAR ? " …" : ".";
  throw usageError(
    `${JSON.stringify(word)} is not known`,
    near.length > 0
      ? `Near to it: ${near.slice(0, MAX_NEAR).join(", ")}${more}`
      : "`framecat frame-dump explain` lists all that is.",
  );
}

/** A number after `exit` is an exit code, also where the two are no single argument. */
function joinPrefixes(words: readonly string[]): string[] {
  const joined: string[] = [];
  for (const word of words) {
    const last = joined.at(-1)?.toLowerCase() ?? "";
    if (PREFIXES.has(last) && /^(?:0x)?[\da-f]+$/i.test(word))
      joined.push(`${joined.pop()} ${word}`);
    else joined.push(word);
  }
  return joined;
}

function exitTerms(): Term[] {
  return exitRows().map(([code, meaning]) => ({
    topic: "exit code of framecat",
    name: `exit ${code}`,
    keys: [`exit ${code}`, String(code)],
    meaning,
  }));
}
