import { expect, it, onTestFinished, vi } from "vitest";
import { stall } from "../../src/transport/stall.ts";
import { socketPair } from "../helpers/transport.ts";

it("lasts as long as it is to, and gives what came meanwhile", async () => {
  const { here, there } = await socketPair();
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const early = stall(here, 5000);
  there.send("early");
  await new Promise((read) => here.once("data", read));
  vi.advanceTimersByTime(5000);
  expect(Buffer.from(await early).toString()).toBe("early");
  expect([here.isPaused(), here.destroyed, vi.getTimerCount()]).toEqual([true, false, 0]);
  there.send("late");
  here.resume();
  expect(await new Promise((read) => here.once("data", read))).toEqual(Buffer.from("late"));
});

it("without an end ends when the client goes", async () => {
  const { here, there } = await socketPair();
  const early = stall(here, Infinity);
  there.socket.end();
  await early;
  expect(here.destroyed).toBe(true);
});

it("ends with a client that says too much", async () => {
  const { here, there } = await socketPair();
  const early = stall(here, Infinity);
  there.send(Buffer.alloc(70_000));
  expect((await early).length).toBeGreaterThan(65_536);
  expect(here.destroyed).toBe(true);
});
