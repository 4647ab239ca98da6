import { Opcode } from "../protocol/opcodes.ts";
import { type Key, keyReaders } from "../scenario/matcher.ts";
import { compileJsonPath } from "../scenario/json-path.ts";
import { unreachable } from "../transport/events.ts";
import { type Composer, constantPayload, looksInside } from "./composer.ts";
import { CountingUser } from "./counting-user.ts";
import { type Exchange, MessageUser, PingUser } from "./exchange-user.ts";
import { FanoutUser } from "./fanout-user.ts";
import { FrameBatch } from "./frame-batch.ts";
import { ListeningUser } from "./listening-user.ts";
import { encodeMessage, type Encoding } from "./outgoing-frame.ts";
import type { WorkerPlan } from "./plan.ts";
import { encodeStamp, type Stamp } from "./stamp.ts";
import { Stream } from "./stream.ts";
import type { User, UserContext } from "./user.ts";

/** Who does what a plan measures: makes the user of each socket. */
export interface Crew {
  readonly makeUser: (socket: number) => User;
  /** Which sockets take the messages of an open model, by number; all where that is absent. */
  readonly sends?: (socket: number) => boolean;
  /** What is received of numbered or published messages. */
  readonly stream?: Stream;
  /** Deliveries that came back to who had published. */
  readonly own?: Stream;
}

export interface CrewParts {
  readonly plan: WorkerPlan;
  readonly context: UserContext;
  readonly composer: Composer;
  readonly maskKey: number;
  /** From the clock of the load to the one that all processes of the machine share, in ms. */
  readonly clockOffsetMs: number;
}

/** Frames of an open model that may leave together. */
const MAX_TOGETHER = 256;

/** @throws FramecatError (usage) where a path is wrong */
export async function makeCrew(parts: CrewParts): Promise<Crew> {
  switch (parts.plan.measure) {
    case "echo":
    case "connect":
      return echoCrew(parts);
    case "ping":
    case "hold":
      return pingCrew(parts);
    case "push":
      return pushCrew(parts);
    case "fanout":
      return fanoutCrew(parts);
    default:
      return unreachable(parts.plan.measure);
  }
}

async function echoCrew(parts: CrewParts): Promise<Crew> {
  const { plan, context, composer } = parts;
  const { message, load } = plan;
  const encode = encoder(parts);
  const payload = looksInside(message) ? undefined : constantPayload(message);
  if (payload && message.onOpen.length === 0) {
    const opcode = message.kind === "text" ? Opcode.text : Opcode.binary;
    const atMost = load.model === "closed" ? load.inFlight : MAX_TOGETHER;
    const batch = (on: Encoding) => new FrameBatch(encode(opcode, payload, on), atMost);
    const batches = {
      plain: batch({ deflate: false }),
      compressed: plan.dial.deflate ? batch({ deflate: true }) : undefined,
    };
    return { makeUser: () => new CountingUser(context, batches) };
  }
  const readers = await keyReaders(message.match, "--match");
  const exchange: Exchange = {
    compose: (socket, seq) => composer.compose(socket, seq),
    encode,
    keyOf: readers?.reply,
    verify: message.verify,
    greetings: greetings(parts),
    // The pace of a recording is kept unless another one was asked for.
    ...(message.recording && load.model === "closed" && load.thinkMs === 0
      ? { gapMs: (seq: number) => composer.gapMs(seq) }
      : {}),
  };
  return { makeUser: (socket) => new MessageUser(context, exchange, socket) };
}

/** A ping carries its number, so that its pong is known whatever else the server does. */
function pingCrew(parts: CrewParts): Crew {
  const exchange: Exchange = {
    compose: (_, seq) => {
      const payload = Buffer.alloc(4);
      payload.writeUInt32BE(seq >>> 0);
      return { opcode: Opcode.ping, payload, key: seq >>> 0, replies: 1 };
    },
    encode: encoder(parts),
    keyOf: pongKey,
    verify: false,
    settlesEarlier: true,
    forgets: true,
    beats: parts.plan.measure === "hold",
    greetings: greetings(parts),
  };
  return { makeUser: (socket) => new PingUser(parts.context, exchange, socket) };
}

function pongKey(payload: Uint8Array): Key | undefined {
  if (payload.length !== 4) return undefined;
  return new DataView(payload.buffer, payload.byteOffset).getUint32(0);
}

async function pushCrew(parts: CrewParts): Promise<Crew> {
  const { context, plan } = parts;
  const stream = new Stream();
  const numberOf = await numberReader(plan.sequence);
  const gaps = context.load.recordings.of("gap");
  const listening = { stream, gaps, numberOf, greetings: greetings(parts) };
  return { makeUser: (socket) => new ListeningUser(context, listening, socket), stream };
}

function fanoutCrew(parts: CrewParts): Crew {
  const { context, composer, clockOffsetMs, plan } = parts;
  const encode = encoder(parts);
  // One that comes back goes on with its numbers, as all others follow them.
  const publishers = new Map<number, FanoutUser>();
  const [stream, own] = [new Stream(), new Stream()];
  const opcode = plan.message.kind === "text" ? Opcode.text : Opcode.binary;
  const fanout = {
    publish: (stamp: Stamp, on: Encoding) =>
      encode(opcode, composer.stamped(stamp.publisher, stamp.seq, encodeStamp(stamp)), on),
    stream,
    own,
    clockOffsetMs,
    greetings: greetings(parts),
  };
  const sends = (socket: number): boolean => socket < plan.publishers;
  const makeUser = (socket: number): User => {
    const user = publishers.get(socket) ?? new FanoutUser(context, fanout, socket);
    if (sends(socket)) publishers.set(socket, user);
    return user;
  };
  return { makeUser, sends, stream, own };
}

function encoder({ maskKey }: CrewParts): Exchange["encode"] {
  return (opcode, payload, { deflate }) => encodeMessage(opcode, payload, { maskKey, deflate });
}

function greetings({ composer, maskKey }: CrewParts): (socket: number) => Buffer[] {
  return (socket) =>
    composer
      .greetings(socket)
      .map((payload) => encodeMessage(Opcode.text, payload, { maskKey, deflate: false }));
}

const SEQ = Buffer.from('"seq":');
/** Digits, and blanks before them. */
const MAX_SEQ_LENGTH = 20;

/** The number that a message has at a path; at its first `"seq":` where none is given. */
async function numberReader(
  path: string | undefined,
): Promise<(payload: Uint8Array) => number | undefined> {
  if (path === undefined) return quickSeq;
  const find = await compileJsonPath(path, "--sequence");
  return (payload) => {
    try {
      const found = find(JSON.parse(Buffer.from(payload).toString("utf8")));
      return wholeNumber(found);
    } catch {
      return undefined;
    }
  };
}

function quickSeq(payload: Uint8Array): number | undefined {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  const at = bytes.indexOf(SEQ);
  if (at === -1) return undefined;
  const start = at + SEQ.length;
  return wholeNumber(Number.parseInt(bytes.toString("latin1", start, start + MAX_SEQ_LENGTH), 10));
}

/** What can be followed: fractions have no place in a sequence, nor has what a double cannot tell apart. */
function wholeNumber(value: unknown): number | undefined {
  return Number.isSafeInteger(value) ? Number(value) : undefined;
}
