import type { Violation } from "../protocol/rules.ts";
import { wrapWords } from "../width.ts";
import { escapeControl } from "./escape.ts";
import type { Style, Theme } from "./theme.ts";

/** Keeps the words of a section on one line; it is a plain space in the end. */
const NO_BREAK = "\u00a0";

/** A broken rule in words, wrapped to `columns`: what is wrong, where that is written, its id. */
export function violationLines(violation: Violation, theme: Theme, columns: number): string[] {
  const { rule, severity, section, closeCode, message } = violation;
  const close = closeCode === undefined ? "" : `, close ${closeCode}`;
  const text = `${message} (${rule}, ${sectionName(section)}${close})`;
  const style = severityStyle(severity, theme);
  return wrapWords(escapeControl(text), columns - 2).map((line, i) =>
    style(`${i === 0 ? "!" : " "} ${line.replaceAll(NO_BREAK, " ")}`),
  );
}

/** `5.1` is a section of RFC 6455; other RFCs are named: `RFC 7692 6`. */
function sectionName(section: string): string {
  const [, rfc = "RFC 6455", number = section] = /^(RFC \d+) (.+)$/.exec(section) ?? [];
  return `${rfc} §${number}`.replaceAll(" ", NO_BREAK);
}

export function severityStyle(severity: Violation["severity"], theme: Theme): Style {
  switch (severity) {
    case "error":
      return theme.bad;
    case "warn":
      return theme.warn;
    case "info":
      return theme.dim;
    default:
      return severity satisfies never;
  }
}
