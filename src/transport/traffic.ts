/** What has passed in one direction. */
export interface Tally {
  /** Whole messages: a sent one counts once all of it has left. */
  readonly messages: number;
  /** Bytes of their payloads, not deflated; a fragment that is sent counts once it has left. */
  readonly payloadBytes: number;
  /** Bytes of all frames, headers included, as they were on the wire. */
  readonly wireBytes: number;
}

export interface Traffic {
  readonly in: Tally;
  readonly out: Tally;
}

const NOTHING: Tally = { messages: 0, payloadBytes: 0, wireBytes: 0 };
export const NO_TRAFFIC: Traffic = { in: NOTHING, out: NOTHING };

/** What passed on two connections together. */
export function addTraffic(one: Traffic, other: Traffic): Traffic {
  return { in: addTally(one.in, other.in), out: addTally(one.out, other.out) };
}

function addTally(one: Tally, other: Tally): Tally {
  return {
    messages: one.messages + other.messages,
    payloadBytes: one.payloadBytes + other.payloadBytes,
    wireBytes: one.wireBytes + other.wireBytes,
  };
}
