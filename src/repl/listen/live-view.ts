import type { Input, Output } from "../../io.ts";
import { createKeyReader } from "../editor/key-reader.ts";
import type { Key } from "../editor/keys.ts";

export interface LiveSize {
  readonly columns: number;
  readonly rows: number;
}

export interface LiveViewOptions {
  readonly input: Input;
  readonly output: Output;
  /** Lines for a screen of this size, from its top; what is too much is left out. */
  readonly draw: (size: LiveSize) => readonly string[];
  /** A key was pressed, by its name or the character. True where the view is to be drawn anew. */
  readonly press: (key: string) => boolean;
  /** It is over, and the screen is as it was. */
  readonly done: () => void;
}

export interface LiveView {
  close(): void;
}

const RENEW_MS = 1000;
/** The other screen, without a cursor, and without wrapping of what is too wide. */
const ENTER = "\u001b[?1049h\u001b[?25l\u001b[?7l";
const LEAVE = "\u001b[?7h\u001b[?25h\u001b[?1049l";
const HOME = "\u001b[H";
const CLEAR_REST_OF_ROW = "\u001b[K";
const CLEAR_BELOW = "\u001b[J";
const ENDING_KEYS: ReadonlySet<string> = new Set(["q", "Escape", "C-c", "C-d", "Enter"]);

/**
 * Shows a picture of the whole terminal that is renewed each second, until a key ends it. It stands on
 * the terminal's other screen, so that what was there before comes back as it was.
 */
export function openLiveView({ input, output, draw, press, done }: LiveViewOptions): LiveView {
  let closed = false;
  const paint = (): void => {
    const size = { columns: output.columns || 80, rows: output.rows || 24 };
    const rows = draw(size).slice(0, size.rows);
    output.write(HOME + rows.map((row) => row + CLEAR_REST_OF_ROW).join("\r\n") + CLEAR_BELOW);
  };
  const close = (): void => {
    if (closed) return;
    closed = true;
    clearInterval(timer);
    output.off("resize", paint);
    reader.stop();
    output.write(LEAVE);
    done();
  };
  const take = (name: string): void => {
    if (closed) return;
    if (ENDING_KEYS.has(name)) close();
    else if (press(name)) paint();
  };
  const reader = createKeyReader(input, output, {
    keys: (keys) => keys.flatMap(namesOf).forEach(take),
    gone: close,
  });
  reader.start();
  output.write(ENTER);
  output.on("resize", paint);
  const timer = setInterval(paint, RENEW_MS);
  paint();
  return { close };
}

/** What is typed or pasted is a key for each character. */
function namesOf(key: Key): string[] {
  return key.type === "key" ? [key.name] : Array.from(key.text);
}
