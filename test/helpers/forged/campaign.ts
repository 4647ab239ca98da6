import { SYN } from "../packets.ts";
import { type Conversation, converse } from "./conversation.ts";
import { type Damage, HARMFUL, HARMLESS } from "./damage.ts";
import { Dice } from "./dice.ts";
import { FILES } from "./files.ts";
import { type ForgedPacket, LINKS, type Network, packetsOf } from "./links.ts";
import { presenceIn } from "./presence.ts";
import { type Segment, segmentsOf } from "./segments.ts";

/** A capture of which is known what was said. */
export interface Forged {
  readonly file: Uint8Array;
  readonly conversations: readonly Conversation[];
  /** How it was made. */
  readonly recipe: string;
  /** Every byte is in it. */
  readonly whole: boolean;
}

export interface Orders {
  /** Nothing may be missing. */
  readonly whole: boolean;
  /** Longest message. */
  readonly longest?: number;
  readonly messages?: number;
}

export const START_NS = 1_795_231_335_000_000_000n;
const NO_SNAP = 262_144;
/** These cannot be told from the truth once the bytes that they repeat, or begin behind, are lost. */
const ALONE = ["overlaps with other bytes", "stray segments", "keep-alives", "no end", "reset"];

/** A capture at random, the same for the same seed. */
export function forge(seed: number, { whole, longest = 3000, messages = 14 }: Orders): Forged {
  const dice = new Dice(seed);
  const recipe: string[] = [];
  const note = <T extends string>(choice: T): T => {
    recipe.push(choice);
    return choice;
  };
  const isReused = dice.chance(0.25);
  const count = isReused ? 2 : dice.from(1, 3);
  const deflate = dice.chance(0.4);
  const unruly = whole && dice.chance(0.2);
  if (unruly) note("unruly");
  const conversations = Array.from({ length: count }, (_, i) =>
    converse(dice, { name: `c${i}`, messages: dice.from(1, messages), longest, deflate, unruly }),
  );
  const ports = [dice.from(20_000, 60_000), 8080] as const;
  const mss = dice.chance(0.2) ? dice.from(1, 60) : dice.from(60, 1460);
  const connections = conversations.map((one, i) => {
    const isn = [sequenceNumber(dice, i), sequenceNumber(dice, i)] as const;
    const startNs = START_NS + BigInt(i) * (isReused ? 30_000_000_000n : 1_000_000n);
    const own = isReused ? ports : ([ports[0] + i, 8080] as const);
    const segments = segmentsOf(dice, one, { ports: own, isn, mss, startNs });
    const left = damaged(dice, segments, one, whole, note);
    if (!isReused || i === 0) return left;
    return beginsWithUpgrade(left) ? left : withSyns(left, segments);
  });
  if (isReused) note("ports reused");
  const network = networkOf(dice, whole, note);
  const segments = connections.flatMap((own, i) => own.map((one) => ({ i, one })));
  const inOrder = isReused
    ? segments
    : segments.toSorted((a, b) => (a.one.ns < b.one.ns ? -1 : a.one.ns > b.one.ns ? 1 : 0));
  const packets = inOrder.map(({ i, one }) => ({ i, own: packetsOf(dice, one, network) }));
  const written = packets.flatMap(({ own }) => own);
  const file = fileOf(dice, written, whole, note);
  // Nobody can tell of a connection of which no packet is left.
  const isHeld = presenceIn(file);
  const isThere = (_: unknown, c: number): boolean =>
    isHeld(packets.filter(({ i }) => i === c).flatMap(({ own }) => own));
  return {
    file,
    conversations: conversations.filter(isThere),
    recipe: recipe.join(", "),
    whole,
  };
}

/** Without its SYN, or before it, another connection on the same ports tells itself only by this. */
function beginsWithUpgrade(segments: readonly Segment[]): boolean {
  const first = segments.find(({ payload }) => payload.length > 0);
  const text = Buffer.from(first?.payload ?? []).toString("latin1");
  return (
    !segments.some(({ flags }) => (flags & SYN) !== 0) &&
    /^(?:GET \S+ HTTP\/1\.1\r\n|HTTP\/1\.1 101 )/.test(text)
  );
}

