import { concat } from "../bytes.ts";
import { ACK, FIN, SYN } from "../packets.ts";
import type { Conversation, Side } from "./conversation.ts";
import type { Dice } from "./dice.ts";

/** A TCP segment as it is captured. */
export interface Segment {
  readonly side: Side;
  /** Of the connection that it belongs to. */
  readonly ports: readonly [client: number, server: number];
  readonly seq: number;
  readonly ack: number;
  readonly flags: number;
  /** Where the payload begins in the stream; its bytes, which may be others than those of the stream. */
  readonly at: number;
  readonly payload: Uint8Array;
  readonly ns: bigint;
}

export interface TcpShape {
  readonly ports: readonly [client: number, server: number];
  readonly isn: readonly [number, number];
  /** Longest payload. */
  readonly mss: number;
  readonly startNs: bigint;
}

const NONE = new Uint8Array(0);
const STEP_NS = 300_000n;

/** A conversation over TCP, from the SYN to the last FIN, with nothing lost. */
export function segmentsOf(
  dice: Dice,
  { turns, streams }: Conversation,
  { ports, isn, mss, startNs }: TcpShape,
): Segment[] {
  const sent: [number, number] = [0, 0];
  const extra: [number, number] = [0, 0];
  const segments: Segment[] = [];
  const add = (side: Side, flags: number, payload: Uint8Array = NONE): void => {
    const peer = side === 0 ? 1 : 0;
    segments.push({
      side,
      ports,
      seq: (isn[side] + extra[side] + sent[side]) >>> 0,
      ack: (flags & ACK) === 0 ? 0 : (isn[peer] + extra[peer] + sent[peer]) >>> 0,
      flags,
      at: sent[side],
      payload,
      ns: startNs + BigInt(segments.length) * STEP_NS,
    });
    sent[side] += payload.length;
    if ((flags & (SYN | FIN)) !== 0) extra[side] += 1;
  };
  add(0, SYN);
  add(1, SYN | ACK);
  add(0, ACK);
  for (const { side, bytes } of written(dice, turns)) {
    for (let at = 0; at < bytes.length;) {
      const size = dice.chance(0.8) ? mss : dice.from(1, mss);
      add(side, ACK, bytes.subarray(at, at + size));
      at += size;
    }
    if (dice.chance(0.6)) add(side === 0 ? 1 : 0, ACK);
  }
  add(1, FIN | ACK);
  add(0, FIN | ACK);
  add(1, ACK);
  if (sent[0] !== streams[0].length || sent[1] !== streams[1].length)
    throw new Error("not all sent");
  return segments;
}

/** What is written at once may be more than a frame. The handshake is waited for. */
function written(dice: Dice, turns: Conversation["turns"]): { side: Side; bytes: Uint8Array }[] {
  const writes: { side: Side; bytes: Uint8Array }[] = [];
  for (const [i, { side, bytes }] of turns.entries()) {
    const last = writes.at(-1);
    if (i > 1 && last?.side === side && dice.chance(0.3)) last.bytes = concat([last.bytes, bytes]);
    else writes.push({ side, bytes });
  }
  return writes;
}
