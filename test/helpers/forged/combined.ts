import { RST } from "../packets.ts";
import { type Forged, fileOf, networkOf, type Orders, START_NS } from "./campaign.ts";
import { type Conversation, converse } from "./conversation.ts";
import { type Damage, HARMFUL } from "./damage.ts";
import { Dice } from "./dice.ts";
import { foreignPacket } from "./foreign.ts";
import { type ForgedPacket, packetsOf } from "./links.ts";
import { presenceIn } from "./presence.ts";
import { type Segment, segmentsOf, type TcpShape } from "./segments.ts";
import { ABRUPT, ADDITIONS, ENDINGS, isSyn, OPENINGS, ORDERS } from "./troubles.ts";

type Names<T> = readonly (keyof T & string)[];

const namesOf = <T extends object>(record: T): Names<T> =>
  Object.keys(record) as (keyof T & string)[];
const OPENING_NAMES = namesOf(OPENINGS);
const ENDING_NAMES = namesOf(ENDINGS);
const ADDITION_NAMES = namesOf(ADDITIONS);
const ORDER_NAMES = namesOf(ORDERS);
const HARMFUL_NAMES = namesOf(HARMFUL);

type Addition = keyof typeof ADDITIONS;

/** In disorder, octets alone are told from data only by the longer segments that they repeat. */
const OCTETS: Addition = "keep-alives with an octet";
const SHORT: readonly Addition[] = ["window probes", "sent again in other pieces"];

/** What happens to one connection. */
interface Fate {
  readonly damages: readonly Damage[];
  /** Names of them. */
  readonly names: readonly string[];
  readonly abrupt: boolean;
  readonly reset: boolean;
}

/** A capture at random in which much goes wrong at once, the same for the same seed. */
export function forgeCombined(
  seed: number,
  { whole, longest = 3000, messages = 14 }: Orders,
): Forged {
  const dice = new Dice(seed);
  const recipe: string[] = [];
  const note = <T extends string>(choice: T): T => {
    recipe.push(choice);
    return choice;
  };
  const isReused = dice.chance(0.25);
  const deflate = dice.chance(0.4);
  const ports = [dice.from(20_000, 60_000), 8080] as const;
  const mss = longest < 10_000 && dice.chance(0.2) ? dice.from(2, 60) : dice.from(60, 1460);
  const connections: { one: Conversation; segments: readonly Segment[] }[] = [];
  let shape: TcpShape = { ports, mss, isn: [nearWrap(dice), nearWrap(dice)], startNs: START_NS };
  for (let i = 0; i < (isReused ? 2 : dice.from(1, 3)); i++) {
    const fate = fateOf(dice, whole, isReused);
    const sizes = { messages: dice.from(1, messages), longest };
    const { abrupt, reset } = fate;
    const one = { ...converse(dice, { name: `c${i}`, ...sizes, deflate, abrupt }), reset };
    const sent = segmentsOf(dice, one, shape);
    const left = fate.damages.reduce((some, damage) => damage(dice, some, one), sent);
    // Nothing else tells near numbers from those of the connection before.
    const segments = isReused && i > 0 ? withSyns(left, sent) : left;
    note(`c${i}: ${fate.names.join(" + ")}`);
    connections.push({ one, segments });
    shape = isReused ? usedAgain(dice, shape, sent) : besides(dice, shape);
  }
  if (isReused) note("ports reused within the window");
  const network = networkOf(dice, whole, note);
  const isCrowded = dice.chance(0.4);
  if (isCrowded) note("foreign packets");
  const packets = connections.flatMap(({ one: of, segments }) =>
    segments.flatMap((one) =>
      packetsOf(dice, one, network).map((packet) => ({ ...packet, of, one })),
    ),
  );
  const all = isReused ? packets : packets.toSorted(byTime);
  const crowded = all.flatMap((one) =>
    isCrowded && dice.chance(0.15) ? [foreignPacket(dice, ports, network, one.ns), one] : [one],
  );
  const file = fileOf(dice, crowded, whole, note);
  const isHeld = presenceIn(file);
  return {
    file,
    // Of a RST alone nothing is told, nor of a connection of which no packet is left.
    conversations: connections.flatMap(({ one: own }) =>
      isHeld(all.filter(({ of, one }) => of === own && (one.flags & RST) === 0)) ? [own] : [],
    ),
    recipe: recipe.join(", "),
    whole,
  };
}

function fateOf(dice: Dice, whole: boolean, isReused: boolean): Fate {
  const opening = dice.pick(OPENING_NAMES);
  const ending = dice.pick(ENDING_NAMES);
  const orders = isReused ? (["as sent", "one side earlier"] as const) : ORDER_NAMES;
  const order = dice.pick(orders);
  const chosen = Array.from({ length: dice.from(0, 3) }, () => dice.pick(ADDITION_NAMES));
  // In the order in which they stand there: what is stray is not answered or sent again.
  const additions = ADDITION_NAMES.filter(
    (name) => chosen.includes(name) && (order === "as sent" || !isUnclear(name, chosen, whole)),
  );
  const harms = whole ? [] : [dice.pick(HARMFUL_NAMES)];
  return {
    damages: [
      ENDINGS[ending],
      OPENINGS[opening],
      ...additions.map((name) => ADDITIONS[name]),
      ...harms.map((name) => HARMFUL[name]),
      ORDERS[order],
    ],
    names: [opening, ending, ...additions, ...harms, order],
    abrupt: ABRUPT.includes(ending) && dice.chance(0.6),
    reset: ending.startsWith("reset"),
  };
}

/** The SYNs of both come first, lost or not. */
function withSyns(left: readonly Segment[], sent: readonly Segment[]): Segment[] {
  const syns = sent.filter(isSyn).map(({ side }) => {
    const isOwn = (one: Segment): boolean => isSyn(one) && one.side === side;
    return left.find(isOwn) ?? sent.find(isOwn)!;
  });
  return [...syns, ...left.filter((one) => !syns.includes(one))];
}

function isUnclear(name: Addition, chosen: readonly Addition[], whole: boolean): boolean {
  return name === OCTETS && (!whole || SHORT.some((one) => chosen.includes(one)));
}

/** The numbers wrap within the conversation, or soon behind it. */
function nearWrap(dice: Dice): number {
  return dice.chance(0.7) ? 2 ** 32 - dice.from(1, 65_536) : dice.from(0, 0xffff_ffff);
}

function besides(dice: Dice, { ports, startNs, mss }: TcpShape): TcpShape {
  return {
    ports: [ports[0] + 1, ports[1]],
    mss,
    isn: [nearWrap(dice), nearWrap(dice)],
    startNs: startNs + 1_000_000n,
  };
}

/** The same ports, with numbers a little above those of before. */
function usedAgain(dice: Dice, { ports, mss }: TcpShape, sent: readonly Segment[]): TcpShape {
  const above = (side: number): number => {
    const last = sent.findLast((one) => one.side === side)!;
    return (last.seq + last.payload.length + dice.from(2, 60_000)) >>> 0;
  };
  const startNs = sent.at(-1)!.ns + BigInt(dice.pick([1, 500, 30_000])) * 1_000_000n;
  return { ports, mss, isn: [above(0), above(1)], startNs: startNs + 500_000_000n };
}

function byTime(a: ForgedPacket, b: ForgedPacket): number {
  return a.ns < b.ns ? -1 : a.ns > b.ns ? 1 : 0;
}
