import { describe, expect, it, vi } from "vitest";
import { usageError } from "../../src/errors.ts";
import { memoryHistory } from "../../src/repl/history.ts";
import type { Prompt, PromptOptions } from "../../src/repl/prompt.ts";
import { createTerminalPrompt } from "../../src/repl/terminal-prompt.ts";
import { deferred } from "../../src/transport/deferred.ts";
import { memoryIo } from "../helpers/memory-io.ts";
import { tinyTerminal } from "../helpers/tiny-terminal.ts";

const turn = () => new Promise((resolve) => setImmediate(resolve));
const [CTRL_C, CTRL_D, CTRL_L, CTRL_X_E, CTRL_Z] = ["\x03", "\x04", "\x0c", "\x18\x05", "\x1a"];

function open(options: Partial<PromptOptions> = {}) {
  const io = memoryIo({ tty: true });
  const terminal = tinyTerminal(80, 24);
  io.stdout.on("data", (chunk: Buffer) => terminal.write(chunk.toString()));
  const raw = vi.fn<(on: boolean) => void>();
  const input = Object.assign(io.stdin, { setRawMode: raw });
  const handlers = {
    line: vi.fn<(line: string) => void>(),
    interrupt: vi.fn<() => void>(),
    end: vi.fn<() => void>(),
  };
  const prompt: Prompt = createTerminalPrompt(
    { input, output: io.stdout, prompt: "› ", ...options },
    handlers,
  );
  const type = (text: string) => input.emit("data", Buffer.from(text));
  return { io, terminal, handlers, prompt, type, raw, input };
}

/** Bracketed paste, as the terminal sends it. */
const pasted = (text: string) => `\u001b[200~${text}\u001b[201~`;

describe("typing", () => {
  it("gives each line, which stays on the screen", async () => {
    const { terminal, handlers, prompt, type } = open();
    handlers.line.mockImplementation((line) => prompt.print([`→ ${line}`]));
    type("one\rtwo\rthr");
    await turn();
    expect(handlers.line.mock.calls).toEqual([["one"], ["two"]]);
    expect(terminal.lines()).toEqual(["› one", "→ one", "› two", "→ two", "› thr"]);
  });

  it("gives a paste of many lines as one message", () => {
    const { terminal, handlers, type } = open();
    type(pasted("{\r\n  1\r\n}\r\n"));
    expect(handlers.line).not.toHaveBeenCalled();
    expect(terminal.lines()).toEqual(["› {", "│   1", "│ }", "│"]);
    type("\r");
    expect(handlers.line.mock.calls).toEqual([["{\n  1\n}\n"]]);
  });

  it("takes lines of any length", () => {
    const { handlers, type } = open();
    const long = "0123456789".repeat(10_000);
    for (let at = 0; at < long.length; at += 4096) type(long.slice(at, at + 4096));
    type("\r");
    expect(handlers.line.mock.calls[0]?.[0]).toBe(long);
  });

  it("keeps lines in the history, and recalls them", () => {
    const history = memoryHistory(["before"]);
    const { handlers, type } = open({ history });
    type("one\r");
    expect(history.entries).toEqual(["before", "one"]);
    type("\u001b[A\u001b[A\r");
    expect(handlers.line).toHaveBeenLastCalledWith("before");
  });

  it("lists what Tab found above", async () => {
    const complete = () => ({ from: 0, candidates: ["/ping", "/pong"] });
    const { terminal, type } = open({ complete });
    type("/p\t\t");
    await turn();
    expect(terminal.lines()).toEqual(["/ping  /pong", "› /p"]);
  });

  it("takes text from the program, and another prompt", async () => {
    const { terminal, prompt, type } = open();
    type("ac\u001b[D");
    prompt.insert("b");
    prompt.setPrompt("(offline) › ");
    await turn();
    expect(terminal.lines()).toEqual(["(offline) › abc"]);
    expect(terminal.cursor().column).toBe("(offline) › ab".length);
  });

  it("empties the screen at Ctrl-L", async () => {
    const { terminal, type } = open();
    type("abc\rx");
    await turn();
    type(CTRL_L);
    expect(terminal.lines().filter((line) => line !== "")).toEqual(["› x"]);
  });
});

describe("what is printed", () => {
  it("stands above what is typed, which loses nothing", async () => {
    const { io, terminal, prompt, type } = open();
    type("half a li");
    const before = io.out().length;
    for (let i = 0; i < 100; i++) prompt.print([`frame ${i}`, "and more"]);
    prompt.print([]);
    await turn();
    type("ne");
    expect(terminal.lines().slice(-3)).toEqual(["frame 99", "and more", "› half a line"]);
    // One painting, not a hundred.
    expect(io.out().slice(before).split("half a li")).toHaveLength(3);
  });
});

