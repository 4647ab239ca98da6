import { expect, it } from "vitest";
import { StormUser } from "../../src/bench/storm-user.ts";
import { FakeConnection, FakeWorker, PEER_GONE } from "../helpers/load-user.ts";

it("closes its socket as soon as that is open, and tells when it is gone", async () => {
  const { load } = new FakeWorker({ model: "closed", inFlight: 1, thinkMs: 0 });
  const user = new StormUser(load);
  const connection = new FakeConnection();
  let isGone = false;
  const gone = user.gone().then(() => (isGone = true));
  user.join(connection);
  user.start();
  user.plan();
  user.flush();
  user.drained();
  expect([connection.state, connection.writes, user.connection]).toEqual([
    "CLOSING",
    [],
    connection,
  ]);
  user.received(2, 30);
  expect(load.traffic).toMatchObject({ messagesIn: 2, bytesIn: 30, messagesOut: 0 });
  await Promise.resolve();
  expect([isGone, user.inFlight]).toEqual([false, 0]);
  connection.end(user, PEER_GONE);
  await gone;
  expect(isGone).toBe(true);
});
