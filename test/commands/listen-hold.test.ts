import { expect, it } from "vitest";
import { holderOf } from "../../src/commands/listen-hold.ts";
import { deferred } from "../../src/transport/deferred.ts";
import type { Event } from "../../src/transport/events.ts";

const note = { type: "note", conn: "1", at: { epochUs: 0, ns: 0n }, message: "" } as Event;
const close = { ...note, type: "close" } as Event;

function setUp() {
  const drained = deferred();
  const output = { congested: true, drained: () => drained.promise };
  const counts = { held: 0, released: 0 };
  const connection = {
    hold: () => {
      counts.held += 1;
      return () => void (counts.released += 1);
    },
  };
  return { output, drained, counts, connection, holdBack: holderOf(output) };
}

it("holds each connection once, and lets all go when the output has caught up", async () => {
  const { output, drained, counts, connection, holdBack } = setUp();
  const other = { ...connection };
  for (const one of [connection, connection, other, undefined]) holdBack(note, () => one);
  expect(counts).toEqual({ held: 2, released: 0 });
  drained.resolve();
  await drained.promise;
  expect(counts).toEqual({ held: 2, released: 2 });
  output.congested = false;
  holdBack(note, () => connection);
  expect(counts.held).toBe(2);
});

it("keeps nothing of a connection that has closed", async () => {
  const { drained, counts, connection, holdBack } = setUp();
  holdBack(note, () => connection);
  holdBack(close, () => connection);
  drained.resolve();
  await drained.promise;
  expect(counts).toEqual({ held: 1, released: 0 });
});