function withSyns(left: readonly Segment[], all: readonly Segment[]): Segment[] {
  const isSyn = ({ flags }: Segment): boolean => (flags & SYN) !== 0;
  const syns = left.some(isSyn) ? left.filter(isSyn) : all.filter(isSyn);
  return [...syns, ...left.filter((segment) => !isSyn(segment))];
}

/** That of the first is near the wrap more often than not, and far from those of the others. */
function sequenceNumber(dice: Dice, connection: number): number {
  const isNear = connection === 0 && dice.chance(0.6);
  return isNear ? 0xffff_ffff - dice.from(0, 3000) : dice.from(2 ** 20, 0xf000_0000);
}

function damaged(
  dice: Dice,
  segments: readonly Segment[],
  of: Conversation,
  whole: boolean,
  note: (choice: string) => string,
): Segment[] {
  const harmless = Object.keys(HARMLESS) as (keyof typeof HARMLESS)[];
  const harmful = Object.keys(HARMFUL) as (keyof typeof HARMFUL)[];
  const first = dice.pick(harmless);
  const damages: Damage[] = [HARMLESS[first]];
  note(`${of.name} ${first}`);
  const more = ALONE.includes(first) ? 0 : whole ? dice.from(0, 1) : dice.from(1, 2);
  for (let i = 0; i < more; i++) {
    const next = whole
      ? dice.pick(harmless.filter((name) => !ALONE.includes(name)))
      : dice.pick(harmful);
    damages.push({ ...HARMLESS, ...HARMFUL }[next]);
    note(next);
  }
  return damages.reduce((left, damage) => damage(dice, left, of), [...segments]);
}

export function networkOf(dice: Dice, whole: boolean, note: (choice: string) => string): Network {
  const link = dice.pick(LINKS);
  const version = dice.pick([4, 4, 6] as const);
  const snapLength = whole || dice.chance(0.7) ? NO_SNAP : dice.from(60, 200);
  const fragments = dice.chance(0.25) ? dice.pick([0.1, 1]) : 0;
  const headers =
    version === 4
      ? Array.from({ length: dice.chance(0.2) ? dice.from(1, 10) : 0 }, () => 1)
      : dice.pick([[], [], [0], [0, 60], [43, 60], [51], [0, 43, 60, 51]]);
  note(`${link.name} IPv${version}`);
  if (snapLength !== NO_SNAP) note(`snap length ${snapLength}`);
  if (fragments > 0) note("IP fragments");
  return { link, version, headers, timestamps: dice.chance(0.5), fragments, snapLength };
}

export function fileOf(
  dice: Dice,
  packets: readonly ForgedPacket[],
  whole: boolean,
  note: (choice: string) => string,
): Uint8Array {
  const kinds = Object.keys(FILES) as (keyof typeof FILES)[];
  const file = FILES[note(dice.pick(kinds)) as keyof typeof FILES](dice, packets);
  if (whole || dice.chance(0.8)) return file;
  note("the file cut");
  return file.subarray(0, dice.from(Math.min(40, file.length), file.length));
}

/** An undamaged capture over one of the link layers. */
export function forgePlain(seed: number, linkName: string): Forged {
  const dice = new Dice(seed);
  const link = LINKS.find(({ name }) => name === linkName)!;
  const conversations = [0, 1].map((i) =>
    converse(dice, { name: `c${i}`, messages: 12, longest: 3000 }),
  );
  const segments = conversations.flatMap((one, i) => {
    const isn = [dice.from(0, 0xffff_ffff), dice.from(0, 0xffff_ffff)] as const;
    const ports = [50_000 + i, 8080] as const;
    return segmentsOf(dice, one, { ports, isn, mss: 1400, startNs: START_NS });
  });
  const network: Network = {
    link,
    version: 4,
    headers: [],
    timestamps: true,
    fragments: 0,
    snapLength: NO_SNAP,
  };
  const packets = segments.flatMap((one) => packetsOf(dice, one, network));
  return { file: FILES.pcap(dice, packets), conversations, recipe: linkName, whole: true };
}
