import { isSystemError } from "../../errno-words.ts";
import type { Input, Output } from "../../io.ts";
import { createKeyDecoder, type Key } from "./keys.ts";

/** Reads keys from a terminal, which is in raw mode meanwhile and marks what is pasted. */
export interface KeyReader {
  start(): void;
  /** Leaves the terminal as it was. */
  stop(): void;
}

export interface KeyListener {
  /** Keys that came together. */
  readonly keys: (keys: readonly Key[]) => void;
  /** The terminal is gone. */
  readonly gone: () => void;
}

/** How long after ESC the rest of a sequence may come; a person is slower, a network seldom. */
const ESCAPE_MS = 80;
/** What was typed ahead comes at once. */
const AHEAD_MS = 50;
const MARK_PASTES = "\u001b[?2004h";
const MARK_NO_PASTES = "\u001b[?2004l";

export function createKeyReader(input: Input, output: Output, listener: KeyListener): KeyReader {
  const decoder = createKeyDecoder();
  let timer: NodeJS.Timeout | undefined;
  /** Runs while what comes was typed before the terminal was in raw mode. */
  let ahead: NodeJS.Timeout | undefined;
  const overtake = (): void => {
    clearTimeout(ahead);
    ahead = undefined;
  };
  const read = (chunk: Uint8Array | string): void => {
    clearTimeout(timer);
    const bytes = Buffer.from(chunk);
    const keys = decoder.write(ahead ? withEnter(bytes) : bytes);
    overtake();
    if (decoder.pending) timer = setTimeout(() => listener.keys(decoder.flush()), ESCAPE_MS);
    listener.keys(keys);
  };
  return {
    start: () => {
      setRawMode(input, true);
      output.write(MARK_PASTES);
      ahead = setTimeout(overtake, AHEAD_MS);
      input.on("data", read).on("end", listener.gone).on("error", listener.gone);
      input.resume();
    },
    stop: () => {
      clearTimeout(timer);
      overtake();
      input.off("data", read).off("end", listener.gone).off("error", listener.gone);
      input.pause();
      output.write(MARK_NO_PASTES);
      setRawMode(input, false);
    },
  };
}

/** A terminal that is gone has no mode; that it is gone is told to who reads from it. */
function setRawMode(input: Input, raw: boolean): void {
  try {
    input.setRawMode?.(raw);
  } catch (thrown) {
    if (!isSystemError(thrown)) throw thrown;
  }
}

/**
 * Out of raw mode a terminal makes a newline of the Enter key, which here is a key of its own. What
 * is marked as pasted was not typed ahead.
 */
function withEnter(bytes: Buffer): Buffer {
  if (bytes.includes(0x1b)) return bytes;
  return Buffer.from(bytes.toString("latin1").replaceAll("\n", "\r"), "latin1");
}
