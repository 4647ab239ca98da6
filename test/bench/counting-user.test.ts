import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { CountingUser } from "../../src/bench/counting-user.ts";
import { FrameBatch } from "../../src/bench/frame-batch.ts";
import type { LoadModel } from "../../src/bench/result.ts";
import { anySteps, play } from "../helpers/load-steps.ts";
import { expectBooks, FakeConnection, FakeWorker, PEER_GONE } from "../helpers/load-user.ts";

const FRAME = 26;
const batch = { plain: new FrameBatch(new Uint8Array(FRAME), 4), compressed: undefined };

let worker: FakeWorker;
let connection: FakeConnection;
let user: CountingUser;

/** A user whose window is open from the beginning. */
function begin(model: LoadModel): void {
  worker = new FakeWorker(model);
  connection = new FakeConnection();
  user = new CountingUser(worker.context, batch);
  user.join(connection);
  worker.load.openWindow();
}

const closed = (inFlight: number, thinkMs = 0): LoadModel => ({
  model: "closed",
  inFlight,
  thinkMs,
});
const OPEN: LoadModel = { model: "open", ratePerSecond: 1, per: "total", arrival: "constant" };

/** Frames of each write. */
const writes = () => connection.writes.map(({ length }) => length / FRAME);

// First, because code that has seen more cases is optimized less.
it("allocates nothing for a round trip", () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  begin(closed(4));
  // A write is the network's.
  connection.send = () => true;
  user.start();
  const turn = (times: number): void => {
    for (let i = 0; i < times; i++) {
      worker.now += 1;
      user.received(4, 88);
    }
  };
  turn(100_000);
  collect();
  const before = process.memoryUsage().heapUsed;
  turn(100_000);
  const perRound = (process.memoryUsage().heapUsed - before) / 100_000;
  // Mostly a tenth of a byte; some boxed numbers, where the compiler does not optimize all of it.
  expect(perRound).toBeLessThan(48);
});

describe("in the closed model", () => {
  beforeEach(() => begin(closed(4)));

  it("puts its messages in flight, and for each reply the next one, in one write", () => {
    user.start();
    worker.now = 3;
    user.received(3, 66);
    expect(writes()).toEqual([4, 3]);
    expect(worker.load.ledger).toMatchObject({ planned: 7, sent: 7, answered: 3, unexpected: 0 });
    expect(worker.load.traffic).toEqual({
      messagesOut: 7,
      messagesIn: 3,
      bytesOut: 7 * FRAME,
      bytesIn: 66,
    });
    expect(user.inFlight).toBe(4);
  });

  it("matches replies with the oldest message, through all that was sent at other times", () => {
    user.start();
    worker.now = 2;
    user.received(1, 22);
    worker.now = 11;
    user.received(4, 88);
    expect(worker.rangeMs("latency")).toEqual([1, 10]);
    worker.now = 12;
    user.received(4, 88);
    expect([worker.recorded("latency"), worker.rangeMs("latency")]).toEqual([9, [1, 10]]);
  });

  it("counts replies that it sent nothing for, and sends nothing for them", () => {
    user.received(1, 22);
    user.start();
    user.received(6, 132);
    expect(worker.load.ledger).toMatchObject({ sent: 8, answered: 4, unexpected: 3 });
    expect(writes()).toEqual([4, 4]);
  });

  it("holds back while the peer does not take what is sent, and then sends all that is due", () => {
    connection.room = 1;
    user.start();
    worker.now = 2;
    user.received(1, 22);
    worker.now = 3;
    user.received(2, 44);
    expect([writes(), expectBooks(worker, [user])]).toEqual([[4], { held: 3 }]);
    worker.now = 5;
    connection.relieve(user, 9);
    connection.relieve(user, 9);
    expect([writes(), user.inFlight]).toEqual([[4, 3], 4]);
    worker.now = 6;
    user.received(4, 88);
    // From when they were due: the first at 1, of those that were held one at 2 and two at 3.
    expect(worker.rangeMs("latency")).toEqual([1, 5]);
  });

  it("sends nothing once the load has stopped", () => {
    user.start();
    worker.load.stop();
    user.received(4, 88);
    expect([writes(), user.inFlight, worker.drains]).toEqual([[4], 0, 1]);
  });

  it("sends nothing on a socket that is to close, and counts what is still answered", () => {
    user.start();
    connection.close();
    user.received(1, 22);
    expect(worker.load.ledger).toMatchObject({ planned: 4, answered: 1 });
    connection.end(user);
    expect(worker.load.ledger).toMatchObject({ sent: 4, lost: 3, unsent: 0 });
  });

  it("takes no message off the budget for a socket that is to close", () => {
    worker.load.openWindow(5);
    connection.close();
    user.start();
    expect(worker.load.plan(worker.now, 9)).toBe(5);
  });

  it("loses what is in flight when its connection ends, and gives up what is held", () => {
    connection.room = 1;
    user.start();
    user.received(1, 22);
    connection.end(user);
    expect(worker.load.ledger).toMatchObject({
      planned: 5,
      sent: 4,
      answered: 1,
      lost: 3,
      unsent: 1,
    });
    expect([user.inFlight, worker.closes]).toEqual([0, [[user, PEER_GONE]]]);
  });
});

