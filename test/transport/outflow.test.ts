import { expect, it } from "vitest";
import { Outflow } from "../../src/transport/outflow.ts";

const outflow = () => {
  const empty: number[] = [];
  const left: [number, string][] = [];
  const flow: Outflow = new Outflow({
    onEmpty: () => empty.push(flow.bytes),
    onLeft: (length, part) => left.push([length, part]),
  });
  return { flow, empty, left };
};

/** Whether the promise has been fulfilled by now. */
async function isFulfilled(promise: Promise<void>): Promise<boolean> {
  return Promise.race([
    promise.then(() => true),
    new Promise<false>((r) => setImmediate(r, false)),
  ]);
}

it("counts bytes until they left", () => {
  const { flow, empty } = outflow();
  const [first, second] = [flow.count(10), flow.count(5)];
  expect([flow.bytes, flow.isEmpty, flow.congested]).toEqual([15, false, false]);
  first();
  expect([flow.bytes, flow.isEmpty, empty]).toEqual([5, false, []]);
  second();
  expect([flow.bytes, flow.isEmpty, empty]).toEqual([0, true, [0]]);
});

it("is not empty with a send of no bytes under way", () => {
  const { flow, empty } = outflow();
  const sent = flow.count(0);
  expect([flow.bytes, flow.isEmpty]).toEqual([0, false]);
  expect(flow.backlog).toBe(256);
  sent();
  expect([flow.isEmpty, empty]).toEqual([true, [0]]);
});

it("has room at once while little is queued", async () => {
  const { flow } = outflow();
  flow.count(100_000);
  expect(await isFulfilled(flow.room())).toBe(true);
});

it("makes all wait while much is queued, until it is little again", async () => {
  const { flow } = outflow();
  const sent = [flow.count(200_000), flow.count(200_000)];
  const waiting = [flow.room(), flow.room()];
  expect(flow.congested).toBe(true);
  expect(await isFulfilled(Promise.all(waiting).then(() => undefined))).toBe(false);
  sent[0]!();
  await Promise.all(waiting);
  expect(flow.congested).toBe(false);
});

it("is congested by many sends of nothing, since each takes memory", () => {
  const { flow } = outflow();
  let sends = 0;
  for (; !flow.congested; sends++) flow.count(0);
  expect([flow.bytes, sends]).toEqual([0, 1024]);
});

it("tells what has left of messages, and of nothing else", () => {
  const { flow, left } = outflow();
  const lost = flow.count(1, undefined, "last");
  const sends = [flow.count(3, undefined, "fragment"), flow.count(4, undefined, "last")];
  for (const settle of [flow.count(2), ...sends]) settle();
  lost(new Error("lost"));
  expect(left).toEqual([
    [3, "fragment"],
    [4, "last"],
  ]);
});

it("lets go of who waits", async () => {
  const { flow } = outflow();
  flow.count(1_000_000);
  const waiting = flow.room();
  flow.release();
  await waiting;
  expect(await isFulfilled(flow.room())).toBe(false);
});

it("tells each sender once whether its bytes left, in the order of sending", () => {
  const { flow, empty } = outflow();
  const told: [string, boolean][] = [];
  const [first] = ["a", "b", "c"].map((name) => flow.count(1, (ok) => told.push([name, ok])));
  first!();
  first!(new Error("too late"));
  expect([told, flow.settled, empty]).toEqual([[["a", true]], 1, []]);
  flow.abandon(new Error("the connection has died"));
  expect(told).toEqual([
    ["a", true],
    ["b", false],
    ["c", false],
  ]);
  expect([flow.bytes, flow.isEmpty, flow.settled, empty]).toEqual([0, true, 3, [0]]);
});
