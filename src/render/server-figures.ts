import type { Flow, ServerFigures } from "../server/figures.ts";
import { displayWidth, padStart } from "../width.ts";
import { field, type FieldOptions, type Piece, piece } from "./fields.ts";
import { formatBytes, formatCount, formatDuration, formatPlural } from "./format.ts";
import type { Style } from "./theme.ts";

/** What has happened since a server began. */
export function serverFigures(figures: ServerFigures, options: FieldOptions): string[] {
  return [
    ...runningLines(figures, options),
    ...clientLines(figures, options),
    ...closeLines(figures, options),
    ...faultLines(figures, options),
    ...flowLines(figures, options),
  ];
}

function runningLines({ upMs, spanMs }: ServerFigures, options: FieldOptions): string[] {
  const span = piece(`rates of the last ${formatDuration(spanMs)}`, options.theme.dim);
  return field("running", [piece(formatDuration(upMs)), span], options);
}

function clientLines({ connected, opened, refusals }: ServerFigures, options: FieldOptions) {
  const { warn } = options.theme;
  const refused = refusals.reduce((sum, [, count]) => sum + count, 0);
  const kinds = refusals.map(([kind, count], i) =>
    piece(`${kind} ${formatCount(count)}`, warn, i === 0 ? ": " : ", "),
  );
  const pieces = [
    piece(`${formatCount(connected)} connected`),
    piece(`${formatCount(opened)} opened`),
    ...(refused === 0 ? [] : [piece(`${formatCount(refused)} refused`, warn), ...kinds]),
  ];
  return field("clients", pieces, options);
}

function closeLines({ closes }: ServerFigures, options: FieldOptions): string[] {
  if (closes.length === 0) return [];
  const pieces = closes.map(([code, count]) => piece(`${code} × ${formatCount(count)}`));
  return field("closed", pieces, options);
}

/** What has gone wrong on purpose. */
function faultLines({ faults }: ServerFigures, options: FieldOptions): string[] {
  if (faults.length === 0) return [];
  const pieces = faults.map(([name, count]) => piece(`${name} × ${formatCount(count)}`));
  return field("faults", pieces, options);
}

/** Messages and bytes, one direction below the other. */
function flowLines(figures: ServerFigures, options: FieldOptions): string[] {
  const { theme } = options;
  const flows: readonly Flow[] = [figures.out, figures.in];
  const columns = [
    alignRight(flows.map(({ messages }) => formatPlural(messages, "message"))),
    alignRight(flows.map(({ bytes }) => formatBytes(bytes))),
    alignRight(flows.map(({ perSecond }) => `${rate(perSecond.messages)} msg/s`)),
    alignRight(flows.map(({ perSecond }) => `${formatBytes(perSecond.bytes)}/s`)),
  ];
  const pieces = (i: number, style: Style): Piece[] =>
    columns.map((cells) => piece(cells[i] ?? "", style, "   "));
  return [
    ...field("→ out", pieces(0, theme.out), options),
    ...field("← in", pieces(1, theme.in), options),
  ];
}

/** A rate that is small is no whole number. */
function rate(perSecond: number): string {
  return perSecond > 0 && perSecond < 9.95 ? perSecond.toFixed(1) : formatCount(perSecond);
}

function alignRight(texts: readonly string[]): string[] {
  const width = Math.max(...texts.map(displayWidth));
  return texts.map((text) => padStart(text, width));
}
