import { ACK, FIN, RST, SYN } from "../packets.ts";
import type { Conversation, Side } from "./conversation.ts";
import { type Damage, HARMLESS } from "./damage.ts";
import type { Dice } from "./dice.ts";
import type { Segment } from "./segments.ts";

/**
 * What happens to a connection at once: how it is opened, how it ends, what comes on top of that, and
 * in which order it is captured. After all of them every byte is still there.
 */
const NONE = new Uint8Array(0);

const isData = ({ payload }: Segment): boolean => payload.length > 0;
export const isSyn = ({ flags }: Segment): boolean => (flags & SYN) !== 0;
const isPlain = ({ flags }: Segment): boolean => (flags & (SYN | RST)) === 0;
const plus = (seq: number, length: number): number => (seq + length) >>> 0;

export const OPENINGS = {
  "a plain SYN": (_, segments) => [...segments],
  "SYNs again": (dice, segments) =>
    segments
      .filter(isSyn)
      .reduce((all, syn) => again(syn, dice.from(1, all.length), all), [...segments]),
  "data with the SYN": (_, segments) => fastOpened(segments, { accepted: true }),
  "data with the SYN for nothing": (_, segments) => fastOpened(segments, { accepted: false }),
} as const satisfies Record<string, Damage>;

export const ENDINGS = {
  "a FIN after the other": (_, segments) => [...segments],
  "both FINs at once": (_, segments) => {
    const [first, second, last] = segments.slice(-3) as [Segment, Segment, Segment];
    const crossing = { ...second, ack: plus(second.ack, -1) };
    const answer = { ...second, flags: ACK, seq: plus(second.seq, 1) };
    return [...segments.slice(0, -3), first, crossing, last, answer];
  },
  "no end": HARMLESS["no end"],
  reset: (dice, segments, of) => [...endless(segments), resetBy(whoResets(dice, of), segments)],
  "reset over and over": (dice, segments, of) => {
    const reset = resetBy(whoResets(dice, of), segments);
    const bare = { ...reset, flags: RST, ack: 0 };
    return [...endless(segments), reset, ...Array.from({ length: dice.from(1, 3) }, () => bare)];
  },
} as const satisfies Record<string, Damage>;

/** After these the two have not closed their WebSocket connection. */
export const ABRUPT: readonly (keyof typeof ENDINGS)[] = ["no end", "reset", "reset over and over"];

export const ADDITIONS = {
  "sent again in other pieces": (dice, segments, { streams }) => {
    const sent: [number, number] = [0, 0];
    return segments.flatMap((one) => {
      const { side } = one;
      sent[side] = Math.max(sent[side], one.at + one.payload.length);
      if (!isData(one) || isSyn(one) || !dice.chance(0.4)) return [one];
      return [one, ...inOtherPieces(dice, one, streams[side].subarray(0, sent[side]))];
    });
  },
  duplicates: HARMLESS["late duplicates"],
  "window probes": HARMLESS["window probes"],
  "acknowledged again and again": (dice, segments) =>
    segments.flatMap((one) =>
      !isPlain(one) || !dice.chance(0.2)
        ? [one]
        : [one, { ...one, seq: plus(one.seq, lengthOf(one)), flags: ACK, payload: NONE }],
    ),
  "keep-alives with an octet": (dice, segments) => {
    const ends = [new Set<number>(), new Set<number>()] as const;
    return segments.flatMap((one) => {
      const { side, at, payload } = one;
      // The octet that is sent again did not come alone before.
      const isFit = ends[side].has(at) && isData(one) && dice.chance(0.4);
      if (payload.length > 1) ends[side].add(at + payload.length);
      if (!isFit) return [one];
      const probe = { ...one, seq: plus(one.seq, -1), at: at - 1, payload: dice.bytes(1) };
      return [answerTo(one), probe, answerTo(one), one];
    });
  },
  "stray numbers": (dice, segments) =>
    segments.flatMap((one) => {
      if (!isPlain(one) || !dice.chance(0.1)) return [one];
      const far = dice.from(2 ** 30 + 2 ** 27, 2 ** 31);
      const seq = plus(one.seq, dice.pick([far, -far]));
      return [one, { ...one, seq, flags: ACK, payload: dice.bytes(dice.from(1, 90)) }];
    }),
  "stray RSTs": (dice, segments) =>
    segments.flatMap((one) => {
      if (!isPlain(one) || !dice.chance(0.1)) return [one];
      const far = dice.from(2 ** 21, 2 ** 31);
      const flags = dice.pick([RST, RST | ACK]);
      return [one, { ...one, seq: plus(one.seq, dice.pick([far, -far])), flags, payload: NONE }];
    }),
} as const satisfies Record<string, Damage>;

