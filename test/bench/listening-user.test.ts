import { beforeEach, describe, expect, it } from "vitest";
import { ListeningUser } from "../../src/bench/listening-user.ts";
import { encodeMessage } from "../../src/bench/outgoing-frame.ts";
import { Stream } from "../../src/bench/stream.ts";
import { leadingNumber } from "../../src/scenario/matcher.ts";
import { utf8 } from "../helpers/bytes.ts";
import { parseOne } from "../helpers/frames.ts";
import { FakeConnection, FakeWorker, PEER_GONE } from "../helpers/load-user.ts";

let worker: FakeWorker;
let stream: Stream;
let users: ListeningUser[];
beforeEach(() => {
  worker = new FakeWorker({ model: "closed", inFlight: 1, thinkMs: 0 });
  stream = new Stream();
  const listening = {
    stream,
    gaps: worker.load.recordings.of("gap"),
    numberOf: (payload: Uint8Array) => (payload[0] === 0x2d ? -1 : leadingNumber(payload)),
    greetings: (socket: number) => [Buffer.from(`hello ${socket}`)],
  };
  users = [0, 1].map((socket) => new ListeningUser(worker.context, listening, socket));
});

/** A message that comes so many ms after the one before. */
function push(text: string, ms = 1, user = users[0]!): void {
  worker.now += ms;
  user.message(utf8(text), 1, false);
  user.received(1, text.length + 2);
}

it("greets, and sends nothing else", () => {
  const connection = new FakeConnection();
  users[1]!.join(connection);
  users[1]!.start();
  users[1]!.plan();
  users[1]!.flush();
  users[1]!.drained();
  expect(connection.writes.map(String)).toEqual(["hello 1"]);
  expect([worker.load.bytesOut, users[1]!.inFlight]).toEqual([7, 0]);
});

describe("what is pushed", () => {
  it("counts from the opening of the window until the end of it", () => {
    push("0");
    worker.load.openWindow();
    push("1");
    push("2");
    worker.load.stop();
    push("3");
    expect(stream.counts).toMatchObject({ expected: 2, received: 2 });
    expect(worker.load.traffic).toMatchObject({ messagesIn: 4, bytesIn: 12 });
  });

  it("is followed on each socket by itself", () => {
    worker.load.openWindow();
    for (const text of ["5", "7", "6", "7", "9"]) push(text);
    for (const text of ["0", "1"]) push(text, 1, users[1]);
    expect(stream.counts).toEqual({
      expected: 7,
      received: 6,
      missing: 1,
      duplicated: 1,
      reordered: 1,
    });
  });

  it("counts without a number, too, and the mark of an end does not", () => {
    worker.load.openWindow();
    for (const text of ["hello", "3", "-"]) push(text);
    expect(stream.counts).toMatchObject({ expected: 2, received: 2 });
  });

  it("is inflated where it came compressed, and counts where it cannot be", () => {
    worker.load.openWindow();
    const compress = (text: string) =>
      parseOne(encodeMessage(1, utf8(text), { maskKey: 0, deflate: true }), { deflate: true });
    for (const text of ["4", "6"]) users[0]!.message(compress(text).payload, 1, true);
    users[0]!.message(utf8("\xff\xff"), 1, true);
    expect(stream.counts).toMatchObject({ received: 3, missing: 1 });
  });
});

it("records the gaps between messages of one socket that both lie in the window", () => {
  push("0");
  worker.now += 1;
  worker.load.openWindow();
  push("1", 50);
  push("2", 7);
  push("0", 100, users[1]);
  push("3", 20);
  expect([worker.recorded("gap"), worker.rangeMs("gap")]).toEqual([2, [7, 120]]);
});

it("tells when its socket has ended", () => {
  users[0]!.closed(PEER_GONE);
  expect(worker.closes).toEqual([[users[0], PEER_GONE]]);
});
