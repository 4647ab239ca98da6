import { describe, expect, it } from "vitest";
import { CONNECT_OPTIONS } from "../../src/commands/connect-options.ts";
import { readSettings } from "../../src/commands/connect-settings.ts";
import { argsOf } from "../helpers/args.ts";
import { memoryIo } from "../helpers/memory-io.ts";

function settings(argv: readonly string[], tty = true, url = "ws://h/") {
  const args = { ...argsOf(CONNECT_OPTIONS, argv), positionals: [url] };
  return readSettings(args, memoryIo({ tty }));
}

describe("who is talked with", () => {
  it.each([[[]], [["-v"]], [["-q"]], [["--record", "x"]], [["--reconnect"]], [["-x", "hi"]]])(
    "is a person at a terminal: %j",
    async (argv) => {
      expect(await settings(argv)).toMatchObject({ interactive: true, frames: true });
    },
  );

  it.each([
    [["--expect", "a"]],
    [["--json"]],
    [["--timeout", "1s"]],
    [["--format", "hex"]],
    [["--no-stdin"]],
    [["--one"]],
    [["--eof", "wait"]],
  ])("is a script: %j", async (argv) => {
    expect(await settings(argv)).toMatchObject({ interactive: false });
  });

  it("is a script where there is no terminal", async () => {
    expect(await settings([], false)).toMatchObject({ interactive: false, frames: false });
  });
});

describe("stdin", () => {
  it.each([
    [[], true, true],
    [["--no-stdin"], true, false],
    [["--expect", "a"], true, false],
    [["--expect", "a"], false, true],
  ])("%j, at a terminal: %s, is read: %s", async (argv, tty, readsStdin) => {
    expect(await settings(argv, tty)).toMatchObject({ readsStdin });
  });
});

it("the wire is watched where frames are asked for", async () => {
  for (const argv of [["-v"], ["--format", "ndjson"], ["--record", "x"], ["-i"]]) {
    expect(await settings(argv, false)).toMatchObject({ frames: argv[0] !== "-i" });
  }
});

it.each([
  [["--max-payload", "0"], "--max-payload must be at least one byte"],
  [["--timestamps", "never"], "--timestamps"],
])("%j is refused", async (argv, message) => {
  await expect((async () => settings(argv))()).rejects.toThrow(message);
});