describe("the end", () => {
  it("is asked for by Ctrl-C with nothing typed, which the program decides on", () => {
    const { handlers, type } = open();
    type(`abc${CTRL_C}`);
    expect(handlers.interrupt).not.toHaveBeenCalled();
    type(CTRL_C);
    expect(handlers.interrupt).toHaveBeenCalledOnce();
    expect(handlers.end).not.toHaveBeenCalled();
    type("on\r");
    expect(handlers.line).toHaveBeenCalledWith("on");
  });

  it.each([
    ["Ctrl-D", (given: ReturnType<typeof open>) => given.type(CTRL_D)],
    ["the end of the terminal", (given: ReturnType<typeof open>) => given.input.emit("end")],
    [
      "a terminal that is gone",
      (given: ReturnType<typeof open>) => given.input.emit("error", new Error("EIO")),
    ],
  ])("comes with %s, the terminal given back before", (_, end) => {
    const given = open();
    given.handlers.end.mockImplementation(() => {
      expect(given.raw).toHaveBeenLastCalledWith(false);
    });
    end(given);
    expect(given.handlers.end).toHaveBeenCalledOnce();
    given.prompt.print(["closed"]);
    given.prompt.close();
    expect(given.terminal.lines()).toEqual(["closed", ""]);
    expect([...given.terminal.modes()].toSorted()).toEqual(["?25", "?7"]);
  });

  it("comes in the midst of what was typed ahead, of which the rest is left", () => {
    const { handlers, type } = open();
    type(`one\r${CTRL_D}two\r`);
    expect(handlers.line.mock.calls).toEqual([["one"]]);
  });

  it("leaves what was not sent to be seen and to be recalled", () => {
    const history = memoryHistory();
    const { terminal, handlers, prompt, type } = open({ history });
    type("half a li");
    prompt.print(["closed by the peer"]);
    prompt.close();
    prompt.print(["bye"]);
    expect(terminal.lines()).toEqual(["closed by the peer", "› half a li", "bye", ""]);
    expect(history.entries).toEqual(["half a li"]);
    expect(handlers.end).not.toHaveBeenCalled();
  });

  it("gives the terminal back also where a handler throws", () => {
    const { terminal, handlers, raw, type } = open();
    handlers.line.mockImplementation(() => {
      throw new Error("a defect");
    });
    expect(() => type("one\r")).toThrow("a defect");
    expect(raw).toHaveBeenLastCalledWith(false);
    expect([...terminal.modes()].toSorted()).toEqual(["?25", "?7"]);
  });
});

describe("another program", () => {
  it("has the terminal while it edits what is typed; all else waits", async () => {
    const editing = deferred<string>();
    const { terminal, handlers, prompt, type, raw, input } = open({
      editText: () => editing.promise,
    });
    type(`draft${CTRL_X_E}typed ahead\r`);
    expect(raw).toHaveBeenLastCalledWith(false);
    expect(input.isPaused()).toBe(true);
    expect(terminal.modes().has("?2004")).toBe(false);
    prompt.print(["meanwhile"]);
    await turn();
    expect(terminal.lines()).toEqual([""]);
    expect(handlers.line).not.toHaveBeenCalled();
    editing.resolve("edited, ");
    await vi.waitFor(() => expect(handlers.line).toHaveBeenCalledWith("edited, typed ahead"));
    expect(raw).toHaveBeenLastCalledWith(true);
    await turn();
    expect(terminal.lines()).toEqual(["meanwhile", "› edited, typed ahead", "›"]);
  });

  it("is told of where it fails, and what was typed is still there", async () => {
    const editText = () => Promise.reject(usageError("the editor failed", "Set EDITOR."));
    const { terminal, prompt, type } = open({ editText });
    type("draft");
    await prompt.edit();
    await turn();
    expect(terminal.lines()).toEqual(["the editor failed. Set EDITOR.", "› draft"]);
  });

  it("may outlast the prompt, and what it wrote is not lost", async () => {
    const editing = deferred<string>();
    const history = memoryHistory();
    const { terminal, prompt, raw } = open({ history, editText: () => editing.promise });
    const edited = prompt.edit();
    prompt.close();
    prompt.print(["closed by the peer"]);
    expect(terminal.lines()).toEqual([""]);
    editing.resolve("written");
    await edited;
    await turn();
    expect(terminal.lines()).toEqual(["closed by the peer", "› written", ""]);
    expect(history.entries).toEqual(["written"]);
    expect(raw).toHaveBeenLastCalledWith(false);
  });

  it("is the shell at Ctrl-Z, where the process can be stopped", async () => {
    const stop = vi.fn<() => void>();
    const { terminal, type, raw } = open({ stop });
    type(`draft${CTRL_Z}`);
    await turn();
    expect(stop).toHaveBeenCalledOnce();
    expect(raw.mock.calls.flat()).toEqual([true, false, true]);
    expect(terminal.lines()).toEqual(["› draft"]);
    const without = open();
    without.type(`draft${CTRL_Z}`);
    expect(without.raw.mock.calls.flat()).toEqual([true]);
  });

  it("is given the terminal and gives it back as often as the program likes", () => {
    const { terminal, prompt, type } = open();
    type("draft");
    prompt.suspend();
    prompt.suspend();
    expect(terminal.lines()).toEqual([""]);
    prompt.resume();
    prompt.resume();
    expect(terminal.lines()).toEqual(["› draft"]);
  });
});
