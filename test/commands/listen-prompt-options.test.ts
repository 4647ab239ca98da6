import { expect, it } from "vitest";
import { LISTEN_OPTIONS } from "../../src/commands/listen-options.ts";
import { hasPrompt } from "../../src/commands/listen-prompt-options.ts";
import { argsOf } from "../helpers/args.ts";
import { memoryIo } from "../helpers/memory-io.ts";

it.each([
  [true, [], true, false],
  [true, ["-q"], true, false],
  [false, ["--json"], true, false],
  [false, ["--format", "ndjson"], true, false],
  [false, [], false, false],
  [false, [], true, true],
])(
  "there is a prompt: %s, with %j on a terminal: %s, in the background: %s",
  (has, argv, tty, back) => {
    const io = { ...memoryIo({ tty }), inBackground: () => back };
    expect(hasPrompt(argsOf(LISTEN_OPTIONS, argv), io)).toBe(has);
  },
);

it("there is no table without a terminal", () => {
  const args = argsOf(LISTEN_OPTIONS, ["--table"]);
  expect(() => hasPrompt(args, memoryIo())).toThrow("--table needs a terminal");
  expect(hasPrompt(args, memoryIo({ tty: true }))).toBe(true);
});
