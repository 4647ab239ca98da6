import { expect, it, onTestFinished, vi } from "vitest";
import { type LiveView, openLiveView } from "../../../src/repl/listen/live-view.ts";
import { memoryIo } from "../../helpers/memory-io.ts";

const ENTER = "\u001b[?1049h\u001b[?25l\u001b[?7l";
const LEAVE = "\u001b[?7h\u001b[?25h\u001b[?1049l";

function open() {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const io = memoryIo({ tty: true, columns: 40 });
  const pressed: string[] = [];
  let drawn = 0;
  let done = 0;
  const view: LiveView = openLiveView({
    input: io.stdin,
    output: io.stdout,
    draw: ({ columns, rows }) => [`picture ${++drawn} of ${columns}×${rows}`, "second row"],
    press: (key) => pressed.push(key) > 0 && key !== "x",
    done: () => (done += 1),
  });
  const type = (keys: string) => {
    io.stdin.write(keys);
    return new Promise(setImmediate);
  };
  return { io, view, pressed, type, drawn: () => drawn, done: () => done };
}

it("shows a picture on the other screen, and renews it each second", () => {
  const { io, drawn } = open();
  expect(io.out()).toContain(ENTER);
  const picture = (n: number) =>
    `\u001b[Hpicture ${n} of 40×24\u001b[K\r\nsecond row\u001b[K\u001b[J`;
  expect(io.out().endsWith(picture(1))).toBe(true);
  vi.advanceTimersByTime(2000);
  expect(io.out().endsWith(picture(2) + picture(3))).toBe(true);
  io.stdout.emit("resize");
  expect(drawn()).toBe(4);
});

it("hands on keys, and draws anew where they change something", async () => {
  const { type, pressed, drawn } = open();
  await type("sx\u001b[A");
  expect(pressed).toEqual(["s", "x", "Up"]);
  expect(drawn()).toBe(3);
});

it.each(["q", "\u0003", "\u0004", "\r"])(
  "ends at %j, and leaves the screen as it was",
  async (key) => {
    const { io, type, pressed, done } = open();
    await type(`${key}s`);
    expect([io.out().endsWith(LEAVE), done(), pressed]).toEqual([true, 1, []]);
    vi.advanceTimersByTime(5000);
    io.stdout.emit("resize");
    await type("s");
    expect([io.out().endsWith(LEAVE), vi.getTimerCount()]).toEqual([true, 0]);
  },
);

it("ends when it is closed, once", () => {
  const { io, view, done } = open();
  view.close();
  view.close();
  expect([io.out().split(LEAVE).length, done()]).toEqual([2, 1]);
});