export const ORDERS = {
  "as sent": (_, segments) => [...segments],
  reordered: HARMLESS.reordered,
  "reordered far": HARMLESS["reordered far"],
  "one side earlier": (dice, segments) => {
    const early = dice.pick([0, 1]);
    const byNs = BigInt(dice.pick([1, 30, 400])) * 1_000_000n;
    return segments
      .map((one) => (one.side === early ? one : { ...one, ns: one.ns + byNs }))
      .toSorted((a, b) => (a.ns < b.ns ? -1 : a.ns > b.ns ? 1 : 0));
  },
} as const satisfies Record<string, Damage>;

function again(syn: Segment, at: number, all: readonly Segment[]): Segment[] {
  return all.toSpliced(at, 0, { ...syn, ns: all[at - 1]!.ns });
}

/** The first data comes with the SYN; the server takes it, or the client sends it again (RFC 7413). */
function fastOpened(
  segments: readonly Segment[],
  { accepted }: { readonly accepted: boolean },
): Segment[] {
  const first = segments.find((one) => one.side === 0 && isData(one));
  if (first?.at !== 0) return [...segments];
  const { payload } = first;
  return segments.flatMap((one) => {
    if (accepted && one === first) return [];
    if (!isSyn(one)) return [one];
    if (one.side === 0) return [{ ...one, payload }];
    return [accepted ? { ...one, ack: plus(one.ack, payload.length) } : one];
  });
}

/** Up to the first FIN. */
function endless(segments: readonly Segment[]): Segment[] {
  const fin = segments.findIndex(({ flags }) => (flags & FIN) !== 0);
  return segments.slice(0, fin === -1 ? undefined : fin);
}

/** After a closing handshake it is for the server to close TCP (RFC 6455, section 7.1.1). */
function whoResets(dice: Dice, { abrupt }: Conversation): Side {
  return abrupt ? dice.pick([0, 1]) : 1;
}

function resetBy(side: Side, segments: readonly Segment[]): Segment {
  const left = endless(segments);
  // A SYN that came again is not the last that its sender has sent.
  const last = (of: Side): Segment =>
    left.findLast((one) => one.side === of && !isSyn(one)) ?? left.find((one) => one.side === of)!;
  const [own, peer] = [last(side), last(side === 0 ? 1 : 0)];
  const seq = plus(own.seq, lengthOf(own));
  const ack = plus(peer.seq, lengthOf(peer));
  return { ...own, seq, ack, flags: RST | ACK, payload: NONE, ns: left.at(-1)!.ns };
}

function lengthOf({ flags, payload }: Segment): number {
  return payload.length + ((flags & (SYN | FIN)) === 0 ? 0 : 1);
}

/** The other side has all that came before. */
function answerTo({ seq, ack, side, ...rest }: Segment): Segment {
  return { ...rest, side: side === 0 ? 1 : 0, seq: ack, ack: seq, flags: ACK, payload: NONE };
}

function inOtherPieces(dice: Dice, one: Segment, sent: Uint8Array): Segment[] {
  const from = dice.from(Math.max(0, sent.length - 4000), sent.length);
  const end = dice.from(from, sent.length);
  const pieces: Segment[] = [];
  for (let at = from; at < end;) {
    const payload = sent.subarray(at, Math.min(end, at + dice.from(1, 2900)));
    pieces.push({ ...one, at, seq: plus(one.seq, at - one.at), flags: ACK, payload });
    at += payload.length;
  }
  return pieces;
}
