import { Buffer, isUtf8 } from "node:buffer";
import { headerValues } from "../protocol/http-head.ts";
import type { HandshakeEvent } from "../transport/events.ts";
import { wrapColumns, wrapWords } from "../width.ts";
import { escapeControl } from "./escape.ts";
import { formatPlural } from "./format.ts";
import { hexRows } from "./hexdump.ts";
import { htmlLines, isHtml } from "./html-text.ts";
import type { Theme } from "./theme.ts";

/** Enough to recognise it. */
const MAX_LINES = 8;
const MAX_BYTES = 1024;

/** The beginning of a refusal's body: the text of a web page, other text by lines, else bytes. */
export function refusalBodyLines(
  { body, response }: Pick<HandshakeEvent, "body" | "response">,
  { theme, columns }: { readonly theme: Pick<Theme, "dim">; readonly columns: number },
): string[] {
  if (!body || body.length === 0) return [];
  const [type] = headerValues(response.headers, "Content-Type");
  const text = isUtf8(body) ? Buffer.from(body).toString("utf8") : undefined;
  const page = text !== undefined && isHtml(type, text);
  const lines = page
    ? htmlLines(text).flatMap((line) => wrapWords(escapeControl(line), columns))
    : plainLines(body, text, theme, columns);
  const cut = lines.length > MAX_LINES || (!page && body.length > MAX_BYTES);
  const size = formatPlural(body.length, "byte");
  const note = page ? [`from a web page of ${size}`] : cut ? [`… of ${size}`] : [];
  return [...lines.slice(0, MAX_LINES), ...note.map((line) => theme.dim(line))];
}

function plainLines(
  body: Uint8Array,
  text: string | undefined,
  theme: Pick<Theme, "dim">,
  columns: number,
): string[] {
  if (text === undefined) return hexRows(body.subarray(0, MAX_BYTES), theme);
  return text
    .slice(0, MAX_BYTES)
    .trimEnd()
    .split(/\r?\n/)
    .flatMap((line) => wrapColumns(escapeControl(line), columns));
}
