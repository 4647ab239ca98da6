import { expect, it } from "vitest";
import { type Reader, Throttle } from "../../src/pipe/throttle.ts";
import { deferred } from "../../src/transport/deferred.ts";

type Mutable = { -readonly [K in keyof Reader]: Reader[K] };

/** A peer and a reader that note what happens to them. */
function parts() {
  const log: string[] = [];
  const room = deferred();
  const reader: Mutable = { congested: false, drained: () => room.promise };
  const throttle = new Throttle(reader, () => log.push("goes on"));
  const connection = {
    hold: () => {
      log.push("held");
      return () => void log.push("released");
    },
  };
  return { log, room, reader, throttle, connection };
}

it("holds the peer, once, from when the reader is behind until there is room", async () => {
  const { log, room, reader, throttle, connection } = parts();
  throttle.take(connection);
  throttle.check();
  expect([log, throttle.holds]).toEqual([[], false]);
  reader.congested = true;
  throttle.check();
  throttle.check();
  expect([log, throttle.holds]).toEqual([["held"], true]);
  reader.congested = false;
  room.resolve();
  await Promise.resolve();
  await Promise.resolve();
  expect([log, throttle.holds]).toEqual([["held", "released", "goes on"], false]);
});

it("holds a peer at once whose reader was behind before it was there", () => {
  const { log, reader, throttle, connection } = parts();
  reader.congested = true;
  throttle.check();
  throttle.take(connection);
  expect(log).toEqual(["held"]);
});
