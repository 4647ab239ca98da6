import { expect, it, vi } from "vitest";
import { memoryHistory } from "../../src/repl/history.ts";
import { createPlainPrompt } from "../../src/repl/plain-prompt.ts";
import { memoryIo } from "../helpers/memory-io.ts";
import { eventually } from "../helpers/transport.ts";

function open() {
  const io = memoryIo({ tty: true });
  const handlers = {
    line: vi.fn<(line: string) => void>(),
    interrupt: vi.fn<() => void>(),
    end: vi.fn<() => void>(),
  };
  const history = memoryHistory();
  const { stdin: input, stdout: output } = io;
  const prompt = createPlainPrompt({ input, output, prompt: "› ", history }, handlers);
  return { io, handlers, history, prompt };
}

it("gives each line, and keeps it", async () => {
  const { io, handlers, history } = open();
  io.stdin.write("one\ntwo\r\n");
  await eventually(() => handlers.line.mock.calls.length === 2);
  expect(handlers.line.mock.calls).toEqual([["one"], ["two"]]);
  expect(history.entries).toEqual(["one", "two"]);
});

it("writes what is printed and nothing else", () => {
  const { io, prompt } = open();
  prompt.print([]);
  prompt.print(["one", "two"]);
  prompt.setPrompt("(offline) › ");
  prompt.insert("text");
  expect(io.out()).toBe("one\ntwo\ntext\n");
});

it("tells that there is no editor", async () => {
  const { io, prompt } = open();
  await prompt.edit();
  expect(io.out()).toMatch(/^an editor needs .*\n$/);
});

it("tells the end of the input, unless it was closed before", async () => {
  const first = open();
  first.io.stdin.end();
  await eventually(() => first.handlers.end.mock.calls.length > 0);
  const second = open();
  second.prompt.close();
  second.io.stdin.end("late\n");
  await new Promise((resolve) => setImmediate(resolve));
  expect(second.handlers.end).not.toHaveBeenCalled();
  expect(second.handlers.line).not.toHaveBeenCalled();
});
