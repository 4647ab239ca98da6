export type Lines = readonly string[];

/** What the prompt of a server can do to its clients. */
export interface Operator {
  /** Clients that may be spoken to, in the order of coming. */
  readonly ids: () => readonly string[];
  /** All that are connected, also those that have not shown yet that they may be. */
  readonly allIds: () => readonly string[];
  readonly send: (id: string, text: string) => void;
  /** Sends to all that may be spoken to. */
  readonly sendToAll: (text: string) => void;
  /** @throws RangeError for a code that never travels, or a reason that is too long */
  readonly kick: (id: string, code: number, reason: string) => void;
  /** False where it cannot be pinged from here. */
  readonly ping: (id: string) => boolean;
  /** What the mode makes of a line; absent where it makes nothing of any. */
  readonly typed?: ((line: string) => void) | undefined;
  /** Stops the server in good order. */
  readonly quit: () => void;
}

/** How the prompt shows what it knows; lines come ready for the screen. */
export interface ListenViews {
  /** One line for each client. */
  readonly clients: () => Lines;
  /** What has happened since the server began. */
  readonly statistics: () => Lines;
  /** Rows of two columns under a heading. */
  readonly columns: (topic: string, rows: readonly (readonly [string, string])[]) => Lines;
  /** Text that did not come from this program, made harmless. */
  readonly escape: (text: string) => string;
}

/** What a command may do with the terminal. */
export interface ListenTools {
  /** Puts text into the line that is typed next. */
  readonly insert: (text: string) => void;
  /** Has a text edited in $VISUAL or $EDITOR. @throws FramecatError where there is no editor */
  readonly edit: (text: string) => Promise<string>;
}

/** All that a slash command can use. */
export interface ListenDesk {
  readonly operator: Operator;
  readonly views: ListenViews;
  readonly tools: ListenTools;
  /** Shows the live table until a key ends it. */
  readonly watch: () => void;
  /** Commands of the mode, and how they are headed. */
  readonly more: { readonly topic: string; readonly commands: readonly MoreCommand[] };
}

/** A command that the mode brings. */
export interface MoreCommand {
  readonly name: string;
  readonly takes: string;
  readonly meaning: string;
  readonly run: (argument: string, tools: ListenTools) => Lines | Promise<Lines>;
  readonly candidates?: ((argument: string) => readonly string[]) | undefined;
}

export interface ListenCommand {
  readonly name: string;
  /** What follows the name, as `ID [CODE [REASON]]`. */
  readonly takes: string;
  readonly meaning: string;
  /** True where the first word is the id of a client, which Tab completes. */
  readonly takesId?: boolean;
  /**
   * Does it; gives lines to show.
   * @param argument what follows the name and one space, as it was typed
   * @throws FramecatError, RangeError for a wrong argument
   */
  readonly run: (argument: string, desk: ListenDesk) => Lines | Promise<Lines>;
}
