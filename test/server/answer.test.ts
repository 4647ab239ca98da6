import { expect, it } from "vitest";
import { answer } from "../../src/server/answer.ts";
import { filler } from "../helpers/bytes.ts";
import { startListener } from "../helpers/listener.ts";
import { dialTo, eventually } from "../helpers/transport.ts";

it("holds nobody who is closed: who does not read is ended in time", async () => {
  const payload = filler(256 * 1024);
  const { listener, url } = await startListener(
    () => ({
      received: (client) => {
        for (let i = 0; i < 40; i++) answer(client, payload, { binary: true });
      },
    }),
    { serve: { closeTimeoutMs: 20 } },
  );
  const { connection } = await dialTo(url, { frames: false });
  connection.hold();
  await connection.send("go");
  const client = listener.clients.get("1")!;
  await eventually(() => client.leavesAnswers);
  await client.close(1000, "idle");
  expect(client.leavesAnswers).toBe(false);
});

it("holds a client that does not read its answers, until it does", async () => {
  const answers = 40;
  const payload = filler(256 * 1024);
  const { listener, url } = await startListener(() => ({
    received: (client) => {
      for (let i = 0; i < answers; i++) answer(client, payload, { binary: true });
    },
  }));
  const { connection, log } = await dialTo(url, { frames: false });
  const read = connection.hold();
  await connection.send("go");
  const theirs = listener.clients.get("1")!.connection;
  await eventually(() => theirs.held);
  expect(listener.clients.get("1")!.leavesAnswers).toBe(true);
  read();
  const got = await log.count("message", answers, "in");
  expect(got.every(({ data }) => Buffer.from(data).equals(payload))).toBe(true);
  await eventually(() => !theirs.held);
  expect(listener.clients.get("1")!.leavesAnswers).toBe(false);
});
