import { Chalk } from "chalk";

/** 0 none, 1 the 16 colors, 2 256 colors, 3 all of them; as chalk counts. */
export type ColorLevel = 0 | 1 | 2 | 3;

export type Style = (text: string) => string;

/** Styles by meaning. There is one color for each direction, and red only for what is wrong. */
export interface Theme {
  readonly level: ColorLevel;
  /** What repeats: times, borders, bits that are as usual. */
  readonly dim: Style;
  /** What is news. */
  readonly bold: Style;
  /** Headings of tables and help. */
  readonly header: Style;
  readonly out: Style;
  readonly in: Style;
  readonly good: Style;
  readonly warn: Style;
  readonly bad: Style;
  /** Parts of a frame beside its payload, which has the color of its direction. */
  readonly frameHeader: Style;
  readonly maskKey: Style;
  /** Parts of JSON. */
  readonly key: Style;
  readonly string: Style;
  readonly number: Style;
  readonly literal: Style;
}

export const plain: Style = (text) => text;

/** The theme for a level; level 0 changes nothing. */
export function createTheme(level: ColorLevel): Theme {
  if (level === 0) {
    const styles = { dim: plain, bold: plain, header: plain, out: plain, in: plain };
    const frame = { frameHeader: plain, maskKey: plain };
    const json = { key: plain, string: plain, number: plain, literal: plain };
    return { level, ...styles, good: plain, warn: plain, bad: plain, ...frame, ...json };
  }
  const chalk = new Chalk({ level });
  return {
    level,
    dim: (text) => chalk.dim(text),
    bold: (text) => chalk.bold(text),
    header: (text) => chalk.bold(text),
    out: (text) => chalk.cyan(text),
    in: (text) => chalk.green(text),
    good: (text) => chalk.green(text),
    warn: (text) => chalk.yellow(text),
    bad: (text) => chalk.red(text),
    frameHeader: (text) => chalk.yellow(text),
    maskKey: (text) => chalk.magenta(text),
    key: (text) => chalk.blueBright(text),
    string: (text) => chalk.green(text),
    number: (text) => chalk.magenta(text),
    literal: (text) => chalk.yellow(text),
  };
}

/**
 * How much color a stream gets.
 *
 * 1. `--color never` and `--color always` decide.
 * 2. FORCE_COLOR, then NO_COLOR, as Node itself orders them.
 * 3. Otherwise a terminal gets what TERM and COLORTERM say it can, and anything else none.
 */
export function decideColor(
  choice: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
  stream: { readonly isTTY?: boolean },
): ColorLevel {
  if (choice === "never") return 0;
  if (choice === "always") return terminalLevel(env);
  const forced = forcedLevel(env.FORCE_COLOR);
  if (forced !== undefined) return forced;
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== "") return 0;
  if (stream.isTTY !== true || env.TERM === "dumb") return 0;
  return terminalLevel(env);
}

function forcedLevel(force: string | undefined): ColorLevel | undefined {
  switch (force) {
    case undefined:
      return undefined;
    case "0":
    case "false":
      return 0;
    case "2":
      return 2;
    case "3":
      return 3;
    default:
      return 1;
  }
}

function terminalLevel({ COLORTERM, TERM }: Readonly<Record<string, string | undefined>>) {
  if (COLORTERM === "truecolor" || COLORTERM === "24bit") return 3;
  return TERM !== undefined && /-256(?:color)?$/.test(TERM) ? 2 : 1;
}
