import { readFileSync } from "node:fs";
import { readResults } from "../bench/read-result.ts";
import type { BenchResult } from "../bench/result.ts";
import { errnoWords } from "../errno-words.ts";
import { usageError } from "../errors.ts";
import type { Io } from "../io.ts";
import { redactUrl } from "../redact.ts";
import type { Args } from "./command.ts";

/** A result, and what to call it in errors. */
export interface SavedResult {
  readonly name: string;
  readonly result: BenchResult;
}

/**
 * The results in the files that are named, in their order; `-` is standard input.
 * @throws FramecatError (usage)
 */
export async function readSaved(args: Args, io: Io): Promise<SavedResult[]> {
  const files = args.positionals;
  if (files.length === 0) {
    throw usageError("no file is named", "`framecat bench --save FILE` writes one; - is stdin.");
  }
  if (files.filter((file) => file === "-").length > 1) {
    throw usageError("- is given twice: stdin can be read once");
  }
  const saved: SavedResult[] = [];
  for (const file of files) saved.push(...(await readOne(file, args, io)));
  return saved;
}

async function readOne(file: string, args: Args, { stdin }: Io): Promise<SavedResult[]> {
  const name = file === "-" ? "stdin" : file;
  const content = file === "-" ? await readAll(stdin) : readFile(file);
  const results = readResults(content, name);
  return results.map((result, index) => ({
    name: results.length === 1 ? name : `${name}, result ${index + 1}`,
    result: args.flag("show-secrets") ? result : { ...result, url: redacted(result.url) },
  }));
}

/** What was merged has several addresses. */
function redacted(urls: string): string {
  return urls.split(" ").map(redactUrl).join(" ");
}

async function readAll(stdin: Io["stdin"]): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stdin) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks).toString("utf8");
}

function readFile(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (thrown) {
    throw usageError(`cannot read ${file}: ${errnoWords(thrown)}`);
  }
}
