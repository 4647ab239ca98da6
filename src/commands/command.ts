import type { Io } from "../io.ts";

/** One flag, as data: parsing, help, the README's tables and completion all come from it. */
export interface OptionSpec {
  /** Without the dashes. */
  readonly name: string;
  readonly alias?: string;
  /** `flag` is on or off, `count` adds up (-vv), `list` may be repeated. */
  readonly kind: "flag" | "count" | "text" | "list";
  /** A flag that is on unless `--no-NAME` is given, as which it is listed. */
  readonly onByDefault?: boolean;
  /** What the value is called in help, as `TIME`. */
  readonly value?: string;
  readonly choices?: readonly string[];
  readonly description: string;
  /** The default in words. */
  readonly default?: string;
  /** The heading under which `--help all` lists it. */
  readonly topic: string;
  /** True for the dozen that `--help` shows. */
  readonly common?: boolean;
}

export interface Example {
  readonly command: string;
  readonly meaning: string;
}

/** A parsed command line. Asking for a flag that the command does not have is a defect. */
export interface Args {
  readonly positionals: readonly string[];
  flag(name: string): boolean;
  count(name: string): number;
  text(name: string): string | undefined;
  list(name: string): readonly string[];
}

export interface Command {
  readonly name: string;
  /** One sentence. */
  readonly summary: string;
  /** The positional arguments in help, as `[URL]`. */
  readonly positionals: string;
  readonly maxPositionals: number;
  readonly examples: readonly Example[];
  readonly options: readonly OptionSpec[];
  /** Does the work; gives the exit code, or throws a FramecatError that carries one. */
  run(args: Args, io: Io): Promise<number>;
}
