import { expect, it, vi } from "vitest";
import { createPrompt } from "../../src/repl/prompt.ts";
import { memoryIo } from "../helpers/memory-io.ts";
import { eventually } from "../helpers/transport.ts";

const ESCAPE = String.fromCodePoint(0x1b);

function open() {
  const io = memoryIo({ tty: true });
  const handlers = {
    line: vi.fn<(line: string) => void>(),
    interrupt: vi.fn<() => void>(),
    end: vi.fn<() => void>(),
  };
  const prompt = createPrompt({ input: io.stdin, output: io.stdout, prompt: "› " }, handlers);
  return { io, handlers, prompt };
}

/** What a terminal shows last: the text after the line was erased the last time. */
function lastDrawn(out: string): string {
  return out.slice(out.lastIndexOf(`${ESCAPE}[0J`) + 4);
}

it("gives each line that is typed", async () => {
  const { io, handlers } = open();
  io.stdin.write("one\rtwo\r");
  await eventually(() => handlers.line.mock.calls.length === 2);
  expect(handlers.line.mock.calls).toEqual([["one"], ["two"]]);
});

it("shows lines above, and what is being typed below them again", async () => {
  const { io, prompt } = open();
  io.stdin.write("half a li");
  await io.seen(/half a li/);
  prompt.print(["a frame", "and another"]);
  expect(io.out()).toContain("a frame\nand another\n");
  expect(lastDrawn(io.out())).toContain("› half a li");
});

it("tells Ctrl-C and goes on", async () => {
  const { io, handlers } = open();
  io.stdin.write("\u0003");
  await eventually(() => handlers.interrupt.mock.calls.length > 0);
  expect(handlers.end).not.toHaveBeenCalled();
});

it("tells Ctrl-D as the end, with the prompt taken away", async () => {
  const { io, handlers, prompt } = open();
  io.stdin.write("\u0004");
  await eventually(() => handlers.end.mock.calls.length > 0);
  prompt.print(["closed"]);
  expect(lastDrawn(io.out())).toBe("closed\n");
});

it("closed by the program it tells no end, and prints plainly from then on", () => {
  const { io, handlers, prompt } = open();
  prompt.close();
  prompt.print(["last"]);
  expect(handlers.end).not.toHaveBeenCalled();
  expect(lastDrawn(io.out())).toBe("last\n");
});
