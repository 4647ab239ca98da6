import type { Readable } from "node:stream";
import type { CloseEvent, EventListener } from "../transport/events.ts";
import { Delivery, type PipeConnection } from "./delivery.ts";
import type { InputFormat } from "./input-format.ts";
import { DEFAULT_LINGER_MS, type Eof, Quiet } from "./linger.ts";
import { isData } from "./output-format.ts";
import { sendInput } from "./send-input.ts";
import { Throttle } from "./throttle.ts";

/** Where received data goes; it may be slow, or its reader may go away. */
export interface PipeOutput {
  readonly congested: boolean;
  drained(): Promise<void>;
  readonly broken: Promise<void>;
}

export interface PipeOptions {
  /** Undefined where nothing is to be read, not even an end. */
  readonly input: Readable | undefined;
  readonly format: InputFormat;
  readonly output: PipeOutput;
  /** Default a linger of a second; without an input, wait. */
  readonly eof?: Eof | undefined;
  /** Writes what an event means to the output. */
  readonly write: EventListener;
  /** Ends the pipe when it resolves; it never rejects. */
  readonly until?: Promise<unknown> | undefined;
}

export interface Piped {
  readonly close: CloseEvent;
  /** False when something was not sent: the connection ended before, or a message was cut. */
  readonly whole: boolean;
  /** Messages of the input that were not to be sent, as its format has it. */
  readonly skipped: number;
  /** True when the reader of the output went away, which ends the pipe in peace. */
  readonly readerGone: boolean;
  /** True when `until` has ended it, all of the input sent or not. */
  readonly stopped: boolean;
}

/**
 * Joins stdin, a connection and stdout without loss.
 *
 * 1. Nothing is read from the input before the connection is open.
 * 2. The input is read no faster than the peer takes it; the peer is read no faster than the reader
 *    of the output takes it. So any amount passes in constant memory.
 * 3. After the end of the input all is sent, if need be on another connection; then `eof` says what
 *    ends the last one. While nothing can come, because it is held back or there is no connection,
 *    the time of a linger does not pass.
 * 4. When the connection ends for good, when nobody reads the output any more, and when `until` says
 *    so, the input is not read any further.
 */
export async function runPipe(
  open: (onEvent: EventListener) => Promise<PipeConnection>,
  options: PipeOptions,
): Promise<Piped> {
  const { input, output, until, write } = options;
  const eof = options.eof ?? defaultEof(input);
  const throttle = new Throttle(output, () => quiet.touch());
  let connection: PipeConnection | undefined;
  const quiet = new Quiet({
    quietMs: eof.kind === "linger" ? eof.quietMs : 0,
    received: () => connection?.bytesReceived ?? 0,
    blocked: () => throttle.holds || connection?.state === "CONNECTING",
  });
  connection = await open((event) => {
    write(event);
    if (isData(event) || event.type === "reconnected") quiet.touch();
    throttle.check();
  });
  throttle.take(connection);
  const cause = stopEarly(connection, input, output, until);
  try {
    const delivery = new Delivery(connection);
    const skipped = await sendEverything(connection, delivery, options);
    await endOfInput(connection, eof, quiet);
    const close = await connection.closed;
    return { close, whole: delivery.whole, skipped, ...cause };
  } catch (thrown) {
    await connection.close();
    throw thrown;
  } finally {
    quiet.stop();
  }
}

function defaultEof(input: Readable | undefined): Eof {
  return input ? { kind: "linger", quietMs: DEFAULT_LINGER_MS } : { kind: "wait" };
}

/** Ends the input with the connection, and both when there is a cause; notes the cause. */
function stopEarly(
  connection: PipeConnection,
  input: Readable | undefined,
  output: PipeOutput,
  until: Promise<unknown> | undefined,
): Pick<Piped, "readerGone" | "stopped"> {
  const cause = { readerGone: false, stopped: false };
  const stop = (): void => {
    input?.destroy();
    void connection.close();
  };
  void connection.closed.then(() => input?.destroy());
  void output.broken.then(() => {
    cause.readerGone = true;
    stop();
  });
  void until?.then(() => {
    cause.stopped = true;
    stop();
  });
  return cause;
}

/** Resolves when all has left, or never will: with how many messages were not to be sent. */
async function sendEverything(
  connection: PipeConnection,
  delivery: Delivery,
  { input, format }: Pick<PipeOptions, "input" | "format">,
): Promise<number> {
  const skipped = input ? (await sendInput(delivery, input, format)).skipped : 0;
  await Promise.race([delivery.settled(), connection.closed]);
  return skipped;
}

async function endOfInput(connection: PipeConnection, eof: Eof, quiet: Quiet): Promise<void> {
  if (eof.kind === "wait") return;
  if (eof.kind === "linger") await Promise.race([quiet.wait(), connection.closed]);
  await connection.close();
}
