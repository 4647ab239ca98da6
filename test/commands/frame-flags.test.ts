import { describe, expect, it } from "vitest";
import type { Command } from "../../src/commands/command.ts";
import {
  FRAME_OPTIONS,
  OUTPUT_OPTIONS,
  TIMELESS_FRAME_OPTIONS,
} from "../../src/commands/common-options.ts";
import { readFrameLook, readTimelessLook } from "../../src/commands/frame-flags.ts";
import { parseArgs } from "../../src/commands/parse-args.ts";
import { memoryIo, type MemoryIoOptions } from "../helpers/memory-io.ts";

const command: Command = {
  name: "try",
  summary: "",
  positionals: "",
  maxPositionals: 0,
  examples: [],
  options: [...FRAME_OPTIONS, ...OUTPUT_OPTIONS],
  run: async () => 0,
};

function look(tty: boolean, ...argv: string[]) {
  return lookAt({ tty, columns: 100 }, ...argv);
}

function lookAt(terminal: MemoryIoOptions, ...argv: string[]) {
  const io = memoryIo(terminal);
  return readFrameLook(parseArgs(command, argv), io, io.stdout);
}

describe("how frames are shown", () => {
  it("on a terminal: its columns and colors", () => {
    const { columns, theme, maxPrint, verbosity } = look(true);
    expect([columns, maxPrint, verbosity]).toEqual([100, 1024, 0]);
    expect(theme.level).toBeGreaterThan(0);
  });

  it("on a terminal that does not know its width: as if it had none", () => {
    expect(lookAt({ tty: true, columns: 0 }).columns).toBeUndefined();
  });

  it("elsewhere: no wrapping, and color only when asked for", () => {
    expect([look(false).columns, look(false).theme.level]).toEqual([undefined, 0]);
    expect(look(false, "--color", "always").theme.level).toBeGreaterThan(0);
  });

  it("as the flags say", () => {
    expect(look(false, "-vv", "--max-print", "2KiB")).toMatchObject({
      maxPrint: 2048,
      verbosity: 2,
    });
    expect([look(false).pretty, look(false, "--pretty").pretty]).toEqual([false, true]);
    expect(() => look(false, "--max-print", "much")).toThrow("--max-print");
  });

  it("with the time, in a log file with the date", () => {
    expect([look(true).timestamps, look(false).timestamps]).toEqual(["time", "iso"]);
    expect(look(false, "--timestamps", "delta").timestamps).toBe("delta");
    expect(() => look(false, "--timestamps", "now")).toThrow("--timestamps must be one of");
  });

  it("without a time where nobody knows it", () => {
    const timeless = { ...command, options: [...TIMELESS_FRAME_OPTIONS, ...OUTPUT_OPTIONS] };
    const io = memoryIo();
    expect(readTimelessLook(parseArgs(timeless, []), io, io.stdout)).not.toHaveProperty(
      "timestamps",
    );
  });
});
