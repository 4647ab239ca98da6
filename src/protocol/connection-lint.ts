import type { Assembled } from "./assembler.ts";
import { ClosingLint, type EndKind } from "./closing-lint.ts";
import type { DeflateParams } from "./deflate.ts";
import { DeflateLint, deflateTerms } from "./deflate-lint.ts";
import { exactLength } from "./exact-length.ts";
import { type Finding, finding, type Flow, opposite, type Place, type Report } from "./finding.ts";
import { FragmentLint } from "./fragment-lint.ts";
import type { Frame } from "./frame.ts";
import type { HttpHead } from "./http-head.ts";
import { DEFAULT_LINT_LIMITS, type LintLimits } from "./lint-limits.ts";
import { MaskKeyLint } from "./mask-key-lint.ts";
import { Opcode } from "./opcodes.ts";
import type { FrameParser } from "./parser.ts";
import type { KeyRoom } from "./recent-keys.ts";
import { type Outstanding, PingLint } from "./ping-lint.ts";
import { lintConnect, lintConnectResponse } from "./extended-connect-lint.ts";
import { isHttp2Request } from "./http2-head.ts";
import { lintRequest } from "./request-lint.ts";
import { lintResponse, type ResponseLint } from "./response-lint.ts";
import type { Violation } from "./rules.ts";

export interface ConnectionLintOptions {
  readonly limits?: Partial<LintLimits>;
  /**
   * `all` (default) gives every finding. `conversation` leaves out what stands in the violations of
   * the frames and of the messages anyway, for who shows those already.
   */
  readonly findings?: "all" | "conversation";
  /** What was agreed, where the handshake does not come by `response`. */
  readonly deflate?: DeflateParams | undefined;
  /** Says whether a key came on another connection; see `LintSession`. */
  readonly isKeyReused?: (key: string) => boolean;
  /** For the masking keys that are remembered; see `LintSession`. */
  readonly keyRoom?: KeyRoom;
}

/** The outcome of `FrameParser.end()`. */
export type PartialFrame = ReturnType<FrameParser["end"]>;

const NOTHING: readonly Finding[] = [];

/**
 * Judges one connection by all rules, those of the conversation too.
 *
 * 1. Everything is given in the order in which it was on the wire; each call answers with the
 *    findings that are certain by then. Some are about an earlier frame.
 * 2. It goes on after every breach. What is not known, because the record is cut or has holes or
 *    begins late, is never taken for broken.
 * 3. Memory is bounded whatever comes: pings that wait, masking keys and the payload of a compressed
 *    message, which is only kept where a smaller window or no context was agreed.
 *
 * Call `request` and `response` with the heads, where there are; `frame` for every frame together
 * with what the `MessageAssembler` of its direction made of it; `gap` where bytes are missing; `end`
 * when a direction ends; `finish` when nothing more comes.
 */
export class ConnectionLint {
  readonly #limits: LintLimits;
  readonly #all: boolean;
  readonly #isKeyReused: (key: string) => boolean;
  readonly #report: Report = (place, rule, found) =>
    this.#findings.push(finding(place, rule, found));

  readonly #keys: MaskKeyLint;
  readonly #closing = new ClosingLint(this.#report);
  readonly #fragments: Readonly<Record<Flow, FragmentLint>>;
  /** By the side that sends the pings. */
  readonly #pings: Readonly<Record<Flow, PingLint>>;
  #deflate: Readonly<Record<Flow, DeflateLint>>;

  #findings: Finding[] = [];
  /** Judges the response by the request, once that has come. */
  #judgeResponse: ((head: HttpHead) => ResponseLint) | undefined;
  #state: "unseen" | "requested" | "open" | "refused" = "unseen";
  readonly #frames: Record<Flow, number> = { c2s: 0, s2c: 0 };
  readonly #ends: Record<Flow, EndKind | undefined> = { c2s: undefined, s2c: undefined };
  readonly #incomplete: Record<Flow, boolean> = { c2s: false, s2c: false };
  /** A frame of this side broke a rule, for which the other may fail the connection. */
  readonly #failed: Record<Flow, boolean> = { c2s: false, s2c: false };
  #endedFirst: Flow | undefined;
  /** It is a stream of HTTP/2: TCP goes on, whoever ends it first. */
  #isStream = false;

