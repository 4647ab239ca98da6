import { beforeEach, describe, expect, it } from "vitest";
import { FrameBatch } from "../../src/bench/frame-batch.ts";
import { Load } from "../../src/bench/load.ts";
import { type LoadConnection, VirtualUser } from "../../src/bench/virtual-user.ts";
import type { LeanClose } from "../../src/transport/lean-connection.ts";

const FRAME = 26;

class FakeConnection implements LoadConnection {
  state: LoadConnection["state"] = "OPEN";
  congested = false;
  /** Frames of each write. */
  readonly writes: number[] = [];
  /** Writes that a congested peer still takes. */
  room = Number.POSITIVE_INFINITY;

  send(frames: Buffer): boolean {
    if (this.state !== "OPEN") return false;
    this.writes.push(frames.length / FRAME);
    this.room -= 1;
    this.congested = this.room <= 0;
    return true;
  }

  close(): void {
    this.state = "CLOSING";
  }
}

let now: number;
let closes: LeanClose[];
let load: Load;
let connection: FakeConnection;
let user: VirtualUser;
beforeEach(() => {
  now = 0;
  closes = [];
  const batch = new FrameBatch({ kind: "text", length: 20 }, 4, 1);
  const listener = {
    onClosed: (close: LeanClose) => void closes.push(close),
    onDrained: () => undefined,
  };
  load = new Load(batch, listener, () => now);
  connection = new FakeConnection();
  user = new VirtualUser(load);
  user.join(connection);
  load.openWindow();
});

describe("a virtual user", () => {
  it("puts its messages in flight, and for each reply the next one, in one write", () => {
    user.start(4);
    now = 2;
    user.received(3, 66);
    expect(connection.writes).toEqual([4, 3]);
    expect(load.ledger).toEqual({ sent: 7, answered: 3, lost: 0, unexpected: 0 });
    expect([load.bytesIn, load.messagesIn, user.inFlight]).toEqual([66, 3, 4]);
  });

  it("needs several writes for more than one batch", () => {
    user.start(10);
    expect(connection.writes).toEqual([4, 4, 2]);
  });

  it("matches replies with the oldest message, through all that was sent at other times", () => {
    user.start(2);
    now = 1;
    user.received(1, 22);
    now = 3;
    user.received(2, 44);
    const histogram = load.latencies.toHistogram();
    const median = histogram.getValueAtPercentile(50) / 1e6;
    expect([histogram.minNonZeroValue / 1e6, median, histogram.maxValue / 1e6]).toEqual([
      expect.closeTo(1, 2),
      expect.closeTo(2, 2),
      expect.closeTo(3, 2),
    ]);
  });

  it("counts replies that it sent nothing for, and sends nothing for them", () => {
    user.received(1, 22);
    user.start(1);
    user.received(3, 66);
    expect(load.ledger).toMatchObject({ sent: 2, answered: 1, unexpected: 3 });
    expect(connection.writes).toEqual([1, 1]);
  });

  it("holds back while the peer does not take what is sent, and then sends all that is due", () => {
    connection.room = 1;
    user.start(6);
    expect(connection.writes).toEqual([4]);
    user.received(1, 22);
    expect(connection.writes).toEqual([4]);
    Object.assign(connection, { congested: false, room: 9 });
    user.drained();
    user.drained();
    expect(connection.writes).toEqual([4, 3]);
    expect(user.inFlight).toBe(6);
  });

  it("sends nothing once the load has stopped", () => {
    user.start(2);
    load.stop();
    user.received(2, 44);
    expect(connection.writes).toEqual([2]);
    expect(user.inFlight).toBe(0);
  });

  it("loses what is in flight when its connection ends", () => {
    user.start(2);
    now = 1;
    user.received(1, 22);
    connection.state = "CLOSED";
    const close = { code: 1006, reason: "", initiator: "peer", clean: false } as const;
    user.closed(close);
    expect(load.ledger).toEqual({ sent: 3, answered: 1, lost: 2, unexpected: 0 });
    expect([user.inFlight, closes]).toEqual([0, [close]]);
  });

  it("takes no message off the budget for a connection that is not open", () => {
    load.openWindow(5);
    connection.state = "CLOSED";
    user.start(3);
    expect(load.draw(9)).toBe(5);
  });

  it("has nothing in flight before it starts", () => {
    user.closed({ code: 1000, reason: "", initiator: "peer", clean: true });
    expect([user.inFlight, user.connection, load.ledger.lost]).toEqual([0, connection, 0]);
  });
});
