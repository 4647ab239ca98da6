import { expect, it, onTestFinished, vi } from "vitest";
import type { Clock } from "../../../src/clock.ts";
import { push, type PushOptions } from "../../../src/server/modes/push.ts";
import { startListener } from "../../helpers/listener.ts";
import { dialTo, type EventLog } from "../../helpers/transport.ts";

const END = { seq: -1, end: true };

/** A server whose time goes by only when it is told to. */
async function start(options: Partial<PushOptions> = {}) {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  let ms = 0;
  const clock: Clock = {
    now: () => ({ epochUs: 1_700_000_000_000_000 + ms * 1000, ns: BigInt(ms) * 1_000_000n }),
  };
  const mode = push({ intervalMs: 100, messages: Infinity, binary: false, ...options });
  const started = await startListener(mode, { serve: { clock } });
  const pass = async (by: number) => {
    ms += by;
    await vi.advanceTimersByTimeAsync(by);
  };
  /** The process stands still: time goes by, and no timer is called. */
  const stand = (by: number) => (ms += by);
  return { ...started, pass, stand };
}

const numbers = (log: EventLog) =>
  log.texts("in").map((text) => (JSON.parse(text) as { seq: number }).seq);

it("numbers the messages of each client from 1 on, one each interval", async () => {
  const { url, pass } = await start();
  const first = await dialTo(url);
  await first.log.count("message", 1, "in");
  await pass(100);
  await first.log.count("message", 2, "in");
  await pass(50);
  const second = await dialTo(url);
  await pass(50);
  await second.log.count("message", 1, "in");
  await pass(100);
  await second.log.count("message", 2, "in");
  await first.log.count("message", 4, "in");
  expect([numbers(first.log), numbers(second.log)]).toEqual([
    [1, 2, 3, 4],
    [1, 2],
  ]);
  expect(JSON.parse(first.log.texts("in")[1]!)).toEqual({ seq: 2, time: 1_700_000_000_100 });
});

it("marks the end behind the last, and leaves the connection open", async () => {
  const { listener, url, pass } = await start({ messages: 2 });
  const { connection, log } = await dialTo(url);
  await log.count("message", 1, "in");
  await pass(100);
  await log.count("message", 3, "in");
  await pass(1000);
  expect(log.texts("in").map((text) => JSON.parse(text) as object)).toEqual([
    { seq: 1, time: 1_700_000_000_000 },
    { seq: 2, time: 1_700_000_000_100 },
    END,
  ]);
  expect([connection.state, vi.getTimerCount()]).toEqual(["OPEN", 0]);
  await listener.stop();
  expect(log.texts("in")).toHaveLength(3);
});

it("marks the end before the Close frame when the server stops", async () => {
  const { listener, url } = await start();
  const { connection, log } = await dialTo(url);
  await log.count("message", 1, "in");
  const stopped = listener.stop();
  expect(await connection.closed).toMatchObject({ code: 1001 });
  await stopped;
  expect(numbers(log)).toEqual([1, -1]);
});

it.each([64, 65, 1000, 70_000])("fills up to %d bytes", async (size) => {
  const { url } = await start({ size, binary: size === 65 });
  const { log } = await dialTo(url);
  const [message] = await log.count("message", 1, "in");
  expect([message?.data.length, message?.kind]).toEqual([size, size === 65 ? "binary" : "text"]);
  expect(JSON.parse(Buffer.from(message!.data).toString())).toMatchObject({ seq: 1 });
});

it("does not catch up with what it was too late for", async () => {
  const { url, pass, stand } = await start();
  const { log } = await dialTo(url);
  await log.count("message", 1, "in");
  stand(60_000);
  await pass(100);
  await log.count("message", 2, "in");
  await pass(99);
  expect(numbers(log)).toEqual([1, 2]);
  await pass(1);
  await log.count("message", 3, "in");
});

it("catches up with what is due when a timer comes late", async () => {
  const { url, pass, stand } = await start({ intervalMs: 10 });
  const { log } = await dialTo(url);
  await log.count("message", 1, "in");
  stand(32);
  await pass(10);
  await log.count("message", 5, "in");
  await pass(7);
  expect(numbers(log)).toEqual([1, 2, 3, 4, 5]);
  await pass(1);
  await log.count("message", 6, "in");
});

it("keeps nothing of clients that are gone", async () => {
  const { listener, url, pass } = await start();
  const { connection, log } = await dialTo(url);
  await log.count("message", 1, "in");
  expect(vi.getTimerCount()).toBeGreaterThan(0);
  await connection.close();
  while (listener.clients.size > 0) await new Promise(setImmediate);
  await pass(0);
  expect(vi.getTimerCount()).toBe(0);
});
