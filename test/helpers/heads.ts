import type { HttpHead } from "../../src/protocol/http-head.ts";

/** Values by name; a list for a name that is repeated, undefined for one that is left out. */
export type HeaderValues = Readonly<Record<string, string | readonly string[] | undefined>>;

export function makeHead(startLine: string, headers: HeaderValues): HttpHead {
  const lines = Object.entries(headers).flatMap(([name, values]) =>
    values === undefined ? [] : [values].flat().map((value): [string, string] => [name, value]),
  );
  return { startLine, headers: lines };
}
