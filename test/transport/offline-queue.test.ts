import { expect, it } from "vitest";
import { OfflineQueue } from "../../src/transport/offline-queue.ts";
import { filler } from "../helpers/bytes.ts";

const item = (name: string, length = 1) => ({ name, bytes: filler(length) });

function queueOf(...names: string[]) {
  const queue = new OfflineQueue<ReturnType<typeof item>>({ messages: 3, bytes: 100 });
  for (const name of names) queue.push(item(name));
  return queue;
}

/** Whether the promise has been fulfilled by now. */
function isFulfilled(promise: Promise<void>): Promise<boolean> {
  const later = new Promise<false>((resolve) => setImmediate(resolve, false));
  return Promise.race([promise.then(() => true), later]);
}

it("keeps the order, and what is put back comes first", () => {
  const queue = queueOf("c", "d");
  queue.unshift([item("a"), item("b")]);
  expect(queue.items.map(({ name }) => name).join("")).toBe("abcd");
  const taken = [queue.shift(), queue.shift(), queue.shift(), queue.shift(), queue.shift()];
  expect(taken.map((one) => one?.name)).toEqual(["a", "b", "c", "d", undefined]);
  expect([queue.length, queue.bytes]).toEqual([0, 0]);
});

it.each([
  ["messages", [1, 1, 1]],
  ["bytes", [60, 40]],
])("is full by %s, and then has no room until something is taken", async (_, lengths) => {
  const queue = queueOf();
  for (const length of lengths) {
    expect([queue.full, await isFulfilled(queue.room())]).toEqual([false, true]);
    queue.push(item("x", length));
  }
  const waiting = [queue.room(), queue.room()];
  expect([queue.full, await isFulfilled(waiting[0]!)]).toEqual([true, false]);
  queue.shift();
  await Promise.all(waiting);
});

it("makes all wait until what was pushed beyond the limit has gone", async () => {
  const queue = queueOf("a", "b", "c", "d");
  const room = queue.room();
  queue.shift();
  expect(await isFulfilled(room)).toBe(false);
  queue.shift();
  await room;
});

it("drops what is not wanted any more, and tells how many", async () => {
  const queue = queueOf("a", "b", "a");
  const room = queue.room();
  expect(queue.retain(({ name }) => name === "b")).toBe(2);
  await room;
  expect([queue.length, queue.bytes]).toEqual([1, 1]);
});

it("lets go of who waits when it is over", async () => {
  const queue = queueOf("a", "b", "c");
  const room = queue.room();
  queue.release();
  await room;
  expect(queue.length).toBe(3);
});
