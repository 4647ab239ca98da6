import { RULE_GROUPS, type RuleBody } from "../protocol/rules.ts";
import { displayWidth, padEnd, wrapWords } from "../width.ts";
import type { TableLook } from "./code-tables.ts";
import type { Theme } from "./theme.ts";
import { severityStyle } from "./violation-lines.ts";

const DEFAULT_COLUMNS = 80;
const INDENT = "  ";
const EXPLANATION_INDENT = "      ";

/**
 * Every rule by its group: id, severity, section and the close code that a strict endpoint answers
 * with, then the rule in a sentence. The line with the id is one that `grep` finds.
 */
export function ruleTable(look: TableLook): string[] {
  const all = Object.values(RULE_GROUPS).flatMap((group) => Object.entries<RuleBody>(group));
  const idWidth = Math.max(...all.map(([id]) => displayWidth(id)));
  const sectionWidth = Math.max(...all.map(([, { section }]) => displayWidth(inWords(section))));
  return Object.entries(RULE_GROUPS).flatMap(([name, group], i) => [
    ...(i === 0 ? [] : [""]),
    look.theme.header(name),
    ...Object.entries<RuleBody>(group).flatMap(([id, rule]) => [
      headLine(padEnd(id, idWidth), rule, sectionWidth, look.theme),
      ...explanationLines(rule, look),
    ]),
  ]);
}

function headLine(id: string, rule: RuleBody, sectionWidth: number, theme: Theme): string {
  const { severity, section, closeCode } = rule;
  const close = closeCode === undefined ? "" : `  close ${closeCode}`;
  const where = `${padEnd(inWords(section), sectionWidth)}${close}`.trimEnd();
  const style = severityStyle(severity, theme);
  return `${INDENT}${theme.bold(id)}  ${style(padEnd(severity, "error".length))}  ${where}`;
}

function explanationLines({ explanation }: RuleBody, look: TableLook): string[] {
  const columns = (look.columns ?? DEFAULT_COLUMNS) - EXPLANATION_INDENT.length;
  return wrapWords(explanation, columns).map(
    (line) => `${EXPLANATION_INDENT}${look.theme.dim(line)}`,
  );
}

/** `5.1` is a section of RFC 6455; other RFCs are named: `RFC 7692 6`. */
function inWords(section: string): string {
  const named = section.startsWith("RFC ") ? section : `RFC 6455 ${section}`;
  return named.replace(/ (?=\S+$)/, " §");
}
