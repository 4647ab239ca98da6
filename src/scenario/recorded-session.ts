import { elapsedMs } from "../clock.ts";
import { usageError } from "../errors.ts";
import { Gather } from "../protocol/gather.ts";
import { Opcode } from "../protocol/opcodes.ts";
import type { RecordedEvent, RecordedFrame, RecordedMessage } from "./recorded-event.ts";

/** A message that is to be sent again. */
export interface RecordedStep {
  readonly kind: "text" | "binary";
  readonly payload: Uint8Array;
  /** Milliseconds since the message before it was sent; since the connection opened, for the first. */
  readonly gapMs: number;
  /** Messages that came before the next one was sent. */
  readonly replies: number;
}

/** What one connection sent. */
export interface RecordedSession {
  /** Messages that came before the first one was sent. */
  readonly greetings: number;
  /** At least one. */
  readonly steps: readonly RecordedStep[];
}

const MIB = 2 ** 20;
const MAX_PAYLOAD = 64 * MIB;
const MAX_STEPS = 1_000_000;

/**
 * Gathers what one connection sent.
 *
 * What counts are the `message` events. Where none was sent, as in what frame-dump writes, the
 * messages are put together from the `frame` events.
 */
export class SessionReader {
  readonly #messages = new Steps();
  #frames: FramedSteps | undefined = new FramedSteps();
  #begun = false;

  push(event: RecordedEvent, where: string): void {
    if (event.type === "open" || !this.#begun) this.#opened(event.ns);
    this.#begun = true;
    if (event.type === "frame") this.#frames?.push(event, event.ns, where);
    if (event.type !== "message") return;
    if (event.dir === "in") this.#messages.received();
    else this.#sent(event, where);
  }

  /**
   * Undefined where nothing was sent.
   * @throws FramecatError (usage) where the frames do not tell what was sent
   */
  end(): RecordedSession | undefined {
    const recorded = this.#frames?.end() ?? this.#messages;
    return recorded.steps.length > 0 ? recorded : undefined;
  }

  #sent(event: RecordedMessage & Pick<RecordedEvent, "ns">, where: string): void {
    if (event.flaw !== undefined) throw usageError(`${where}: ${event.flaw}`);
    this.#messages.sent(event, event.ns, where);
    this.#frames = undefined;
  }

  #opened(ns: bigint | undefined): void {
    this.#messages.opened(ns);
    this.#frames?.steps.opened(ns);
  }
}

type Content = Pick<RecordedStep, "kind" | "payload">;

/** Messages sent, with what lies between them. */
class Steps implements RecordedSession {
  readonly steps: { -readonly [K in keyof RecordedStep]: RecordedStep[K] }[] = [];
  greetings = 0;
  #bytes = 0;
  #sinceNs: bigint | undefined;

  opened(ns: bigint | undefined): void {
    if (this.steps.length === 0) this.#sinceNs = ns;
  }

  received(): void {
    const last = this.steps.at(-1);
    if (last) last.replies += 1;
    else this.greetings += 1;
  }

  sent({ kind, payload }: Content, ns: bigint | undefined, where: string): void {
    this.#bytes += payload.length;
    checkLength(this.#bytes, where);
    if (this.steps.length === MAX_STEPS) {
      throw usageError(`${where}: more than ${MAX_STEPS} messages were sent`);
    }
    const sinceNs = this.#sinceNs ?? ns ?? 0n;
    const gapMs = Math.max(0, elapsedMs(sinceNs, ns ?? sinceNs));
    this.steps.push({ kind, payload, gapMs, replies: 0 });
    this.#sinceNs = ns ?? sinceNs;
  }
}

/** Messages put together from their frames. */
class FramedSteps {
  readonly steps = new Steps();
  readonly #pieces = new Gather();
  #kind: RecordedStep["kind"] | undefined;
  /** The first reason why the frames do not tell what was sent. */
  #flaw: string | undefined;

  push(frame: RecordedFrame, ns: bigint | undefined, where: string): void {
    if (frame.dir === "out") this.#sent(frame, ns, where);
    else if (frame.fin) this.steps.received();
  }

  end(): Steps {
    if (this.#flaw !== undefined) throw usageError(this.#flaw);
    return this.steps;
  }

  #sent({ opcode, fin, payload, flaw }: RecordedFrame, ns: bigint | undefined, where: string) {
    if (opcode !== Opcode.continuation) {
      this.#kind = opcode === Opcode.text ? "text" : "binary";
      this.#pieces.take();
    }
    const problem = flaw ?? (this.#kind ? undefined : "the frame continues nothing");
    if (problem !== undefined) this.#flaw ??= `${where}: ${problem}`;
    this.#pieces.append(payload);
    checkLength(this.#pieces.length, where);
    if (!fin) return;
    this.steps.sent({ kind: this.#kind ?? "binary", payload: this.#pieces.take() }, ns, where);
    this.#kind = undefined;
  }
}

function checkLength(bytes: number, where: string): void {
  if (bytes <= MAX_PAYLOAD) return;
  throw usageError(
    `${where}: more than ${MAX_PAYLOAD / MIB} MiB were sent, which is all that is held`,
    "Cut the recording.",
  );
}
