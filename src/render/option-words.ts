import type { OptionSpec } from "../commands/command.ts";

/** A flag in words, for help, manual pages, tables and completion alike. */

/** More than this are named by the description. */
const MAX_CHOICES = 31;

/** `--header`; a flag that is on by default is named as what turns it off. */
export function longFlag({ name, onByDefault }: OptionSpec): string {
  return onByDefault ? `--no-${name}` : `--${name}`;
}

/** ` TIME`, or the choices themselves where they are few; nothing for a flag without a value. */
export function valueWords({ choices = [], value = "" }: OptionSpec): string {
  const given = choices.join("|");
  const shown = given === "" || given.length > MAX_CHOICES ? value : given;
  return shown === "" ? "" : ` ${shown}`;
}

/** What it does, and the default. */
export function explainOption({ description, default: preset }: OptionSpec): string {
  return preset === undefined ? description : `${description} (default ${preset})`;
}
