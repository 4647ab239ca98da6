import { isToken } from "./http-head.ts";

/** One extension of a Sec-WebSocket-Extensions header, its parameters in order (section 9.1). */
export interface Extension {
  readonly name: string;
  readonly params: readonly (readonly [name: string, value: string | true])[];
}

/** A list separator or a piece of an extension: quoted strings keep their commas and semicolons. */
const PIECE = /"(?:[^"\\]|\\.)*"|[^",;=\s]+|[,;=]/gy;

/**
 * Parses the values of Sec-WebSocket-Extensions (RFC 6455, section 9.1).
 * @returns undefined when they break the grammar
 */
export function parseExtensions(values: readonly string[]): Extension[] | undefined {
  const pieces = tokenize(values.join(","));
  if (!pieces) return undefined;
  const extensions: Extension[] = [];
  for (const element of split(pieces, ",")) {
    if (element.length === 0) continue;
    const [[name = "", ...surplus] = [], ...rest] = split(element, ";");
    const params = rest.map(parseParam);
    if (!isToken(name) || surplus.length > 0 || !params.every((param) => param !== undefined)) {
      return undefined;
    }
    extensions.push({ name, params });
  }
  return extensions;
}

function tokenize(text: string): string[] | undefined {
  const pieces: string[] = [];
  let at = 0;
  while (at < text.length) {
    if (/\s/.test(text[at] ?? "")) {
      at += 1;
      continue;
    }
    PIECE.lastIndex = at;
    const piece = PIECE.exec(text)?.[0];
    if (piece === undefined) return undefined;
    pieces.push(piece);
    at += piece.length;
  }
  return pieces;
}

function split(pieces: readonly string[], separator: string): string[][] {
  const groups: string[][] = [[]];
  for (const piece of pieces) {
    if (piece === separator) groups.push([]);
    else groups.at(-1)?.push(piece);
  }
  return groups;
}

function parseParam(pieces: readonly string[]): readonly [string, string | true] | undefined {
  const [name = "", equals, raw, ...surplus] = pieces;
  if (!isToken(name) || surplus.length > 0) return undefined;
  if (equals === undefined) return [name, true];
  const value = raw?.startsWith('"') ? raw.slice(1, -1).replace(/\\(.)/g, "$1") : raw;
  // A quoted value must be a token once the quotes are off (section 9.1).
  return equals === "=" && value !== undefined && isToken(value) ? [name, value] : undefined;
}

/** Writes extensions as a header value. */
export function formatExtensions(extensions: readonly Extension[]): string {
  return extensions.map(formatExtension).join(", ");
}

/** One extension as it stands in a header. */
export function formatExtension({ name, params }: Extension): string {
  const written = params.map(([key, value]) => (value === true ? key : `${key}=${value}`));
  return [name, ...written].join("; ");
}
