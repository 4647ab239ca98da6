import { expect, it } from "vitest";
import { slowReaderGuard } from "../../../src/server/guards/slow-reader.ts";
import { broadcast } from "../../../src/server/modes/broadcast.ts";
import { startListener } from "../../helpers/listener.ts";
import { dialTo } from "../../helpers/transport.ts";

async function three(toSelf: boolean) {
  const { listener, url } = await startListener(broadcast({ toSelf }));
  const clients = [await dialTo(url), await dialTo(url), await dialTo(url)];
  return { listener, clients, texts: () => clients.map(({ log }) => log.texts("in")) };
}

it("sends each message to all but who sent it, in order and of its kind", async () => {
  const { clients, texts } = await three(false);
  await clients[0]!.connection.send("one");
  await clients[0]!.connection.send(Uint8Array.of(50), { binary: true });
  const got = await clients[1]!.log.count("message", 2, "in");
  expect(got.map(({ kind }) => kind)).toEqual(["text", "binary"]);
  await clients[1]!.connection.send("three");
  await clients[2]!.log.count("message", 3, "in");
  await clients[0]!.log.count("message", 1, "in");
  expect(texts()).toEqual([["three"], ["one", "2"], ["one", "2", "three"]]);
});

it("sends it to the sender too where that is asked for", async () => {
  const { clients, texts } = await three(true);
  await clients[0]!.connection.send("one");
  await Promise.all(clients.map(({ log }) => log.count("message", 1, "in")));
  expect(texts()).toEqual([["one"], ["one"], ["one"]]);
});

it("compresses for those that agreed to it, and not for others", async () => {
  const { url } = await startListener(broadcast({ toSelf: false }), { serve: { deflate: {} } });
  const sender = await dialTo(url);
  const compressed = await dialTo(url, { deflate: {} });
  const plain = await dialTo(url);
  const long = "long enough to be compressed ".repeat(100);
  await sender.connection.send(long);
  await sender.connection.send("short");
  const frames = [compressed, plain].map(async ({ log }) => {
    await log.count("message", 2, "in");
    expect(log.texts("in")).toEqual([long, "short"]);
    return log.of("frame").map(({ frame }) => frame.header.rsv1);
  });
  expect(await Promise.all(frames)).toEqual([
    [true, false],
    [false, false],
  ]);
});

it("shows out a client that does not read, and the others get all", async () => {
  const guards = [slowReaderGuard({ maxBuffered: 8 * 1024 * 1024, closeTimeoutMs: 60_000 })];
  const { listener, url } = await startListener(broadcast({ toSelf: false }), { guards });
  const stuck = await dialTo(url, { frames: false });
  const read = stuck.connection.hold();
  const [sender, reader] = [await dialTo(url, { frames: false }), await dialTo(url)];
  const payload = new Uint8Array(1024 * 1024);
  for (let sent = 1; listener.counters.refusals.size === 0; sent++) {
    await sender.connection.send(payload, { binary: true });
    await reader.log.count("message", sent, "in");
  }
  expect([...listener.counters.refusals]).toEqual([["slow-reader", 1]]);
  read();
  expect(await stuck.connection.closed).toMatchObject({ code: 1013, initiator: "peer" });
});
