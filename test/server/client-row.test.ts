import { expect, it } from "vitest";
import { systemClock } from "../../src/io.ts";
import { rowOf } from "../../src/server/client-row.ts";
import { echo } from "../../src/server/modes/echo.ts";
import { startListener } from "../helpers/listener.ts";
import { dialTo, eventually } from "../helpers/transport.ts";

it("is what is known of a client", async () => {
  const { listener, url } = await startListener(echo, {
    serve: { chooseSubprotocol: ([first]) => first },
  });
  const { connection, log } = await dialTo(url, { subprotocols: ["chat"] });
  await connection.send("hello");
  await log.count("message", 1, "in");
  const client = listener.clients.get("1")!;
  expect(rowOf(client, systemClock.now()).rttMs).toBeUndefined();
  await client.connection.ping();
  await eventually(() => client.rttMs !== undefined);
  const row = rowOf(client, systemClock.now());
  expect(row).toMatchObject({
    id: "1",
    subprotocol: "chat",
    out: { messages: 1, bytes: 5 },
    in: { messages: 1, bytes: 5 },
    buffered: 0,
    detained: false,
  });
  expect(row.address).toMatch(/^127\.0\.0\.1:\d+$/);
  expect(row.ageMs).toBeGreaterThan(0);
  expect(row.rttMs).toBeGreaterThan(0);
  client.detain();
  expect(rowOf(client, systemClock.now()).detained).toBe(true);
});
