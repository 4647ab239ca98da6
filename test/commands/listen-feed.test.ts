import { PassThrough } from "node:stream";
import { expect, it } from "vitest";
import { feedLines } from "../../src/commands/listen-feed.ts";
import { deferred } from "../../src/transport/deferred.ts";

function feed(typed: (line: string) => Promise<void> = () => Promise.resolve()) {
  const input = new PassThrough();
  const lines: string[] = [];
  const over = deferred<string>();
  const feeding = feedLines({
    input,
    typed: (line) => {
      lines.push(line);
      return typed(line);
    },
    note: over.resolve,
    ended: () => over.resolve("ended"),
  });
  return { input, lines, over: over.promise, stop: () => feeding.stop() };
}

it("gives each line, the last one too where nothing ends it", async () => {
  const { input, lines, over } = feed();
  for (const piece of ["o", "ne\n\ntw", "o ✓\r\nthree"]) input.write(piece);
  input.end();
  expect(await over).toBe("ended");
  expect(lines).toEqual(["one", "", "two ✓\r", "three"]);
});

it("waits until a line is taken, and does not read ahead", async () => {
  const room = deferred();
  const { input, lines, over } = feed(() => room.promise);
  input.write("one\ntwo\n");
  for (let i = 0; i < 100; i++) input.write("x".repeat(10_000));
  await new Promise(setImmediate);
  expect([lines, input.writableNeedDrain]).toEqual([["one"], true]);
  room.resolve();
  input.end("\nlast");
  expect(await over).toBe("ended");
  expect(lines.map(({ length }) => length)).toEqual([3, 3, 1_000_000, 4]);
});

it.each([
  ["is not UTF-8", Buffer.from("good\n\xff\n", "latin1"), "line 2 of stdin is not UTF-8"],
  ["is too long", Buffer.alloc(17 * 1024 * 1024, "x"), "a line is longer than 16 MiB"],
])("tells why it stops at a line that %s", async (_, bytes, why) => {
  const { input, over } = feed();
  // In pieces, as a pipe brings them.
  for (let at = 0; at < bytes.length; at += 1_000_000) {
    input.write(bytes.subarray(at, at + 1_000_000));
  }
  input.end();
  expect(await over).toBe(`stdin is read no further: ${why}`);
});

it("says nothing when it is stopped", async () => {
  const { input, lines, over, stop } = feed();
  input.write("one\nhalf");
  await new Promise(setImmediate);
  stop();
  await new Promise(setImmediate);
  expect([lines, input.destroyed]).toEqual([["one"], true]);
  const silence = Promise.resolve("silence");
  expect(await Promise.race([over, silence])).toBe("silence");
});
