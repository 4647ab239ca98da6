import { CloseCode, describeCloseCode, parseClosePayload } from "./close-codes.ts";
import { type Flow, type FramePlace, opposite, type Report } from "./finding.ts";
import type { Frame } from "./frame.ts";

/** How the stream of one direction ended; `cut` where only the record of it ends, or has holes. */
export type EndKind = "fin" | "reset" | "cut";

/** How a connection ended. */
export interface Ending {
  readonly how: Readonly<Record<Flow, EndKind>>;
  /** Which side ended TCP first, where that is known. */
  readonly first: Flow | undefined;
  /** It was a stream of HTTP/2, whose TCP connection goes on whoever ends it first. */
  readonly isStream?: boolean;
}

/** The first Close frame of a direction. */
export interface SentClose {
  readonly place: FramePlace;
  readonly flow: Flow;
  readonly code: number;
  /** It breaks a rule itself, or is not all there, so that another code is the right answer. */
  readonly faulty: boolean;
  /** The other side had ended its stream before, and cannot answer. */
  readonly tooLate: boolean;
  /** Its sender has broken a rule with it or before, so that another code is the right answer. */
  readonly failed: boolean;
  readonly atNs: bigint | undefined;
}

/** What the connection knows of a Close frame. */
export type CloseFacts = Pick<SentClose, "tooLate" | "atNs" | "failed">;

/** The closing handshake of both directions (sections 5.5.1, 7.1 and 7.4). */
export class ClosingLint {
  readonly #report: Report;
  readonly #sent: SentClose[] = [];

  constructor(report: Report) {
    this.#report = report;
  }

  /** The first Close of the connection. */
  get opening(): SentClose | undefined {
    return this.#sent[0];
  }

  has(flow: Flow): boolean {
    return this.#sent.some((close) => close.flow === flow);
  }

  frame(place: FramePlace, { payload, payloadCut }: Frame, facts: CloseFacts): void {
    const { flow } = place;
    if (this.has(flow)) return;
    const { code, violations } = parseClosePayload(payload);
    const close = { place, flow, code, faulty: payloadCut || violations.length > 0, ...facts };
    this.#judgeCode(close);
    if (this.opening) this.#judgeAnswer(this.opening, close);
    this.#sent.push(close);
  }

  #judgeCode({ place, flow, code }: SentClose): void {
    // To echo the client's 1010 is in order.
    if (flow === "s2c" && code === CloseCode.mandatoryExtension && this.opening?.code !== code) {
      this.#report(place, "close-1010-from-server");
    }
    if (describeCloseCode(code).name === "Unregistered") {
      this.#report(place, "close-code-unregistered", `code ${code}`);
    }
  }

  /** There is nothing to echo of a Close without a code, nor of one that is wrong. */
  #judgeAnswer(asked: SentClose, answer: SentClose): void {
    const { code } = asked;
    if (asked.faulty || asked.failed || answer.faulty) return;
    if (code === CloseCode.noStatus || code === answer.code) return;
    const found = answer.code === CloseCode.noStatus ? "no code" : String(answer.code);
    this.#report(answer.place, "close-code-differs", `${found} in answer to ${code}`);
  }

  /** The connection has ended. What is not known to be there is not taken for missing. */
  end({ how, first, isStream = false }: Ending): void {
    const { opening } = this;
    if (!opening || opening.tooLate) {
      this.#endWithout(how, first);
      return;
    }
    if (first === "c2s" && !isStream) {
      this.#report({ part: "end", flow: "c2s" }, "client-closed-tcp-first");
    }
    const answering = opposite(opening.flow);
    const silent = !this.has(answering) && how[answering] !== "cut";
    if (silent && how[opening.flow] !== "reset") this.#report(opening.place, "close-unanswered");
  }

  /** Half a record does not tell: the Close may stand in the other half. */
  #endWithout(how: Ending["how"], first: Flow | undefined): void {
    const kinds = [how.c2s, how.s2c];
    if (!first || (kinds.includes("cut") && !kinds.includes("reset"))) return;
    this.#report({ part: "end", flow: first }, "tcp-without-close", `TCP ${how[first]}`);
  }
}
