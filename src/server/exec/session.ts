import type { Buffer } from "node:buffer";
import type { Readable, Writable } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { CloseCode } from "../../protocol/close-codes.ts";
import { isValidUtf8 } from "../../protocol/utf8.ts";
import type { MessageEvent } from "../../transport/events.ts";
import type { Client } from "../client.ts";
import { Gate } from "./gate.ts";
import { LineCutter } from "./line-cutter.ts";
import type { Outcome, Program } from "./program.ts";

export interface SessionOptions {
  readonly client: Client;
  readonly program: Program;
  /** Pass bytes on as they come; else each line is a message. */
  readonly binary: boolean;
  /** Bytes of the longest line of stdout. */
  readonly maxLine: number;
  readonly note: (message: string) => void;
}

/** After so many messages it is the turn of others, though nothing has to be waited for. */
const TURN = 256;
const NEWLINE = "\n";
/** A longer line of stderr is shown in pieces. */
const MAX_STDERR_LINE = 4096;

/**
 * A client and its program. Neither is read while the other does not read, or while what is shown of
 * them is not, so what waits is at most what one read of each brought, and a line of stdout.
 */
export class Session {
  readonly program: Program;
  readonly #options: SessionOptions;
  readonly #client: Client;
  readonly #gate = new Gate();
  #sent = 0;
  #holdsClient = false;
  #saidBinary = false;
  #saidDeaf = false;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#client = options.client;
    this.program = options.program;
    void this.#showStderr();
    void this.#run();
  }

  received({ data }: MessageEvent): void {
    const { stdin } = this.program;
    if (!stdin?.writable) return this.#deaf();
    stdin.cork();
    stdin.write(data);
    if (!this.#options.binary) stdin.write(NEWLINE);
    stdin.uncork();
    if (stdin.writableNeedDrain) this.#holdClient(stdin);
  }

  /** Reads neither of them until the function it gives is called. */
  hold(): () => void {
    const releases = [this.#client.connection.hold(), this.#gate.hold()];
    return () => {
      for (const release of releases) release();
    };
  }

  /** Until the program has read, or will read no more. */
  #holdClient(stdin: Writable): void {
    if (this.#holdsClient) return;
    this.#holdsClient = true;
    const release = this.#client.connection.hold();
    const goOn = (): void => {
      stdin.off("drain", goOn).off("close", goOn);
      this.#holdsClient = false;
      release();
    };
    stdin.on("drain", goOn).on("close", goOn);
  }

  async #run(): Promise<void> {
    const fits = await this.#passOutput();
    if (!fits) {
      const { maxLine } = this.#options;
      this.#options.note(`a line of its stdout is longer than ${maxLine} bytes (--max-payload)`);
      this.program.end();
      return void this.#client.close(CloseCode.internalError, "message too big");
    }
    const outcome = await this.program.ended;
    this.#options.note(wordsOf(outcome, this.program.pid));
    const ok = outcome.code === 0;
    void this.#client.close(
      ok ? CloseCode.normal : CloseCode.internalError,
      ok ? "" : "program failed",
    );
  }

  /** Sends what the program writes. @returns false where a line was too long to be sent */
  async #passOutput(): Promise<boolean> {
    const cutter = new LineCutter(this.#options.maxLine);
    for await (const chunk of chunksOf(this.program.stdout)) {
      if (this.#options.binary) await this.#send(chunk, true);
      else if (!(await this.#sendLines(cutter.push(chunk)))) return false;
      if (!this.#client.isOpen) return true;
    }
    return this.#sendLines(cutter.end());
  }

  async #sendLines(lines: ReturnType<LineCutter["push"]>): Promise<boolean> {
    for (const { bytes, tooLong } of lines) {
      if (tooLong) return false;
      await this.#send(bytes, !this.#isText(bytes));
    }
    return true;
  }

  async #send(bytes: Uint8Array, binary: boolean): Promise<void> {
    await this.#gate.passed();
    this.#sent += 1;
    if (this.#sent % TURN === 0) await setImmediate();
    const room = this.#client.send(bytes, { binary });
    if (this.#client.connection.congested) await room;
  }

  #isText(bytes: Buffer): boolean {
    if (isValidUtf8(bytes)) return true;
    if (!this.#saidBinary) this.#options.note("its stdout is not UTF-8: such lines go as binary");
    this.#saidBinary = true;
    return false;
  }

  #deaf(): void {
    if (!this.#saidDeaf) this.#options.note("it has closed its stdin: messages to it are dropped");
    this.#saidDeaf = true;
  }

  async #showStderr(): Promise<void> {
    const cutter = new LineCutter(MAX_STDERR_LINE);
    const show = async (lines: ReturnType<LineCutter["push"]>): Promise<void> => {
      for (const { bytes } of lines) {
        await this.#gate.passed();
        this.#options.note(`stderr: ${bytes.toString("utf8")}`);
      }
    };
    for await (const chunk of chunksOf(this.program.stderr)) await show(cutter.push(chunk));
    await show(cutter.end());
  }
}

/** What a stream brings, until it ends or is destroyed; who goes leaves it as it is. */
async function* chunksOf(stream: Readable | null): AsyncGenerator<Buffer> {
  try {
    yield* (stream?.iterator({ destroyOnReturn: false }) ?? []) as AsyncIterable<Buffer>;
  } catch {
    // Destroyed: nobody is left to be told.
  }
}

function wordsOf({ code, signal, failure }: Outcome, pid = 0): string {
  if (failure !== undefined) return `the program could not be started: ${failure}`;
  if (signal !== undefined) return `process ${pid} was ended by ${signal}`;
  return `process ${pid} ended with exit code ${code}`;
}
