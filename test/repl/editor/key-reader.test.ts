import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createKeyReader } from "../../../src/repl/editor/key-reader.ts";
import type { Key } from "../../../src/repl/editor/keys.ts";
import { memoryIo } from "../../helpers/memory-io.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function reading() {
  const io = memoryIo({ tty: true });
  const raw = vi.fn<(on: boolean) => void>();
  const input = Object.assign(io.stdin, { setRawMode: raw });
  const keys: Key[] = [];
  const gone = vi.fn<() => void>();
  const reader = createKeyReader(input, io.stdout, { keys: (some) => keys.push(...some), gone });
  reader.start();
  return { io, input, raw, keys, gone, reader };
}

it("has the terminal in raw mode, with pastes marked, until it stops", () => {
  const { io, input, raw, reader } = reading();
  expect(raw.mock.calls).toEqual([[true]]);
  expect(io.out()).toBe("\u001b[?2004h");
  reader.stop();
  expect(raw.mock.calls).toEqual([[true], [false]]);
  expect(io.out()).toBe("\u001b[?2004h\u001b[?2004l");
  expect(input.isPaused()).toBe(true);
});

it("takes ESC for a key when nothing follows for a while", () => {
  const { input, keys } = reading();
  input.emit("data", Buffer.from("\u001b"));
  vi.advanceTimersByTime(70);
  expect(keys).toEqual([]);
  vi.advanceTimersByTime(20);
  expect(keys).toEqual([{ type: "key", name: "Escape" }]);
});

it("waits for the rest of a sequence", () => {
  const { input, keys } = reading();
  input.emit("data", Buffer.from("\u001b"));
  vi.advanceTimersByTime(70);
  input.emit("data", Buffer.from("["));
  vi.advanceTimersByTime(70);
  input.emit("data", Buffer.from("A"));
  vi.advanceTimersByTime(1000);
  expect(keys).toEqual([{ type: "key", name: "Up" }]);
});

it("hears nothing once it stopped", () => {
  const { input, keys, gone, reader } = reading();
  input.emit("data", Buffer.from("\u001b"));
  reader.stop();
  vi.advanceTimersByTime(1000);
  input.emit("data", Buffer.from("a"));
  input.emit("end");
  expect(keys).toEqual([]);
  expect(gone).not.toHaveBeenCalled();
});

it.each([
  ["ends", "end"],
  ["fails", "error"],
])("tells when the terminal %s", (_, event) => {
  const { input, gone } = reading();
  input.emit(event, new Error("EIO"));
  expect(gone).toHaveBeenCalledOnce();
});

const named = (keys: readonly Key[]) =>
  keys.map((key) => (key.type === "key" ? key.name : key.text)).join(" ");

it("takes the newlines of what was typed ahead for Enter, later ones for what they are", () => {
  const { input, keys, reader } = reading();
  input.emit("data", Buffer.from("one\né\n"));
  input.emit("data", Buffer.from("two\n\r"));
  expect(named(keys)).toBe("one Enter é Enter two C-j Enter");
  keys.length = 0;
  reader.stop();
  reader.start();
  input.emit("data", Buffer.from("\u001b[200~a\nb\u001b[201~"));
  expect(keys).toEqual([{ type: "paste", text: "a\nb" }]);
  keys.length = 0;
  reader.stop();
  reader.start();
  vi.advanceTimersByTime(60);
  input.emit("data", Buffer.from("\n"));
  expect(named(keys)).toBe("C-j");
  reader.stop();
  expect(vi.getTimerCount()).toBe(0);
});

it("takes it that the terminal is gone before it begins, or before it ends", () => {
  const io = memoryIo({ tty: true });
  const setRawMode = () => {
    throw Object.assign(new Error("setRawMode EIO"), { code: "EIO", syscall: "setRawMode" });
  };
  const gone = vi.fn<() => void>();
  const input = Object.assign(io.stdin, { setRawMode });
  const reader = createKeyReader(input, io.stdout, { keys: () => undefined, gone });
  reader.start();
  input.emit("error", new Error("read EIO"));
  expect(gone).toHaveBeenCalledOnce();
  reader.stop();
});
