import { expect, it } from "vitest";
import { conclude } from "../../src/commands/bench-conclusion.ts";
import { createSink } from "../../src/commands/sink.ts";
import { memoryIo } from "../helpers/memory-io.ts";

it("says nothing where nothing failed", () => {
  const io = memoryIo();
  expect(conclude({ exitCode: 0 }, createSink(io.stderr))).toBe(0);
  expect(conclude({ exitCode: 130 }, createSink(io.stderr))).toBe(130);
  expect(io.err()).toBe("");
});

it("fails for the reason of the run", () => {
  const reason = { code: "tls", message: "it expired", hint: "Renew it." } as const;
  const run = () => conclude({ exitCode: 13, reason }, createSink(memoryIo().stderr));
  expect(run).toThrow(expect.objectContaining(reason));
});

it("tells a failure of our own in one line", () => {
  const io = memoryIo();
  const reason = { message: "a worker died: \u001b[2J", hint: "Try again." };
  expect(conclude({ exitCode: 1, reason }, createSink(io.stderr))).toBe(1);
  expect(io.err()).toBe("framecat: a worker died: \\x1b[2J (exit 1). Try again.\n");
});
