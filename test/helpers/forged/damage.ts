import { ACK, FIN, RST, SYN } from "../packets.ts";
import type { Conversation, Side } from "./conversation.ts";
import type { Dice } from "./dice.ts";
import type { Segment } from "./segments.ts";

/** Changes what was captured of a connection. */
export type Damage = (dice: Dice, segments: readonly Segment[], of: Conversation) => Segment[];

const LATER_NS = 100_000n;
const NONE = new Uint8Array(0);

const isData = ({ payload }: Segment): boolean => payload.length > 0;

/** Damages after which every byte is still there. */
export const HARMLESS = {
  none: (_, segments) => [...segments],
  duplicates: (dice, segments) =>
    segments.flatMap((one) =>
      dice.chance(0.3) ? [one, { ...one, ns: one.ns + LATER_NS }] : [one],
    ),
  "late duplicates": (dice, segments) => repeat(dice, segments, (one) => one),
  overlaps: (dice, segments, { streams }) =>
    repeat(dice, segments, (one, sent) => stretched(dice, one, streams[one.side], sent)),
  "overlaps with other bytes": (dice, segments, { streams }) =>
    repeat(dice, segments, (one, sent) => {
      const { payload, ...rest } = stretched(dice, one, streams[one.side], sent);
      return { ...rest, payload: payload.map((octet) => octet ^ 0x55) };
    }),
  reordered: (dice, segments) => retimed(segments, dice.stir(segments, 4)),
  "reordered far": (dice, segments) => retimed(segments, dice.stir(segments, 15)),
  "keep-alives": (dice, segments) =>
    segments.flatMap((one) => {
      if (!dice.chance(0.3) || (one.flags & (SYN | FIN)) !== 0) return [one];
      const payload = dice.chance(0.5) ? NONE : Uint8Array.of(0);
      return [{ ...one, seq: (one.seq - 1) >>> 0, payload, at: one.at - 1 }, one];
    }),
  "window probes": (dice, segments) =>
    segments.flatMap((one) =>
      isData(one) && dice.chance(0.3)
        ? [{ ...one, payload: one.payload.subarray(0, 1) }, one]
        : [one],
    ),
  "no acknowledgements alone": (_, segments) =>
    segments.filter((one) => isData(one) || (one.flags & (SYN | FIN)) !== 0),
  "no end": (_, segments) => endless(segments),
  reset: (_, segments) => {
    const kept = endless(segments);
    const last = segments.slice(kept.length).find(({ side }) => side === 1);
    return last ? [...kept, { ...last, flags: RST | ACK }] : kept;
  },
  "data with the SYN": (dice, segments) => {
    const syn = segments.findIndex(({ flags }) => flags === SYN);
    const first = segments.findIndex((one) => one.side === 0 && isData(one) && one.at === 0);
    if (syn !== 0 || first === -1 || dice.chance(0.3)) return [...segments];
    const rest = segments.filter((_, i) => i !== first && i !== syn);
    return [{ ...segments[syn]!, payload: segments[first]!.payload }, ...rest];
  },
  "stray segments": (dice, segments) =>
    segments.flatMap((one) => {
      if (!dice.chance(0.1) || (one.flags & SYN) !== 0) return [one];
      return [one, { ...one, seq: (one.seq + 2 ** 31) >>> 0, payload: dice.bytes(40) }];
    }),
} as const satisfies Record<string, Damage>;

/** Damages after which something may be missing. */
export const HARMFUL = {
  lost: (dice, segments) => segments.filter((one) => !isData(one) || !dice.chance(0.1)),
  "lost, with acknowledgements": (dice, segments) => segments.filter(() => !dice.chance(0.1)),
  "much lost": (dice, segments) => segments.filter(() => !dice.chance(0.4)),
  "a burst lost": (dice, segments) => {
    const from = dice.from(0, segments.length - 1);
    return segments.toSpliced(from, dice.from(1, 12));
  },
  "client only": (_, segments) => segments.filter(({ side }) => side === 0),
  "server only": (_, segments) => segments.filter(({ side }) => side === 1),
  "no SYN": (_, segments) => segments.filter(({ flags }) => (flags & SYN) === 0),
  "no request": (_, segments) => without(segments, 0),
  "no response": (_, segments) => without(segments, 1),
  "begins late": (dice, segments) => segments.slice(dice.from(1, segments.length - 1)),
  "ends early": (dice, segments) => segments.slice(0, dice.from(1, segments.length)),
} as const satisfies Record<string, Damage>;

/** Some are sent again a while later, changed. */
function repeat(
  dice: Dice,
  segments: readonly Segment[],
  change: (segment: Segment, sent: number) => Segment,
): Segment[] {
  const again = segments.flatMap((one, i) => {
    if (!isData(one) || !dice.chance(0.3)) return [];
    const after = Math.min(segments.length - 1, i + dice.from(0, 6));
    const own = segments.slice(i, after + 1).filter(({ side }) => side === one.side);
    const sent = Math.max(...own.map(({ at, payload }) => at + payload.length));
    return [{ after, segment: { ...change(one, sent), ns: segments[after]!.ns + LATER_NS } }];
  });
  return segments.flatMap((one, i) => [
    one,
    ...again.filter(({ after }) => after === i).map(({ segment }) => segment),
  ]);
}

/** Up to the first FIN. */
function endless(segments: readonly Segment[]): Segment[] {
  const fin = segments.findIndex(({ flags }) => (flags & FIN) !== 0);
  return segments.slice(0, fin === -1 ? undefined : fin);
}

/** The payload begins earlier or ends later, as one that is sent again may; `sent` is all so far. */
function stretched(dice: Dice, one: Segment, stream: Uint8Array, sent: number): Segment {
  const at = Math.max(0, one.at - dice.from(0, 30));
  const end = Math.min(sent, one.at + one.payload.length + dice.from(-30, 30));
  if (end <= at) return one;
  return { ...one, at, seq: (one.seq - (one.at - at)) >>> 0, payload: stream.subarray(at, end) };
}

/** Another order at the same times. */
function retimed(segments: readonly Segment[], order: readonly Segment[]): Segment[] {
  return order.map((one, i) => ({ ...one, ns: segments[i]!.ns }));
}

function without(segments: readonly Segment[], side: Side): Segment[] {
  const first = segments.findIndex((one) => one.side === side && isData(one));
  return segments.toSpliced(first, 1);
}
