import { messageOf, usageError } from "../errors.ts";
import { RESULT_SHAPE } from "./result-shape.ts";
import type { BenchResult } from "./result.ts";

/**
 * The result in a file that holds one.
 * @throws FramecatError (usage) naming the file and the field
 */
export function readResult(content: string, name: string): BenchResult {
  const [result, ...more] = readResults(content, name);
  if (result && more.length === 0) return result;
  throw usageError(`${name} holds ${more.length + 1} results, not one`);
}

/**
 * The results in a file: one document, or NDJSON with one on each line; at least one.
 * @throws FramecatError (usage) naming the file, the line and the field
 */
export function readResults(content: string, name: string): BenchResult[] {
  const whole = content.replace(/^\ufeff/, "").trimEnd();
  if (whole === "") throw usageError(`${name} is empty`);
  const lines = whole
    .split("\n")
    .map((line, index) => ({ line, at: `${name}, line ${index + 1}:` }));
  const filled = lines.filter(({ line }) => line.trim() !== "");
  // The first line of a document over several lines is no JSON by itself.
  return filled.length > 1 && isDocument(filled[0]?.line ?? "")
    ? filled.map(({ line, at }) => RESULT_SHAPE(parseJson(line, at), at))
    : [RESULT_SHAPE(parseJson(whole, `${name}:`), `${name}:`)];
}

function isDocument(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}

function parseJson(json: string, at: string): unknown {
  try {
    return JSON.parse(json);
  } catch (thrown) {
    throw usageError(`${at} no JSON: ${messageOf(thrown)}`, "bench --save FILE writes a result.");
  }
}
