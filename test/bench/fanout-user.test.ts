import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { FanoutUser } from "../../src/bench/fanout-user.ts";
import { encodeMessage, type Encoding } from "../../src/bench/outgoing-frame.ts";
import { encodeStamp, type Stamp } from "../../src/bench/stamp.ts";
import { Stream } from "../../src/bench/stream.ts";
import { utf8 } from "../helpers/bytes.ts";
import { parseOne } from "../helpers/frames.ts";
import { anySteps, play } from "../helpers/load-steps.ts";
import { expectBooks, FakeConnection, FakeWorker } from "../helpers/load-user.ts";

const OFFSET = 1_000_000;
let worker: FakeWorker;
let stream: Stream;
let own: Stream;
let connections: FakeConnection[];
let users: FanoutUser[];
beforeEach(() => begin());

/** Two sockets, of which the first one publishes. */
function begin(): void {
  worker = new FakeWorker({ model: "open", ratePerSecond: 1, per: "total", arrival: "constant" });
  [stream, own] = [new Stream(), new Stream()];
  const fanout = {
    publish: (stamp: Stamp, { deflate }: Encoding) =>
      encodeMessage(1, utf8(encodeStamp(stamp)), { maskKey: 3, deflate }),
    stream,
    own,
    clockOffsetMs: OFFSET,
    greetings: (socket: number) => [
      encodeMessage(1, utf8(`subscribe ${socket}`), { maskKey: 3, deflate: false }),
    ],
  };
  connections = [new FakeConnection(), new FakeConnection()];
  users = [0, 1].map((socket) => new FanoutUser(worker.context, fanout, socket));
}

/** What the server sends on to all, or to some. */
function deliver(texts: readonly string[], to = users): void {
  for (const user of to) {
    for (const text of texts) user.message(utf8(text), 1, false);
    user.received(texts.length, texts.join("").length);
  }
}

function publish(...dueAt: number[]): string[] {
  for (const at of dueAt) users[0]!.plan(at);
  users[0]!.flush(worker.now);
  return connections[0]!.takeTexts();
}

function open(): void {
  for (const [i, user] of users.entries()) {
    user.join(connections[i]!);
    connections[i]!.takeFrames();
    user.start();
  }
  worker.load.openWindow();
}

it("subscribes first", () => {
  users[1]!.join(connections[1]!);
  expect(connections[1]!.takeTexts()).toEqual(["subscribe 1"]);
  expect([worker.load.messagesOut, worker.load.bytesOut]).toEqual([0, 6 + 11]);
});

describe("publishing", () => {
  beforeEach(open);

  it("stamps each message with its number and its moments, by the clock of the machine", () => {
    worker.now = 7;
    expect(publish(4, 4.25)).toEqual([
      "framecat!0,0,1000004000,1000007000!",
      "framecat!0,1,1000004250,1000007000!",
    ]);
    expect(worker.load.ledger).toMatchObject({ planned: 2, sent: 2, answered: 2 });
    expect([worker.load.unawaited, worker.rangeMs("slip")]).toEqual([2, [3, 3]]);
  });

  it("compresses where the server takes that", () => {
    Object.assign(connections[0]!, { deflate: true });
    users[0]!.plan(worker.now);
    users[0]!.flush(worker.now);
    expect(connections[0]!.takeFrames().map(({ header }) => header.rsv1)).toEqual([true]);
  });

  it("holds back while the server does not take it", () => {
    connections[0]!.room = 1;
    expect(publish(1, 1, 1)).toHaveLength(1);
    expect(expectBooks(worker, users)).toEqual({ held: 2 });
    connections[0]!.relieve(users[0]!);
    expect(connections[0]!.takeTexts()).toHaveLength(2);
  });

  it("gives up what is due on a socket that is not open, or was held when it ended", () => {
    connections[0]!.congested = true;
    publish(1, 1);
    connections[0]!.end(users[0]!);
    publish(1);
    expect(worker.load.ledger).toMatchObject({ planned: 3, sent: 0, unsent: 3 });
  });

  it("on a socket that never opened is given up, too", () => {
    begin();
    worker.load.openWindow();
    publish(worker.now);
    expect(worker.load.ledger).toMatchObject({ planned: 1, unsent: 1 });
  });

  it("goes on with its numbers where the socket comes back", () => {
    publish(1, 1);
    connections[0]!.end(users[0]!);
    connections[0] = new FakeConnection();
    users[0]!.join(connections[0]);
    connections[0].takeFrames();
    expect(publish(1)[0]).toMatch(/^framecat!0,2,/);
  });
});

describe("deliveries", () => {
  beforeEach(open);

  it("count on each subscriber, and on the publisher apart", () => {
    const texts = publish(1, 1);
    worker.now = 5;
    deliver(texts);
    expect([stream.counts.received, own.counts.received]).toEqual([4, 2]);
    expect([worker.recorded("latency"), worker.rangeMs("latency")]).toEqual([4, [4, 4]]);
    expect(worker.load.traffic).toMatchObject({ messagesIn: 4 });
  });

  it("that are missing, late or come twice are told apart for each subscriber", () => {
    const texts = publish(1, 1, 1, 1);
    deliver([texts[0]!, texts[3]!, texts[1]!, texts[1]!], [users[1]!]);
    expect(stream.counts).toEqual({
      expected: 4,
      received: 3,
      missing: 1,
      duplicated: 1,
      reordered: 1,
    });
    expect(worker.recorded("latency")).toBe(3);
  });

  it("of what was due before the window do not count", () => {
    begin();
    users[0]!.join(connections[0]!);
    connections[0]!.takeFrames();
    const before = publish(1);
    worker.now = 3;
    deliver(before);
    worker.load.openWindow();
    deliver(before);
    deliver(publish(3));
    expect(stream.counts).toMatchObject({ expected: 2, received: 2 });
  });

  it("may be wrapped, and other messages are none", () => {
    const [text = ""] = publish(1);
    deliver([JSON.stringify({ data: text }), "hello", '{"type":"subscribed"}'], [users[1]!]);
    expect([stream.counts.received, worker.load.messagesIn]).toEqual([1, 3]);
  });

  it("may be compressed", () => {
    const [text = ""] = publish(1);
    const frame = encodeMessage(1, utf8(text), { maskKey: 0, deflate: true });
    users[1]!.message(parseOne(frame, { deflate: true }).payload, 1, true);
    users[1]!.message(utf8("\xff\xff"), 1, true);
    expect(stream.counts.received).toBe(1);
  });
});

it("keeps its books whatever happens in whatever order", () => {
  fc.assert(
    fc.property(anySteps, (steps) => {
      begin();
      const [user, connection] = [users[0]!, connections[0]!];
      user.join(connection);
      connection.takeFrames();
      const published: string[] = [];
      const reply = (from: number, count: number): void => {
        published.push(...connection.takeTexts());
        deliver(published.slice(from, from + count), [user]);
      };
      play(steps, { worker, user, connection, reply });
      published.push(...connection.takeTexts());
      expect(worker.load.messagesOut).toBe(published.length);
      expect(worker.recorded("latency")).toBe(stream.counts.received);
    }),
    { numRuns: 200 },
  );
});
