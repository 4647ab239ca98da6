import { PassThrough, Writable } from "node:stream";
import { expect, it } from "vitest";
import { createSink } from "../../src/commands/sink.ts";

/** A stream that takes a piece only when it is let. */
function slow() {
  const taken: string[] = [];
  let next: (() => void) | undefined;
  const stream = new Writable({
    highWaterMark: 4,
    write: (chunk, _, done) => {
      next = () => {
        taken.push(String(chunk));
        done();
      };
    },
  });
  return { stream, taken, take: () => next?.() };
}

it("is congested while the reader is behind, and drained when it has caught up", async () => {
  const { stream, taken, take } = slow();
  const sink = createSink(stream);
  sink.write("many bytes");
  expect(sink.congested).toBe(true);
  const drained = sink.drained();
  take();
  await drained;
  expect([sink.congested, taken]).toEqual([false, ["many bytes"]]);
});

it("is flushed when all that was written has left", async () => {
  const { stream, taken, take } = slow();
  const sink = createSink(stream);
  sink.write("ab");
  let flushed = false;
  const flushing = sink.flushed().then(() => (flushed = true));
  await new Promise(setImmediate);
  expect(flushed).toBe(false);
  take();
  take();
  await new Promise(setImmediate);
  take();
  await flushing;
  expect(taken[0]).toBe("ab");
});

it("a reader that goes away ends in broken, and every wait with it", async () => {
  const { stream } = slow();
  const sink = createSink(stream);
  sink.write("many bytes");
  const waits = Promise.all([sink.drained(), sink.flushed(), sink.broken]);
  stream.destroy(Object.assign(new Error("write EPIPE"), { code: "EPIPE" }));
  await waits;
  expect([sink.isBroken, sink.congested]).toEqual([true, false]);
  expect(() => sink.write("more")).not.toThrow();
  await Promise.all([sink.drained(), sink.flushed()]);
});

it("gives its reader up where it is told to, and that is no failure", async () => {
  const stream = new PassThrough({ highWaterMark: 1 });
  const sink = createSink(stream);
  sink.write("not taken");
  const waits = [sink.drained(), sink.broken, sink.flushed()];
  sink.giveUp();
  await Promise.all(waits);
  sink.write("dropped");
  expect([sink.isBroken, sink.congested, sink.queued, sink.failure]).toEqual([
    true,
    false,
    0,
    undefined,
  ]);
  expect(String(stream.read())).toBe("not taken");
});

it("waits for nothing where nothing is held up", async () => {
  const sink = createSink(new PassThrough());
  await sink.drained();
  await sink.flushed();
  expect([sink.congested, sink.isBroken]).toEqual([false, false]);
});

it("listens once, however many wait", async () => {
  const { stream, take } = slow();
  const sink = createSink(stream);
  sink.write("many bytes");
  const before = stream.listenerCount("drain");
  const waiting = Array.from({ length: 50 }, () => sink.drained());
  expect(stream.listenerCount("drain")).toBe(before);
  take();
  await Promise.all(waiting);
});

it.each([
  ["ENOSPC", true],
  ["EPIPE", false],
  ["EIO", false],
])("a stream that ends in %s is a failure: %s", async (code, isFailure) => {
  const { stream } = slow();
  const sink = createSink(stream);
  const cause = Object.assign(new Error(code), { code });
  stream.destroy(cause);
  await sink.broken;
  expect(sink.failure).toBe(isFailure ? cause : undefined);
});

it("writes at once what comes within a turn, where that is asked for", async () => {
  const written: string[][] = [];
  const stream = new Writable({
    write: (chunk, _, done) => done(void written.push([String(chunk)])),
    writev: (chunks, done) => done(void written.push(chunks.map(({ chunk }) => String(chunk)))),
  });
  const sink = createSink(stream, { gather: true });
  for (const piece of ["a", "b", "c"]) sink.write(piece);
  await sink.flushed();
  sink.write("d");
  await sink.flushed();
  expect(written).toEqual([
    ["a", "b", "c", ""],
    ["d", ""],
  ]);
});