  constructor(options: ConnectionLintOptions = {}) {
    const limits = { ...DEFAULT_LINT_LIMITS, ...options.limits };
    this.#limits = limits;
    this.#all = options.findings !== "conversation";
    this.#isKeyReused = options.isKeyReused ?? (() => false);
    const report = this.#report;
    this.#keys = new MaskKeyLint(report, options.keyRoom);
    this.#fragments = both(() => new FragmentLint(report, limits));
    this.#pings = both(() => new PingLint(report, limits));
    this.#deflate = this.#deflateLints(options.deflate);
  }

  /** @param secure whether TLS is below; undefined where that is not known */
  request(
    head: HttpHead,
    { secure }: { readonly secure?: boolean | undefined } = {},
  ): readonly Finding[] {
    this.#state = "requested";
    this.#isStream = isHttp2Request(head);
    if (this.#isStream) {
      const { offered, violations } = lintConnect(head, secure);
      this.#judgeResponse = (response) => lintConnectResponse(response, offered);
      this.#add({ part: "request" }, violations);
    } else {
      const { verdict, violations } = lintRequest(head, secure);
      this.#judgeResponse = (response) => lintResponse(response, verdict);
      this.#add({ part: "request" }, violations);
      if (verdict.key !== "" && this.#isKeyReused(verdict.key)) {
        this.#report({ part: "request" }, "request-key-reused");
      }
    }
    return this.#take();
  }

  /** The client sent so many bytes between its request and the response. */
  bytesBeforeResponse(count: number): readonly Finding[] {
    if (count > 0) this.#report({ part: "request" }, "data-before-response", `${count} bytes`);
    return this.#take();
  }

  /** A response to a request that was not seen cannot be judged, and is passed over. */
  response(head: HttpHead): readonly Finding[] {
    if (!this.#judgeResponse) return NOTHING;
    const { state, violations, deflate } = this.#judgeResponse(head);
    if (state !== "interim") this.#state = state;
    // No other comes, and there is no need to remember the request.
    if (state === "open") this.#judgeResponse = undefined;
    if (deflate) this.#deflate = this.#deflateLints(deflate);
    this.#add({ part: "response" }, violations);
    return this.#take();
  }

  /** @param atNs when it was on the wire; undefined where there are no times */
  frame(flow: Flow, frame: Frame, assembled: Assembled, atNs?: bigint): readonly Finding[] {
    const { header } = frame;
    const place = {
      part: "frame" as const,
      flow,
      frame: this.#frames[flow]++,
      offset: header.offset,
    };
    if (this.#all) {
      this.#add(place, frame.violations);
      this.#add(place, assembled.violations);
    }
    const failed = this.#hasFailed(flow, frame, assembled);
    if (header.length > this.#limits.maxFrameLength) this.#tooLong(place, frame, assembled);
    if (flow === "c2s") this.#keys.frame(place, header);
    this.#fragments[flow].frame(place, header);
    this.#deflate[flow].frame(place, frame, assembled);
    if (header.opcode === Opcode.close) {
      const tooLate = this.#hasEnded(opposite(flow));
      this.#closing.frame(place, frame, { tooLate, atNs, failed });
    }
    if (header.opcode !== Opcode.ping) this.#pings[flow].speaks();
    if (header.opcode === Opcode.pong) this.#pings[opposite(flow)].pong(place, frame, atNs);
    // Who has closed answers no more, and a ping after one's own Close is wrong by itself.
    if (header.opcode === Opcode.ping && !this.#closing.has(flow) && !this.#hasClosed(flow)) {
      const heard = this.#frames[opposite(flow)];
      this.#pings[flow].ping(place, frame, { heard, atNs, failed });
    }
    return this.#take();
  }

  #hasFailed(flow: Flow, frame: Frame, assembled: Assembled): boolean {
    this.#failed[flow] ||= frame.violations.some(isError) || assembled.violations.some(isError);
    return this.#failed[flow];
  }

  /** Bytes of this direction are missing here. */
  gap(flow: Flow): readonly Finding[] {
    this.#incomplete[flow] = true;
    this.#fragments[flow].gap();
    this.#deflate[flow].gap();
    this.#pings[flow].gap({ pings: true });
    this.#pings[opposite(flow)].gap({ pings: false });
    return NOTHING;
  }

  /**
   * A direction has ended: by FIN, by RST from its sender, or because the record ends. A RST may
   * follow a FIN.
   * @param rest what the parser of this direction says of the bytes after the last whole frame
   */
  end(flow: Flow, how: EndKind, rest?: PartialFrame): readonly Finding[] {
    const before = this.#ends[flow];
    if (before === undefined || how === "reset") this.#ends[flow] = how;
    if (before) return NOTHING;
    const certain = how !== "cut" && !this.#incomplete[flow];
    if (how !== "cut") this.#endedFirst ??= flow;
    if (rest) this.#endInside(flow, rest, certain && how === "fin");
    if (certain) this.#fragments[flow].end();
    return this.#take();
  }

  /** Nothing more comes: what has not been answered or ended by now is told. */
  finish(): readonly Finding[] {
    this.#keys.end();
    if (!this.#hasOpened()) return this.#take();
    const how = { c2s: this.#howEnded("c2s"), s2c: this.#howEnded("s2c") };
    this.#pings.c2s.speaks();
    this.#pings.s2c.speaks();
    this.#endPings("c2s", how);
    this.#endPings("s2c", how);
    // What is behind a hole is told late, or not at all: so is its end.
    const isWhole = !this.#incomplete.c2s && !this.#incomplete.s2c;
    const first = isWhole ? this.#endedFirst : undefined;
    this.#closing.end({ how, first, isStream: this.#isStream });
    return this.#take();
  }

  /** Frames tell of a connection that opened, even if its response is not in the record. */
  #hasOpened(): boolean {
    if (this.#state === "refused") return false;
    return this.#state === "open" || this.#frames.c2s + this.#frames.s2c > 0;
  }

  #howEnded(flow: Flow): EndKind {
    return this.#incomplete[flow] ? "cut" : (this.#ends[flow] ?? "cut");
  }

  #hasEnded(flow: Flow): boolean {
    return this.#ends[flow] !== undefined && this.#ends[flow] !== "cut";
  }

  #hasClosed(flow: Flow): boolean {
    return this.#closing.has(opposite(flow));
  }

