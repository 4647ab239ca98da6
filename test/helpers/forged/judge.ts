import { readCaptureEvents } from "../../../src/capture/read-capture.ts";
import { undecodedLines } from "../../../src/capture/streams/report-lines.ts";
import type { Event, FrameEvent } from "../../../src/transport/events.ts";
import { toHex } from "../bytes.ts";
import type { Conversation, Side, TrueFrame } from "./conversation.ts";

/** What a capture was decoded to. */
export interface Decoded {
  readonly events: readonly Event[];
  readonly lines: readonly string[];
}

async function* piecesOf(file: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < file.length; at += size) yield file.slice(at, at + size);
}

export async function decodeForged(
  file: Uint8Array,
  { deflate = false, pieces = 1000, lint = true } = {},
): Promise<Decoded> {
  const reading = readCaptureEvents(piecesOf(file, pieces), {
    assumeWebSocket: [8080],
    deflate,
    lint,
  });
  const events: Event[] = [];
  for await (const event of reading) events.push(event);
  return { events, lines: undecodedLines(reading.report) };
}

/** What one side of a connection was decoded to, and what was really sent. */
interface Compared {
  readonly told: readonly FrameEvent[];
  readonly frames: readonly TrueFrame[];
  /** Indexes into the frames, of those that were told. */
  readonly found: readonly number[];
}

/** How many frames were told, of those that were sent; and every lie. */
export interface Verdict {
  readonly lies: readonly string[];
  /** Conversations whose every frame was told as it was, with its message, and nothing else. */
  readonly perfect: ReadonlySet<Conversation>;
  readonly told: number;
  readonly sent: number;
}

/** Judges what a decoder says of conversations that are known. */
export function judge(
  { events, lines }: Decoded,
  conversations: readonly Conversation[],
  { ordered = true } = {},
): Verdict {
  const lies: string[] = [];
  const perfect = new Set<Conversation>();
  let told = 0;
  let lostInReset = 0;
  for (const conn of new Set(events.map((event) => event.conn))) {
    const own = events.filter((event) => event.conn === conn);
    const candidates = conversations.map((one) => ({ one, ...judgeOne(own, one) }));
    const best = candidates.toSorted((a, b) => a.lies.length - b.lies.length)[0]!;
    lies.push(...best.lies.map((lie) => `connection ${conn}: ${lie}`));
    lies.push(...unjust(own, best.one, ordered));
    told += best.told;
    lostInReset += best.lostInReset;
    if (best.perfect && !perfect.has(best.one)) perfect.add(best.one);
  }
  const sent = conversations.reduce((sum, { frames: [a, b] }) => sum + a.length + b.length, 0);
  if (
    told + lostInReset < sent &&
    lines.length === 0 &&
    !events.some(({ type }) => type === "note")
  ) {
    const isEnd = perfect.size === conversations.length;
    if (!isEnd) lies.push(`${sent - told} frames are missing, and nobody says so`);
  }
  return { lies, perfect, told, sent };
}

function judgeOne(
  events: readonly Event[],
  { frames, name, deflate, unruly, abrupt, reset = false }: Conversation,
) {
  const lies: string[] = [];
  const sides = ([0, 1] as const).map((side) => {
    const dir = side === 0 ? "out" : "in";
    const own = events.filter((event) => event.type === "frame" && event.dir === dir);
    return compare(own as FrameEvent[], frames[side], { side, deflate, unruly }, lies);
  });
  const heads = events.filter((event) => event.type === "handshake");
  for (const { request, url } of heads) {
    if (!request.startLine.includes(`/${name} `)) lies.push(`it is ${url} instead of /${name}`);
  }
  // Of what was under way last when the other side reset the connection nothing tells.
  const isUnknown = (side: Compared): boolean =>
    (abrupt || reset) &&
    side.found.every((at, i) => at === i) &&
    side.told.length === side.found.length;
  const missing = sides.filter(({ told: some, frames: all }) => some.length < all.length);
  const silences = missing.filter((side) => !isUnknown(side));
  const notes = events.flatMap((event) => (event.type === "note" ? [event.message] : []));
  const noted = notes.some((note) => !isOfOrder(note));
  if (events.length > 0 && silences.length > 0 && !noted)
    lies.push("frames are missing, and no note says so");
  const told = sides.reduce((sum, one) => sum + one.told.length, 0);
  const isWhole =
    sides.every((side) => isPerfect(side, unruly)) && heads.length === 1 && lies.length === 0;
  const isExpected = (note: string): boolean => isOfOrder(note) || (abrupt && note === NO_END);
  const unknown = missing.filter(isUnknown);
  const lostInReset = unknown.reduce((sum, one) => sum + one.frames.length - one.told.length, 0);
  return { lies, told, lostInReset, perfect: isWhole && (unruly || notes.every(isExpected)) };
}

