import { type CompareOptions, type Comparison, compareResults } from "../bench/compare.ts";
import { seededRandom } from "../seeded-random.ts";
import { EXIT_DONE, FramecatError, usageError } from "../errors.ts";
import type { Io } from "../io.ts";
import { jsonLine } from "../render/json-line.ts";
import { parseCount } from "../units.ts";
import { readSaved } from "./bench-saved.ts";
import type { Args, Command, OptionSpec } from "./command.ts";
import { OUTPUT_OPTIONS } from "./common-options.ts";
import { themeFor } from "./frame-flags.ts";
import { createSink } from "./sink.ts";

const COMPARE_OPTIONS: readonly OptionSpec[] = [
  {
    name: "tolerance",
    kind: "text",
    value: "SHARE",
    description: "what a figure may get worse without being a regression",
    default: "5%",
    topic: "Comparison",
    common: true,
  },
  {
    name: "confidence",
    kind: "text",
    value: "SHARE",
    description: "how sure the intervals around the ratios are to be",
    default: "95%",
    topic: "Comparison",
    common: true,
  },
  {
    name: "resamples",
    kind: "text",
    value: "N",
    description: "how often the seconds of the runs are drawn anew to see what chance does",
    default: "2000",
    topic: "Comparison",
  },
  {
    name: "seed",
    kind: "text",
    value: "N",
    description: "what chance begins with: the same seed draws the same",
    default: "1",
    topic: "Comparison",
  },
  {
    name: "json",
    kind: "flag",
    description: "print the comparison as one JSON document",
    topic: "Result",
    common: true,
  },
  ...OUTPUT_OPTIONS,
];

/** In percent. */
const TOLERANCE = { min: 0, max: 1000 };
/** Nobody compares by chances that are as good as none, or certain. */
const CONFIDENCE = { min: 50, max: 99.9 };
const RESAMPLES = { min: 100, max: 100_000 };

export const benchCompare: Command = {
  name: "bench compare",
  summary:
    "Compare a run with an earlier one: what got better or worse, and whether that is more than " +
    "chance. A regression exits with 31.",
  positionals: "BASE NEW",
  maxPositionals: 2,
  examples: [
    { command: "framecat bench compare base.json new.json", meaning: "both saved with --save" },
    {
      command: "framecat bench compare base.json - < new.json",
      meaning: "the new one from stdin",
    },
    {
      command: "framecat bench compare a.json b.json --tolerance 10%",
      meaning: "forgive a tenth",
    },
  ],
  options: COMPARE_OPTIONS,
  run,
};

/** What `--json` prints; its schema is `src/schema/compare.schema.json`. */
type CompareDocument = { readonly v: "framecat.compare/1" } & Comparison;

async function run(args: Args, io: Io): Promise<number> {
  const options = readOptions(args);
  if (args.positionals.length !== 2) {
    throw usageError("two files are compared: BASE NEW", "See `framecat bench compare --help`.");
  }
  const [base, current, ...more] = await readSaved(args, io);
  if (!base || !current || more.length > 0) {
    throw usageError(
      "each file to compare must hold one result",
      "`framecat bench merge` joins the parts of one run.",
    );
  }
  const comparison = compareResults(base.result, current.result, options);
  const output = createSink(io.stdout);
  output.write(args.flag("json") ? documentOf(comparison) : await reportOf(comparison, args, io));
  await output.flushed();
  if (comparison.verdict !== "regression") return EXIT_DONE;
  const names = comparison.rows.filter(({ regression }) => regression).map(({ name }) => name);
  throw new FramecatError("threshold", `a regression of ${names.join(", ")}`);
}

function readOptions(args: Args): CompareOptions {
  const { min, max } = RESAMPLES;
  return {
    tolerance: share(args.text("tolerance") ?? "5%", "--tolerance", TOLERANCE),
    confidence: share(args.text("confidence") ?? "95%", "--confidence", CONFIDENCE),
    resamples: parseCount(args.text("resamples") ?? "2000", "--resamples", min, max),
    random: seededRandom(parseCount(args.text("seed") ?? "1", "--seed", 0, 2 ** 32 - 1)),
  };
}

/** `5%` → 0.05 */
function share(text: string, flag: string, { min, max }: typeof TOLERANCE): number {
  const percent = Number(/^(\d+(?:\.\d+)?) ?%$/.exec(text.trim())?.[1] ?? Number.NaN);
  if (percent >= min && percent <= max) return percent / 100;
  throw usageError(`${flag} must be a share from ${min}% to ${max}%, not ${JSON.stringify(text)}`);
}

function documentOf(comparison: Comparison): string {
  const document: CompareDocument = { v: "framecat.compare/1", ...comparison };
  return jsonLine(document);
}

async function reportOf(comparison: Comparison, args: Args, io: Io): Promise<string> {
  const { compareReport } = await import("../render/compare-report.ts");
  const theme = themeFor(args, io, io.stdout);
  return `${compareReport(comparison, { theme, columns: io.stdout.columns ?? 80 }).join("\n")}\n`;
}