it("needs several writes for more than one batch", () => {
  begin(closed(10));
  user.start();
  expect(writes()).toEqual([4, 4, 2]);
});

it("pauses after each reply, and counts from the end of the pause", () => {
  begin(closed(2, 10));
  user.start();
  worker.now = 4;
  user.received(2, 44);
  expect([writes(), worker.agenda.next]).toEqual([[2], 14]);
  worker.now = 16;
  worker.pump();
  worker.now = 17;
  user.received(2, 44);
  expect([writes(), worker.rangeMs("latency")]).toEqual([
    [2, 1, 1],
    [3, 3],
  ]);
});

it("plans nothing after a pause where the socket is gone", () => {
  begin(closed(1, 10));
  user.start();
  user.received(1, 22);
  connection.end(user);
  worker.now = 50;
  worker.pump();
  expect(worker.load.ledger).toMatchObject({ planned: 1, unsent: 0 });
});

describe("in the open model", () => {
  beforeEach(() => begin(OPEN));

  it("sends what is due together, and counts from when each was due", () => {
    user.start();
    worker.now = 9;
    for (const dueAt of [2, 4, 6]) user.plan(dueAt);
    expect(writes()).toEqual([]);
    user.flush(9);
    expect(writes()).toEqual([3]);
    worker.now = 10;
    user.received(3, 66);
    expect(worker.rangeMs("latency")).toEqual([4, 8]);
    expect(worker.rangeMs("slip")).toEqual([3, 7]);
    expect(worker.rangeMs("service")).toEqual([1, 1]);
    expect(writes()).toEqual([3]);
  });

  it("takes as service times those of a client that would wait for each reply", () => {
    begin(OPEN);
    const send = (at: number): void => {
      worker.now = at;
      user.plan(at);
      user.flush(at);
    };
    const reply = (at: number, count: number): void => {
      worker.now = at;
      user.received(count, 22 * count);
    };
    // While the first one waits for 20 ms, three others are sent that such a client would not send.
    for (const at of [10, 15, 20, 25]) send(at);
    reply(30, 2);
    reply(31, 2);
    send(40);
    reply(42, 1);
    expect([worker.recorded("latency"), worker.recorded("service")]).toEqual([5, 2]);
    expect(worker.rangeMs("service")).toEqual([2, 20]);
  });

  it("gives up at once what is due on a socket that is not open", () => {
    connection.close();
    user.plan(worker.now);
    expect(worker.load.ledger).toMatchObject({ planned: 1, unsent: 1 });
    connection.end(user);
    user.plan(worker.now);
    expect(worker.load.ledger).toMatchObject({ planned: 2, unsent: 2 });
  });
});

it("counts nothing that was planned before the window, whenever it is answered", () => {
  worker = new FakeWorker(closed(2));
  connection = new FakeConnection();
  user = new CountingUser(worker.context, batch);
  user.join(connection);
  user.start();
  worker.now = 5;
  worker.load.openWindow();
  expect(user.inFlight).toBe(0);
  worker.now = 6;
  user.received(1, 22);
  expect(worker.load.ledger).toMatchObject({ planned: 1, sent: 1, answered: 0 });
  expect([user.inFlight, worker.recorded("latency")]).toEqual([1, 0]);
});

const anyModel = fc.oneof(
  fc.record({
    model: fc.constant("closed" as const),
    inFlight: fc.integer({ min: 1, max: 9 }),
    thinkMs: fc.constantFrom(0, 3),
  }),
  fc.constant(OPEN),
);

it("keeps its books whatever happens in whatever order", () => {
  fc.assert(
    fc.property(anyModel, anySteps, (model, steps) => {
      begin(model);
      worker = new FakeWorker(model);
      user = new CountingUser(worker.context, batch);
      user.join(connection);
      user.start();
      const reply = (_: number, count: number): void => {
        worker.now += 1;
        user.received(count, count * 22);
      };
      play(steps, { worker, user, connection, reply });
      const { messagesOut, messagesIn, bytesOut, bytesIn } = worker.load;
      const { length } = Buffer.concat(connection.writes);
      expect([bytesOut, bytesIn]).toEqual([length, messagesIn * 22]);
      expect(messagesOut * FRAME).toBe(length);
      expect(worker.recorded("latency")).toBe(worker.load.ledger.answered);
    }),
    { numRuns: 300 },
  );
});

it("compresses where its server takes that", () => {
  const compressed = new FrameBatch(new Uint8Array(9), 4);
  const sent = [true, false, undefined].map((deflate) => {
    begin(closed(2));
    user = new CountingUser(worker.context, { ...batch, compressed });
    user.join(Object.assign(connection, deflate === undefined ? {} : { deflate }));
    user.start();
    return connection.writes.map(({ length }) => length);
  });
  expect(sent).toEqual([[18], [2 * FRAME], [2 * FRAME]]);
});
