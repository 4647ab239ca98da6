import type { Result, Verdict } from "./run.ts";

/** What one server came to. */
export interface Judged {
  readonly server: string;
  readonly results: readonly Result[];
  /** Of a relay: those of which something else came without it. */
  readonly differing?: readonly Result[];
}

/** What the numbers of the cases begin with. */
const SECTIONS = [
  ["H", "opening handshake"],
  ["1", "lengths of messages"],
  ["2", "pings and pongs"],
  ["3", "reserved bits"],
  ["4", "reserved opcodes"],
  ["F", "masks and lengths in headers"],
  ["5", "fragments"],
  ["6", "UTF-8"],
  ["7", "closing"],
  ["9", "long messages, and many"],
  ["10", "fragments as long as a packet"],
  ["12", "compressed: kinds of content"],
  ["13", "compressed: what is agreed on"],
  ["D", "compressed: bytes"],
  ["W", "compressed: sizes of the window"],
  ["N", "compressed: offers"],
  ["L", "a limit of the length"],
] as const;

const VERDICTS: readonly Verdict[] = ["OK", "NON-STRICT", "UNIMPLEMENTED", "FAILED"];

/** Sections down, servers across; then the sums, and how much a relay changed. */
export function verdictTable(columns: readonly Judged[]): string {
  const sections = SECTIONS.map(([id, words]) => [
    id.padEnd(4) + words,
    ...columns.map(({ results }) => tally(results.filter((one) => one.id.startsWith(`${id}.`)))),
  ]).filter(([, ...cells]) => cells.some((cell) => cell !== NONE));
  const rows = [
    ["", ...columns.map(({ server }) => server)],
    ...sections,
    ["all", ...columns.map(({ results }) => tally(results))],
  ];
  if (columns.some(({ differing }) => differing)) {
    const cells = columns.map(({ differing }) => (differing ? String(differing.length) : NONE));
    rows.push(["otherwise than without the relay", ...cells]);
  }
  return aligned(rows);
}

/** Whether nothing is wrong: what the RFCs let pass is not. */
export function holds({ results, differing = [] }: Judged): boolean {
  return differing.length === 0 && results.every(({ verdict }) => verdict !== "FAILED");
}

/** How many ended in which way, the good first. */
export function tally(results: readonly Result[]): string {
  const counts = VERDICTS.map((verdict) => {
    const { length } = results.filter((one) => one.verdict === verdict);
    return length > 0 ? [`${length} ${verdict}`] : [];
  });
  return counts.flat().join(", ") || NONE;
}

const NONE = "–";

function aligned(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  return rows
    .map((row) => row.map((cell, i) => cell.padEnd(widths[i]!)).join("  "))
    .map((line) => line.trimEnd())
    .join("\n");
}
