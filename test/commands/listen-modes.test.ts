import { expect, it } from "vitest";
import { MODE_OPTIONS, readMode } from "../../src/commands/listen-modes.ts";
import { argsOf } from "../helpers/args.ts";

it("echoes unless it is told otherwise", () => {
  expect(readMode(argsOf(MODE_OPTIONS, [])).name).toBe("echo");
  expect(readMode(argsOf(MODE_OPTIONS, ["--mode", "silent"])).name).toBe("silent");
});

it("knows no other mode", () => {
  expect(() => argsOf(MODE_OPTIONS, ["--mode", "shout"])).toThrow(/--mode/);
});

it.each(["echo", "print", "broadcast", "pubsub", "push", "silent"])("makes %s", (mode) => {
  const { name, make } = readMode(argsOf(MODE_OPTIONS, ["--mode", mode]));
  expect([name, typeof make]).toEqual([mode, "function"]);
});

it("takes the flags of a mode", () => {
  const flags = "--mode push --interval 10ms --messages 3 --size 64 --binary";
  expect(readMode(argsOf(MODE_OPTIONS, flags.split(" "))).name).toBe("push");
  expect(readMode(argsOf(MODE_OPTIONS, ["--mode", "broadcast", "--to-self"])).name).toBe(
    "broadcast",
  );
});

it.each([
  ["--to-self", "--to-self is for --mode broadcast"],
  ["--mode pubsub --to-self", "--to-self is for --mode broadcast"],
  ["--interval 1s", "--interval is for --mode push"],
  ["--binary", "--binary is for --mode push or exec"],
  ["--mode exec", "--mode exec needs --exec COMMAND"],
  ["--mode relay", "--mode relay needs --to URL"],
  ["--mode push --interval 0ms", "--interval must be at least 1ms"],
  ["--mode push --interval often", "--interval must be"],
  ["--mode push --messages 0", "--messages must be"],
  ["--mode push --size 63", "--size must be from 64 bytes to 64MiB"],
  ["--mode push --size 1GiB", "--size must be from 64 bytes to 64MiB"],
])("refuses %s", (flags, message) => {
  expect(() => readMode(argsOf(MODE_OPTIONS, flags.split(" ")))).toThrow(message);
});

it("takes the mode that a flag of its own asks for, and one of them", () => {
  const make = () => ({});
  const args = argsOf(MODE_OPTIONS, ["--binary"]);
  expect(readMode(args, { exec: make })).toEqual({ name: "exec", make });
  expect(readMode(argsOf(MODE_OPTIONS, []), { relay: make, exec: undefined }).name).toBe("relay");
  expect(() => readMode(args, { relay: make, exec: make })).toThrow(
    "--to URL and --exec COMMAND are two modes",
  );
});
