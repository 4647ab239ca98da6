import { execFileSync, spawnSync } from "node:child_process";
import { BINARY } from "./binary.ts";

/** True where tmux is installed; tests of the terminal are skipped without it. */
export const hasTmux = spawnSync("tmux", ["-V"]).status === 0;

export interface Terminal {
  type(text: string): void;
  /** A named key of tmux, as `Enter` or `C-c`. */
  key(name: string): void;
  screen(): string;
  /** Resolves once the screen matches. */
  shows(pattern: RegExp): Promise<string>;
  close(): void;
}

const LOOK_EVERY_MS = 30;
const PATIENCE_MS = 10_000;

/** Opens a terminal of its own server of tmux, in which framecat runs with these arguments. */
export function openTerminal(name: string, args: readonly string[], columns = 80): Terminal {
  const socket = `framecat-${process.pid}-${name}`;
  const tmux = (...words: string[]) =>
    execFileSync("tmux", ["-L", socket, "-f", "/dev/null", ...words], { encoding: "utf8" });
  const quoted = [process.execPath, BINARY, ...args].map((word) => `'${word}'`).join(" ");
  const shell = `${quoted}; printf 'exit %s' $?; sleep 30`;
  tmux("new-session", "-d", "-x", String(columns), "-y", "30", "sh", "-c", shell);
  const screen = () => tmux("capture-pane", "-p");
  return {
    type: (text) => void tmux("send-keys", "-l", text),
    key: (key) => void tmux("send-keys", key),
    screen,
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
