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
