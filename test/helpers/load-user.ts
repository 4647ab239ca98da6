import { expect } from "vitest";
import { Agenda } from "../../src/bench/agenda.ts";
import { toHistogram } from "../../src/bench/histogram.ts";
import { Load } from "../../src/bench/load.ts";
import type { LoadModel } from "../../src/bench/result.ts";
import type { LoadConnection, User, UserContext } from "../../src/bench/user.ts";
import type { Frame } from "../../src/protocol/frame.ts";
import { FrameParser } from "../../src/protocol/parser.ts";
import type { LeanClose } from "../../src/transport/lean-connection.ts";

export const PEER_GONE: LeanClose = { code: 1006, reason: "", initiator: "peer", clean: false };

/** A connection whose network is the test. */
export class FakeConnection implements LoadConnection {
  state: LoadConnection["state"] = "OPEN";
  congested = false;
  bufferedAmount = 0;
  /** Each write. */
  readonly writes: Buffer[] = [];
  /** Writes that are taken before the peer is congested. */
  room = Number.POSITIVE_INFINITY;
  readonly #parser = new FrameParser({ sender: "client", deflate: true });

  send(frames: Buffer): boolean {
    if (this.state !== "OPEN") return false;
    this.writes.push(frames);
    this.room -= 1;
    this.congested = this.room <= 0;
    return true;
  }

  close(): void {
    if (this.state === "OPEN") this.state = "CLOSING";
  }

  destroy(): void {
    this.close();
  }

  /** The frames that were sent since this was asked last. */
  takeFrames(): Frame[] {
    return this.writes.splice(0).flatMap((bytes) => this.#parser.push(bytes));
  }

  /** The same as texts. */
  takeTexts(): string[] {
    return this.takeFrames().map(({ payload }) => Buffer.from(payload).toString());
  }

  /** The peer takes `room` writes more. */
  relieve(user: User, room = Number.POSITIVE_INFINITY): void {
    Object.assign(this, { congested: false, room });
    if (this.state === "OPEN") user.drained();
  }

  /** It has ended. */
  end(user: User, close: LeanClose = PEER_GONE): void {
    Object.assign(this, { state: "CLOSED", congested: false });
    user.closed(close);
  }
}

/** What the users of a worker share, with a clock that a test moves. */
export class FakeWorker {
  now = 1;
  readonly closes: (readonly [user: User, close: LeanClose, cause?: string])[] = [];
  drains = 0;
  /** What the run does when it has drained. */
  onDrained: () => void = () => undefined;
  readonly load: Load;
  readonly agenda = new Agenda<User>();
  readonly context: UserContext;

  constructor(model: LoadModel) {
    this.load = new Load(model.model, { onDrained: () => this.#drained() }, () => this.now);
    this.context = {
      load: this.load,
      model,
      agenda: this.agenda,
      onClosed: (user, close, cause) => {
        this.closes.push(cause === undefined ? [user, close] : [user, close, cause]);
      },
    };
  }

  /** Pauses that are over end. */
  pump(): void {
    // One that never ends would never return.
    for (let turns = 0; this.agenda.next <= this.now; turns++) {
      if (turns > 10_000) throw new Error("what is due never ends");
      const dueAt = this.agenda.next;
      const user = this.agenda.take();
      user?.plan(dueAt);
      user?.flush(this.now);
    }
  }

  #drained(): void {
    this.drains += 1;
    this.onDrained();
  }

  /** How many values there are in a histogram. */
  recorded(name: "latency" | "service" | "slip" | "gap"): number {
    return this.load.recordings.of(name).total;
  }

  /** The lowest and the highest value, in whole ms. */
  rangeMs(name: "latency" | "service" | "slip" | "gap"): number[] {
    const histogram = toHistogram(this.load.recordings.of(name).sparse());
    return [histogram.minNonZeroValue, histogram.maxValue].map((ns) => Math.round(ns / 1e6));
  }
}

/** Checks the sums that hold at any moment; gives what is planned and neither sent nor given up. */
export function expectBooks(
  { load }: FakeWorker,
  users: readonly User[],
): { readonly held: number } {
  const { planned, sent, unsent, answered, wrong, lost } = load.ledger;
  const inFlight = users.reduce((sum, user) => sum + user.inFlight, 0);
  expect({ sent }).toEqual({ sent: answered + wrong + lost + inFlight });
  const held = planned - sent - unsent;
  expect(held).toBeGreaterThanOrEqual(0);
  return { held };
}
