import type { Output } from "../../io.ts";
import { createHeldLines } from "./held-lines.ts";
import { createPainter, type PaintStyles, type Scene, type Size } from "./painter.ts";
import { createScreen, drawRows, reflows } from "./screen.ts";

/**
 * The terminal, with the input painted below what is printed. What is printed waits for the end of
 * the turn and goes out together with the input, as one text: thousands of lines cost one painting.
 */
export interface Canvas {
  /** @param text whole lines, each with its end */
  print(text: string): void;
  /** Prints a scene as it stays. */
  leave(scene: Scene): void;
  /** Paints at once. */
  paint(): void;
  /** Empties the screen and paints. */
  clear(): void;
  /** Takes the input off the screen; from then on all waits. */
  hide(): void;
  /** Prints what waited, and paints. */
  unhide(): void;
  /** Takes the input off the screen for good; from then on what is printed goes out at once. */
  end(): void;
}

export interface CanvasOptions {
  readonly output: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly styles: Partial<PaintStyles>;
  /** What is to be painted now. */
  readonly scene: () => Scene;
}

/** Of what waits while the terminal is another program's. */
const MAX_HELD = 16 * 1024 * 1024;
/** More than this is not gathered but goes out. */
const MAX_GATHERED = 1024 * 1024;
const CLEAR = "\u001b[H\u001b[2J";
const PLAIN: PaintStyles = { prompt: (text) => text, dim: (text) => text, match: (text) => text };

export function createCanvas({ output, env, styles, scene }: CanvasOptions): Canvas {
  const painter = createPainter({ ...PLAIN, ...styles });
  const screen = createScreen(reflows(env));
  const held = createHeldLines(MAX_HELD);
  let hidden = false;
  let ended = false;
  let gathering = false;
  const write = (text: string): void => void (text !== "" && output.write(text));
  const paint = (): void => {
    if (hidden) return;
    const above = held.take();
    write(ended ? screen.print(above) : screen.show(painter.paint(scene(), sizeOf(output)), above));
  };
  const gather = (): void => {
    if (gathering) return;
    gathering = true;
    setImmediate(() => {
      gathering = false;
      paint();
    });
  };
  const print = (text: string): void => {
    held.add(text);
    if (ended || held.length > MAX_GATHERED) paint();
    else gather();
  };
  const resize = (): void => {
    screen.resize(sizeOf(output).columns);
    paint();
  };
  output.on("resize", resize);
  return {
    print,
    paint,
    leave: (left) => print(`${drawRows(painter.still(left, sizeOf(output)))}\n`),
    clear: () => {
      screen.forget();
      write(CLEAR);
      paint();
    },
    hide: () => {
      write(screen.print(held.take()));
      hidden = true;
    },
    unhide: () => {
      hidden = false;
      paint();
    },
    end: () => {
      output.off("resize", resize);
      ended = true;
      paint();
    },
  };
}

/** Some terminals do not tell their size, or tell none at first. */
function sizeOf({ columns, rows }: Output): Size {
  return { columns: columns || 80, rows: rows || 24 };
}
