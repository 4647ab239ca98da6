import { expect, it } from "vitest";
import { ListenPicture } from "../../src/commands/listen-picture.ts";
import { systemClock } from "../../src/io.ts";
import { createTheme } from "../../src/render/theme.ts";
import { silent } from "../../src/server/modes/silent.ts";
import { startListener } from "../helpers/listener.ts";
import { dialTo, eventually } from "../helpers/transport.ts";

const SIZE = { theme: createTheme(0), columns: 100, rows: 9 };

async function open(count: number) {
  const { listener, url } = await startListener(silent);
  const clients = [];
  for (let i = 0; i < count; i++) clients.push(await dialTo(url, { frames: false }));
  const picture = new ListenPicture(listener, systemClock);
  const ids = () => picture.draw(SIZE).flatMap((line) => /^#(\d+)/.exec(line)?.[1] ?? []);
  return { listener, clients, picture, ids };
}

it("sorts by what is asked for", async () => {
  const { listener, clients, picture, ids } = await open(2);
  await clients[1]!.connection.send("hello");
  await eventually(() => listener.counters.traffic.in.messages === 1);
  const orders: unknown[] = [];
  for (let i = 0; i < 5; i++) {
    orders.push([/sorts \((.*?)\)/.exec(picture.draw(SIZE).at(-1)!)?.[1], ids()]);
    expect(picture.press("s")).toBe(true);
  }
  expect(orders).toEqual([
    ["by arrival", ["1", "2"]],
    ["by bytes", ["2", "1"]],
    ["by buffered", ["1", "2"]],
    ["by rtt", ["1", "2"]],
    ["by arrival", ["1", "2"]],
  ]);
});

it("pings all, and knows no other keys", async () => {
  const { clients, picture } = await open(2);
  expect([picture.press("p"), picture.press("z")]).toEqual([true, false]);
  for (const { log } of clients) await log.until("ping");
});

it("scrolls, and no further than there are clients", async () => {
  const { picture, ids } = await open(4);
  expect(ids()).toEqual(["1", "2"]);
  picture.press("Down");
  expect(ids()).toEqual(["2", "3"]);
  for (let i = 0; i < 9; i++) picture.press("PageDown");
  expect(ids()).toEqual(["3", "4"]);
  picture.press("PageUp");
  picture.press("PageUp");
  expect(ids()).toEqual(["1", "2"]);
});
