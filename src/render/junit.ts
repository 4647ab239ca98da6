import { escapeControl } from "./escape.ts";

/** What was checked in one go. */
export interface JunitSuite {
  readonly name: string;
  /** When it began: ISO 8601, in UTC. */
  readonly timestamp: string;
  readonly seconds: number;
  readonly properties?: Readonly<Record<string, string>>;
  readonly cases: readonly JunitCase[];
}

export interface JunitCase {
  readonly name: string;
  /** Words joined by dots, by which what reads the file groups the cases. */
  readonly classname: string;
  readonly seconds: number;
  /** Absent where it passed. */
  readonly failure?: JunitFailure | undefined;
}

export interface JunitFailure {
  /** One line. */
  readonly message: string;
  /** All there is to say, in lines. */
  readonly text: string;
}

/**
 * A suite as JUnit XML. There is no standard of it: elements and attributes are those of the
 * schema that Jenkins keeps to, junit-10. Control characters, most of which XML 1.0 knows no way to
 * write, become `\x1b` and the like, as in everything that is shown.
 */
export function junitXml(suite: JunitSuite): string {
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    "<testsuites>",
    `  <testsuite${suiteAttributes(suite)}>`,
    ...propertyLines(suite.properties ?? {}),
    ...suite.cases.flatMap(caseLines),
    "  </testsuite>",
    "</testsuites>",
  ];
  return `${lines.join("\n")}\n`;
}

function suiteAttributes({ name, timestamp, seconds, cases }: JunitSuite): string {
  return attributes({
    name,
    tests: String(cases.length),
    failures: String(cases.filter(({ failure }) => failure).length),
    errors: "0",
    skipped: "0",
    // The schema of Ant, the first of all, knows neither fractions nor zones.
    timestamp: timestamp.slice(0, "2026-01-01T00:00:00".length),
    time: seconds.toFixed(3),
  });
}

function propertyLines(properties: Readonly<Record<string, string>>): string[] {
  const lines = Object.entries(properties).map(
    ([name, value]) => `      <property${attributes({ name, value })}/>`,
  );
  return lines.length === 0 ? [] : ["    <properties>", ...lines, "    </properties>"];
}

function caseLines({ name, classname, seconds, failure }: JunitCase): string[] {
  const head = `    <testcase${attributes({ name, classname, time: seconds.toFixed(3) })}`;
  if (!failure) return [`${head}/>`];
  const { message, text } = failure;
  const type = attributes({ message, type: "failure" });
  return [`${head}>`, `      <failure${type}>${escapeText(text)}</failure>`, "    </testcase>"];
}

function attributes(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escapeXml(escapeControl(value))}"`)
    .join("");
}

/** Line breaks stay what they are. */
function escapeText(text: string): string {
  return escapeXml(text.split("\n").map(escapeControl).join("\n"));
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (char) => ENTITIES[char] ?? "");
}