  /** Pings of `flow` wait for pongs of the other direction, of which all must have been seen. */
  #endPings(flow: Flow, how: Readonly<Record<Flow, EndKind>>): void {
    if (how[opposite(flow)] !== "fin" || how[flow] === "reset") return;
    this.#pings[flow].end((ping) => this.#isExcused(flow, ping));
  }

  /** Who begins to close may not have read the pings since the frame before its Close. */
  #isExcused(flow: Flow, ping: Outstanding): boolean {
    const { opening } = this.#closing;
    if (!opening || opening.flow === flow || opening.place.frame > ping.heard) return false;
    return !this.#pings[flow].isSlow(ping, opening.atNs);
  }

  /** @param blamed the sender says that it has no more to send, and all that it sent is there */
  #endInside(flow: Flow, rest: NonNullable<PartialFrame>, blamed: boolean): void {
    const { frame } = rest;
    const offset = rest.frame ? rest.frame.header.offset : rest.offset;
    const place = { part: "frame" as const, flow, frame: this.#frames[flow], offset };
    const violations = rest.frame ? rest.frame.violations : [...rest.breaches, rest.violation];
    const told = violations.filter(({ rule }) => blamed || rule !== "frame-truncated");
    // There is no frame that would show what is wrong with half a header.
    if (this.#all || !rest.frame) this.#add(place, told);
    if (frame && frame.header.length > this.#limits.maxFrameLength) this.#tooLong(place, frame);
  }

  /** The parser and the assembler have limits of their own, which may have told already. */
  #tooLong(place: Place, frame: Frame, assembled?: Assembled): void {
    const told = [...frame.violations, ...(assembled?.violations ?? [])];
    if (told.some(({ rule }) => rule === "length-over-limit")) return;
    const found = `${exactLength(frame)} bytes, limit ${this.#limits.maxFrameLength}`;
    this.#report(place, "length-over-limit", found);
  }

  #deflateLints(agreed: DeflateParams | undefined): Readonly<Record<Flow, DeflateLint>> {
    return both((flow) => new DeflateLint(this.#report, this.#limits, deflateTerms(flow, agreed)));
  }

  #add(place: Place, violations: readonly Violation[]): void {
    for (const violation of violations) this.#findings.push({ ...violation, place });
  }

  #take(): readonly Finding[] {
    if (this.#findings.length === 0) return NOTHING;
    const found = this.#findings;
    this.#findings = [];
    return found;
  }
}

function isError({ severity }: Violation): boolean {
  return severity === "error";
}

function both<T>(make: (flow: Flow) => T): Readonly<Record<Flow, T>> {
  return { c2s: make("c2s"), s2c: make("s2c") };
}
