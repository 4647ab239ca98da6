import type { JSONPathEnvironment, JSONValue } from "json-p3";
import { usageError } from "../errors.ts";

/** Gives the first value that the path finds; undefined where it finds none. */
export type JsonPath = (value: unknown) => unknown;

/** Values nested deeper than this are not searched by `..`, so that no peer can exhaust the stack. */
const MAX_DEPTH = 1000;
const EXAMPLES = 'JSONPath looks like $.id or $.items[0]["key"].';

/**
 * A JSONPath expression (RFC 9535), such as `$.id` or `$.items[0]["key"]`.
 *
 * The library is loaded here, because that takes some 20 ms which most runs can do without.
 * @throws FramecatError (usage) naming `flag`
 */
export async function compileJsonPath(expression: string, flag: string): Promise<JsonPath> {
  const { JSONPathEnvironment, JSONPathRecursionLimitError } = await import("json-p3");
  const query = compile(
    new JSONPathEnvironment({ maxRecursionDepth: MAX_DEPTH }),
    expression,
    flag,
  );
  return (value) => {
    try {
      return query.match(value as JSONValue)?.value;
    } catch (thrown) {
      if (thrown instanceof JSONPathRecursionLimitError) return undefined;
      throw thrown;
    }
  };
}

/**
 * Where a path ends that one of these characters follows; the length of the text where none does.
 * What stands in brackets, or in quotes within them, belongs to the path.
 */
export function endOfPath(text: string, stops: string): number {
  const masked = text.replace(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'/g, (quoted) =>
    "_".repeat(quoted.length),
  );
  let depth = 0;
  for (let at = 0; at < masked.length; at++) {
    const char = masked[at] ?? "";
    if (char === "[") depth += 1;
    if (char === "]") depth -= 1;
    if (depth === 0 && stops.includes(char)) return at;
  }
  return text.length;
}

function compile(environment: JSONPathEnvironment, expression: string, flag: string) {
  try {
    return environment.compile(expression);
  } catch (thrown) {
    // A lexer's error tells of the lexer, not of the expression.
    const about = thrown instanceof Error && thrown.name !== "JSONPathLexerError";
    const reason = about ? `: ${thrown.message}` : "";
    throw usageError(`${flag}: ${JSON.stringify(expression)} is no JSONPath${reason}`, EXAMPLES);
  }
}
