import { execFileSync, spawnSync } from "node:child_process";
import { BINARY } from "./binary.ts";

/** True where tmux is installed; tests of the terminal are skipped without it. */
export const hasTmux = spawnSync("tmux", ["-V"]).status === 0;

export interface Terminal {
  type(text: string): void;
  /** A named key of tmux, as `Enter` or `C-c`. */
  key(name: string): void;
  /** Puts text in as the terminal does that marks pastes. */
  paste(text: string): void;
  resize(columns: number): void;
  screen(): string;
  /** Where the cursor stands, counted from 0. */
  cursor(): { readonly column: number; readonly row: number };
  /** Resolves once the screen matches. */
  shows(pattern: RegExp): Promise<string>;
  close(): void;
}

const LOOK_EVERY_MS = 30;
const PATIENCE_MS = 10_000;

/** Opens a terminal of its own server of tmux, in which framecat runs with these arguments. */
export function openTerminal(name: string, args: readonly string[], columns = 80): Terminal {
  return openProgram(name, [BINARY, ...args], columns);
}

/** Opens a terminal in which Node runs a program. */
export function openProgram(name: string, program: readonly string[], columns = 80): Terminal {
  const socket = `framecat-${process.pid}-${name}`;
  const tmux = (...words: string[]) =>
    execFileSync("tmux", ["-L", socket, "-f", "/dev/null", ...words], { encoding: "utf8" });
  const quoted = [process.execPath, ...program].map((word) => `'${word}'`).join(" ");
  const shell = `${quoted}; printf 'exit %s' $?; sleep 30`;
  tmux("new-session", "-d", "-x", String(columns), "-y", "30", "sh", "-c", shell);
  const screen = () => tmux("capture-pane", "-p");
  return {
    type: (text) => void tmux("send-keys", "-l", text),
    key: (key) => void tmux("send-keys", key),
    paste: (text) => {
      tmux("set-buffer", "--", text);
      tmux("paste-buffer", "-p");
    },
    resize: (wide) => void tmux("resize-window", "-x", String(wide)),
    screen,
    cursor: () => {
      const [column = 0, row = 0] = tmux("display-message", "-p", "#{cursor_x} #{cursor_y}")
        .split(" ")
        .map(Number);
      return { column, row };
    },
    shows: async (pattern) => {
      const patience = Date.now() + PATIENCE_MS;
      for (;;) {
        const now = screen();
        if (pattern.test(now)) return now;
        if (Date.now() > patience) throw new Error(`the screen never showed ${pattern}:\n${now}`);
        // A terminal has no event for what it shows: it has to be looked at.
        await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
      }
    },
    close: () => void spawnSync("tmux", ["-L", socket, "kill-server"]),
  };
}
