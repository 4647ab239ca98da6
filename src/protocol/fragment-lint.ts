import type { FramePlace, Report } from "./finding.ts";
import type { FrameHeader } from "./frame.ts";
import type { LintLimits } from "./lint-limits.ts";
import { isControl, Opcode } from "./opcodes.ts";

/** How one direction cuts its messages into fragments (section 5.4). */
export class FragmentLint {
  readonly #report: Report;
  readonly #tinyFragments: number;
  #started: FramePlace | undefined;
  #tiny = 0;

  constructor(report: Report, { tinyFragments }: Pick<LintLimits, "tinyFragments">) {
    this.#report = report;
    this.#tinyFragments = tinyFragments;
  }

  frame(place: FramePlace, { opcode, fin, length }: FrameHeader): void {
    if (opcode === Opcode.close) this.#close(place);
    if (isControl(opcode)) return;
    if (opcode !== Opcode.continuation) this.#started = place;
    if (fin) this.#started = undefined;
    const isFragment = opcode === Opcode.continuation || !fin;
    this.#tiny = isFragment && length <= 1 ? this.#tiny + 1 : 0;
    if (this.#tiny !== this.#tinyFragments) return;
    this.#report(place, "tiny-fragments", `${this.#tiny} in a row`);
  }

  /** Told once: what is said at the Close is not said again at the end. */
  #close(place: FramePlace): void {
    if (this.#started) this.#report(place, "close-inside-message", begun(this.#started));
    this.#started = undefined;
  }

  /** Bytes are missing: what was under way may have ended among them. */
  gap(): void {
    this.#started = undefined;
    this.#tiny = 0;
  }

  /** The stream has ended in fact. */
  end(): void {
    if (this.#started) this.#report(this.#started, "message-unfinished", "it never ended");
    this.#started = undefined;
  }
}

function begun({ offset }: FramePlace): string {
  return `a message that began at byte ${offset}`;
}
