import { describe, expect, it } from "vitest";
import { type Canvas, createCanvas } from "../../../src/repl/editor/canvas.ts";
import { memoryIo } from "../../helpers/memory-io.ts";
import { tinyTerminal } from "../../helpers/tiny-terminal.ts";

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** @param shown whether what is written is shown by a terminal, which takes its time */
function opened({ text = "typed", shown = true } = {}) {
  const io = memoryIo({ tty: true, columns: 20 });
  const terminal = tinyTerminal(20, 24);
  const writes: string[] = [];
  io.stdout.on("data", (chunk: Buffer) => {
    writes.push(chunk.toString());
    if (shown) terminal.write(chunk.toString());
  });
  const scene = { prompt: "› ", text, cursor: text.length };
  const canvas: Canvas = createCanvas({
    output: io.stdout,
    env: {},
    styles: {},
    scene: () => scene,
  });
  canvas.paint();
  return { io, canvas, terminal, writes, scene };
}

describe("what is printed", () => {
  it("goes out at the end of the turn, all of it and the input below as one text", async () => {
    const { canvas, terminal, writes } = opened();
    for (let i = 0; i < 1000; i++) canvas.print(`frame ${i}\n`);
    expect(writes).toHaveLength(1);
    await turn();
    expect(writes).toHaveLength(2);
    expect(terminal.lines().slice(-3)).toEqual(["frame 998", "frame 999", "› typed"]);
  });

  it("goes out earlier where it is much", () => {
    const { canvas, writes } = opened({ shown: false });
    for (let i = 0; i < 20; i++) canvas.print(`${"x".repeat(100_000)}\n`);
    expect(writes.join("").length).toBeGreaterThan(1_000_000);
  });

  it("writes nothing where nothing changed", async () => {
    const { canvas, writes } = opened();
    canvas.print("");
    await turn();
    expect(writes.slice(1).join("")).toBe("\u001b[8G");
  });

  it("stands below a line that was left there", async () => {
    const { canvas, terminal, scene } = opened();
    canvas.leave({ ...scene, text: "sent 日本語" });
    canvas.print("answer\n");
    await turn();
    expect(terminal.lines()).toEqual(["› sent 日本語", "answer", "› typed"]);
  });
});

describe("a canvas that is hidden", () => {
  it("lets all wait until it is seen again", async () => {
    const { canvas, terminal, writes } = opened();
    canvas.print("before\n");
    canvas.hide();
    expect(terminal.lines()).toEqual(["before", ""]);
    const { length } = writes;
    canvas.print("meanwhile\n");
    canvas.paint();
    await turn();
    expect(writes).toHaveLength(length);
    canvas.unhide();
    expect(terminal.lines()).toEqual(["before", "meanwhile", "› typed"]);
  });

  it("keeps no more than it has room for, and tells what is gone", () => {
    const { canvas, writes } = opened({ shown: false });
    canvas.hide();
    const megabyte = "x".repeat(1024 * 1024 - 1);
    for (let i = 0; i < 20; i++) canvas.print(`${megabyte}\n`);
    canvas.unhide();
    expect(writes.at(-1)).toMatch(/… 4 lines were not kept\nx/);
  });

  it("prints what waited also where it ended meanwhile, and paints no more", () => {
    const { canvas, terminal } = opened();
    canvas.hide();
    canvas.print("meanwhile\n");
    canvas.end();
    canvas.print("last\n");
    expect(terminal.lines()).toEqual([""]);
    canvas.unhide();
    expect(terminal.lines()).toEqual(["meanwhile", "last", ""]);
  });
});

it("takes the input away at its end, and prints at once from then on", () => {
  const { io, canvas, terminal } = opened();
  canvas.print("one\n");
  canvas.end();
  canvas.print("two\n");
  expect(terminal.lines()).toEqual(["one", "two", ""]);
  io.stdout.emit("resize");
  expect(io.stdout.listenerCount("resize")).toBe(0);
});

it("empties the screen", () => {
  const { canvas, terminal } = opened();
  canvas.print("one\n");
  canvas.clear();
  expect(terminal.lines().filter((line) => line !== "")).toEqual(["one", "› typed"]);
});

it("paints anew when the terminal has another size", () => {
  const { io, terminal } = opened({ text: "0123456789012345" });
  expect(terminal.lines()).toEqual(["› 0123456789012345"]);
  Object.assign(io.stdout, { columns: 16 });
  io.stdout.emit("resize");
  expect(terminal.lines().join("\n")).toContain("› 0123456789012\n  345");
});
