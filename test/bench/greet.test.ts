import { expect, it } from "vitest";
import { greet } from "../../src/bench/greet.ts";
import { FakeConnection, FakeWorker } from "../helpers/load-user.ts";

it("sends what a socket begins with, and counts its bytes, not its messages", () => {
  const { load } = new FakeWorker({ model: "closed", inFlight: 1, thinkMs: 0 });
  const connection = new FakeConnection();
  const frames = [Buffer.from("abc"), Buffer.from("de")];
  greet(connection, frames, load);
  expect([connection.writes, load.bytesOut, load.messagesOut]).toEqual([frames, 5, 0]);
});

it("counts nothing that a socket does not take", () => {
  const { load } = new FakeWorker({ model: "closed", inFlight: 1, thinkMs: 0 });
  const connection = new FakeConnection();
  connection.close();
  greet(connection, [Buffer.from("abc")], load);
  expect(load.bytesOut).toBe(0);
});
