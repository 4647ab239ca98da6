import { expect, it } from "vitest";
import { createScreen } from "../../src/commands/screen.ts";
import { createSink } from "../../src/commands/sink.ts";
import { memoryIo } from "../helpers/memory-io.ts";

it("writes plainly, but for what is shown by something else meanwhile", async () => {
  const io = memoryIo();
  const screen = createScreen(createSink(io.stdout));
  const shown: string[] = [];
  screen.write("before\n");
  screen.showBy((lines) => shown.push(...lines));
  screen.write("one\ntwo\n");
  screen.write(Buffer.from("three"));
  screen.write("\n");
  screen.showBy(undefined);
  screen.write("after\n");
  await screen.flushed();
  expect(io.out()).toBe("before\nafter\n");
  expect(shown).toEqual(["one\ntwo", "three", ""]);
});

it("is as slow, and as broken, as what is below it", async () => {
  const io = memoryIo();
  const screen = createScreen(createSink(io.stdout));
  screen.showBy(() => undefined);
  expect([screen.congested, screen.isBroken, screen.failure]).toEqual([false, false, undefined]);
  io.stdout.cork();
  io.stdout.write("x".repeat(100_000));
  expect(screen.congested).toBe(true);
  const drained = screen.drained();
  io.stdout.uncork();
  await drained;
  io.stdout.destroy(Object.assign(new Error("full"), { code: "ENOSPC" }));
  await screen.broken;
  expect([screen.isBroken, screen.failure?.message]).toEqual([true, "full"]);
});

it("gives up the reader of what is below it", () => {
  const sink = createSink(memoryIo().stdout);
  createScreen(sink).giveUp();
  expect(sink.isBroken).toBe(true);
});
