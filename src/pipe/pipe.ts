import type { Readable } from "node:stream";
import type { Connection } from "../transport/connection.ts";
import { type CloseEvent, type EventListener, isReceived } from "../transport/events.ts";
import { type Eof, Quiet } from "./linger.ts";
import { sendInput } from "./send-input.ts";

/** Where received data goes; it may be slow, or its reader may go away. */
export interface PipeOutput {
  readonly congested: boolean;
  drained(): Promise<void>;
  readonly broken: Promise<void>;
}

export interface PipeOptions {
  readonly input: Readable;
  readonly output: PipeOutput;
  /** Messages that are sent before the input. */
  readonly first: readonly string[];
  readonly binary: boolean;
  readonly eof: Eof;
  /** Writes what an event means to the output. */
  readonly write: EventListener;
}

export interface Piped {
  readonly close: CloseEvent;
  /** False when the connection ended with something still unsent. */
  readonly whole: boolean;
  /** True when the reader of the output went away, which ends the pipe in peace. */
  readonly readerGone: boolean;
}

/**
 * Joins stdin, a connection and stdout without loss.
 *
 * 1. Nothing is read from the input before the connection is open.
 * 2. The input is read no faster than the peer takes it; the peer is read no faster than the reader
 *    of the output takes it. So any amount passes in constant memory.
 * 3. After the end of the input all is sent; then `eof` says what ends the connection.
 */
export async function runPipe(
  open: (onEvent: EventListener) => Promise<Connection>,
  options: PipeOptions,
): Promise<Piped> {
  const { output, eof, first, binary } = options;
  let connection: Connection | undefined;
  const quietMs = eof.kind === "linger" ? eof.quietMs : 0;
  const quiet = new Quiet(quietMs, () => connection?.bytesReceived ?? 0);
  let held = false;
  const holdBack = (): void => {
    if (!connection || held || !output.congested) return;
    held = true;
    quiet.hold(true);
    const release = connection.hold();
    void output.drained().then(() => {
      held = false;
      quiet.hold(false);
      release();
    });
  };
  connection = await open((event) => {
    options.write(event);
    if (isReceived(event)) quiet.touch();
    holdBack();
  });
  let readerGone = false;
  const opened = connection;
  void output.broken.then(() => {
    readerGone = true;
    void opened.close();
  });
  try {
    const begun = await sendFirst(opened, first);
    const whole = begun && (await sendInput(opened, options.input, { binary })).whole;
    await endOfInput(opened, eof, quiet);
    return { close: await opened.closed, whole, readerGone };
  } catch (thrown) {
    await opened.close();
    throw thrown;
  } finally {
    quiet.stop();
  }
}

/** False when the connection ended before all were sent. */
async function sendFirst(connection: Connection, messages: readonly string[]): Promise<boolean> {
  for (const message of messages) {
    if (connection.state !== "OPEN") return false;
    await connection.send(message);
  }
  return true;
}

async function endOfInput(connection: Connection, eof: Eof, quiet: Quiet): Promise<void> {
  if (eof.kind === "wait") return;
  if (eof.kind === "linger") await Promise.race([quiet.wait(), connection.closed]);
  await connection.close();
}
