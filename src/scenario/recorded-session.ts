import { elapsedMs } from "../clock.ts";
import { usageError } from "../errors.ts";
import type { Frame } from "../protocol/frame.ts";
import { Gather } from "../protocol/gather.ts";
import { isControl, isReserved, Opcode } from "../protocol/opcodes.ts";
import type { Event, FrameEvent, MessageEvent } from "../transport/events.ts";

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
const CUT = "the payload is not as long as what was sent";

/**
 * Gathers what one connection sent.
 *
 * What counts are the `message` events. Where none was sent, as in what frame-dump writes, the
 * messages are put together from the `frame` events. Heartbeats are left out: who replays has its own.
 */
export class SessionReader {
  readonly #messages = new Steps();
  #frames: FramedSteps | undefined = new FramedSteps();
  #begun = false;

  push(event: Event, where: string): void {
    if (opens(event) || !this.#begun) this.#opened(event.at.ns);
    this.#begun = true;
    if (event.type === "frame") this.#frames?.push(event, where);
    if (event.type !== "message") return;
    if (event.dir === "out") this.#sent(event, where);
    else if (!event.heartbeat) this.#messages.received();
  }

  /**
   * Undefined where nothing was sent.
   * @throws FramecatError (usage) where the frames do not tell what was sent
   */
  end(): RecordedSession | undefined {
    const recorded = this.#frames?.end() ?? this.#messages;
    return recorded.steps.length > 0 ? recorded : undefined;
  }

  #sent({ kind, data, omitted, heartbeat, at }: MessageEvent, where: string): void {
    this.#frames = undefined;
    if (heartbeat) return;
    if (omitted !== undefined) throw usageError(`${where}: ${CUT}`);
    this.#messages.sent({ kind, payload: data }, at.ns, where);
  }

  #opened(ns: bigint): void {
    this.#messages.opened(ns);
    this.#frames?.steps.opened(ns);
  }
}

function opens(event: Event): boolean {
  return event.type === "handshake" || (event.type === "state" && event.state === "OPEN");
}

type Content = Pick<RecordedStep, "kind" | "payload">;

/** Messages sent, with what lies between them. */
class Steps implements RecordedSession {
  readonly steps: { -readonly [K in keyof RecordedStep]: RecordedStep[K] }[] = [];
  greetings = 0;
  #bytes = 0;
  #sinceNs: bigint | undefined;

  opened(ns: bigint): void {
    if (this.steps.length === 0) this.#sinceNs = ns;
  }

  received(): void {
    const last = this.steps.at(-1);
    if (last) last.replies += 1;
    else this.greetings += 1;
  }

  sent({ kind, payload }: Content, ns: bigint, where: string): void {
    this.#bytes += payload.length;
    checkLength(this.#bytes, where);
    if (this.steps.length === MAX_STEPS) {
      throw usageError(`${where}: more than ${MAX_STEPS} messages were sent`);
    }
    const gapMs = Math.max(0, elapsedMs(this.#sinceNs ?? ns, ns));
    this.steps.push({ kind, payload, gapMs, replies: 0 });
    this.#sinceNs = ns;
  }
}

/** Messages put together from their frames. */
class FramedSteps {
  readonly steps = new Steps();
  readonly #pieces = new Gather();
  #kind: RecordedStep["kind"] | undefined;
  /** The first reason why the frames do not tell what was sent. */
  #flaw: string | undefined;

  push({ dir, frame, at }: FrameEvent, where: string): void {
    if (isControl(frame.header.opcode)) return;
    if (dir === "out") this.#sent(frame, at.ns, where);
    else if (frame.header.fin) this.steps.received();
  }

  end(): Steps {
    if (this.#flaw !== undefined) throw usageError(this.#flaw);
    return this.steps;
  }

  #sent(frame: Frame, ns: bigint, where: string): void {
    const { opcode, fin } = frame.header;
    if (opcode !== Opcode.continuation) {
      this.#kind = opcode === Opcode.text ? "text" : "binary";
      this.#pieces.take();
    }
    const flaw = flawOf(frame) ?? (this.#kind ? undefined : "the frame continues nothing");
    if (flaw !== undefined) this.#flaw ??= `${where}: ${flaw}`;
    this.#pieces.append(frame.payload);
    checkLength(this.#pieces.length, where);
    if (!fin) return;
    this.steps.sent({ kind: this.#kind ?? "binary", payload: this.#pieces.take() }, ns, where);
    this.#kind = undefined;
  }
}

/** Why a frame's payload is not what was sent. */
function flawOf({ header, payloadCut }: Frame): string | undefined {
  if (header.rsv1) return "the frame is compressed, and no message is recorded beside it";
  if (payloadCut) return CUT;
  return isReserved(header.opcode) ? "the frame has a reserved opcode" : undefined;
}

function checkLength(bytes: number, where: string): void {
  if (bytes <= MAX_PAYLOAD) return;
  throw usageError(
    `${where}: more than ${MAX_PAYLOAD / MIB} MiB were sent, which is all that is held`,
    "Cut the recording.",
  );
}
