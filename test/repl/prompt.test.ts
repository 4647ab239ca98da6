import { expect, it, vi } from "vitest";
import { createPrompt } from "../../src/repl/prompt.ts";
import { memoryIo } from "../helpers/memory-io.ts";
import { eventually } from "../helpers/transport.ts";

function open(env: Record<string, string>) {
  const io = memoryIo({ tty: true, env });
  const line = vi.fn<(line: string) => void>();
  const { stdin: input, stdout: output } = io;
  const handlers = { line, interrupt: () => undefined, end: () => undefined };
  const prompt = createPrompt({ input, output, prompt: "› ", env }, handlers);
  return { io, line, prompt };
}

it("is a line editor on a terminal", async () => {
  const { io, line, prompt } = open({ TERM: "xterm" });
  expect(io.out()).toContain("› ");
  io.stdin.write("ac\u0002b\r");
  await eventually(() => line.mock.calls.length > 0);
  expect(line).toHaveBeenCalledWith("abc");
  prompt.close();
});

it("is plain lines, with no escape sequence, on a terminal that knows none", async () => {
  const { io, line, prompt } = open({ TERM: "dumb" });
  io.stdin.write("abc\n");
  await eventually(() => line.mock.calls.length > 0);
  expect(line).toHaveBeenCalledWith("abc");
  prompt.print(["a frame"]);
  prompt.close();
  expect(io.out()).toBe("a frame\n");
});
