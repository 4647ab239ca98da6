/**
 * A slash command that a mode brings to the prompt of `listen`, beside those that are there in every
 * mode (src/repl/listen/commands.ts). A mode gives its commands with the Mode that it makes:
 *
 *   return { received, commands: [{ name: "hold", takes: "[/REGEX/]", meaning: "…", run: hold }] };
 *
 * They are typed as `/hold …`, completed by Tab, and listed by `/help` under the name of the mode.
 */
export interface ModeCommand {
  /** Without the slash. */
  readonly name: string;
  /** What follows the name, as `ID [TEXT]`. */
  readonly takes: string;
  readonly meaning: string;
  /**
   * Does it; gives lines to show, in which whatever could harm a terminal is escaped after.
   * @param argument what follows the name and one space, as it was typed
   * @throws FramecatError, RangeError for a wrong argument; its words are shown
   */
  readonly run: (
    argument: string,
    tools: PromptTools,
  ) => readonly string[] | Promise<readonly string[]>;
  /** What could stand in place of the last word of the argument that is being typed. */
  readonly candidates?: ((argument: string) => readonly string[]) | undefined;
}

/** What a command may do with the terminal. */
export interface PromptTools {
  /** Puts text into the line that is typed next, as a line to be changed and sent. */
  readonly insert: (text: string) => void;
  /** Has a text edited in $VISUAL or $EDITOR. @throws FramecatError where there is no editor */
  readonly edit: (text: string) => Promise<string>;
}