function isPerfect({ told, frames }: Compared, unruly: boolean): boolean {
  return (
    told.length === frames.length &&
    told.every(({ frame, message }, i) => {
      const { message: sent, offset } = frames[i]!;
      const isJoined = unruly || sent === undefined || (message !== undefined && !message.cut);
      return !frame.payloadCut && isJoined && frame.header.offset === offset;
    })
  );
}

/** Each frame told must be the next of those sent that it can be. */
function compare(
  told: readonly FrameEvent[],
  frames: readonly TrueFrame[],
  { side, deflate, unruly }: Pick<Conversation, "deflate" | "unruly"> & { readonly side: Side },
  lies: string[],
): Compared {
  const found: number[] = [];
  let next = 0;
  let shift: number | undefined;
  for (const event of told) {
    const at = frames.findIndex((one, i) => i >= next && isSame(event, one));
    const { header } = event.frame;
    if (at === -1) {
      lies.push(`no such frame was sent by ${side}: ${describe(event)}`);
      continue;
    }
    const own = header.offset - frames[at]!.offset;
    shift ??= own;
    if (own !== shift) lies.push(`the offset ${header.offset} is not that of ${describe(event)}`);
    // What the fragments of who breaks the rules add up to is a matter of taste.
    if (!unruly) lies.push(...messageLies(event, frames[at]!, deflate));
    found.push(at);
    next = at + 1;
  }
  return { told, frames, found };
}

function isSame({ frame }: FrameEvent, sent: TrueFrame): boolean {
  const { headerBytes, payload, payloadCut, header } = frame;
  const head = sent.bytes.subarray(0, sent.bytes.length - sent.payload.length);
  if (!Buffer.from(headerBytes).equals(head)) return false;
  if (header.length !== sent.payload.length) return false;
  const whole = payloadCut ? sent.payload.subarray(0, payload.length) : sent.payload;
  return Buffer.from(payload).equals(whole);
}

/** A message is the one sent, or said to be cut, and then nothing that was not sent. */
function messageLies(event: FrameEvent, { message: sent }: TrueFrame, deflate: boolean): string[] {
  const { message } = event;
  if (!message) return [];
  const data = Buffer.from(message.data);
  if (!message.cut && (!sent || !data.equals(sent))) return [`no such message: ${describe(event)}`];
  if (message.cut && !message.compressed && !deflate && sent) {
    if (!data.equals(sent.subarray(0, data.length)))
      return [`no such beginning: ${describe(event)}`];
  }
  return [];
}

/** What the two are blamed for without a reason. */
function unjust(
  events: readonly Event[],
  { unruly, abrupt }: Conversation,
  ordered: boolean,
): string[] {
  if (unruly) return [];
  return blames(events)
    .filter(({ rule }) => ordered || !OF_ORDER.has(rule))
    .filter(({ rule }) => !abrupt || rule !== "tcp-without-close")
    .map(({ lie }) => lie);
}

/** Those who speak by the rules are to blame for nothing that is missing in a capture. */
function blames(events: readonly Event[]): { readonly rule: string; readonly lie: string }[] {
  return events.flatMap((event) => {
    const found =
      event.type === "finding"
        ? [event.violation]
        : event.type === "frame" || event.type === "handshake"
          ? event.violations
          : [];
    return found
      .filter(({ rule }) => !HARMLESS_FINDINGS.has(rule))
      .map(({ rule, message }) => ({
        rule,
        lie: `connection ${event.conn} is blamed: ${rule}: ${message}`,
      }));
  });
}

const HARMLESS_FINDINGS: ReadonlySet<string> = new Set([
  "credentials-without-tls",
  "compression-grew",
  "tiny-fragments",
]);

const NO_END = "the end of this connection is not in the capture";

/** A note that a capture in disorder may give, or one whose ports are those of several connections. */
function isOfOrder(message: string): boolean {
  return /^the client sent \d+ B before the response$|^the port was used again/.test(message);
}

/** What depends on who spoke first, which a capture in disorder does not tell. */
const OF_ORDER: ReadonlySet<string> = new Set([
  "client-closed-tcp-first",
  "data-before-response",
  "ping-unanswered",
  "pong-mismatch",
  "pong-unsolicited",
]);

function describe({ frame, dir, at }: FrameEvent): string {
  const { header, headerBytes, payload, payloadCut } = frame;
  const cut = payloadCut ? `, ${payload.length} of them` : "";
  return `${dir} at ${header.offset}, ${toHex(headerBytes)}, ${header.length} B${cut}, ${at.ns}`;
}
