import { expect, it } from "vitest";
import { operatorOf } from "../../src/commands/listen-operator.ts";
import type { Guest } from "../../src/server/client-row.ts";
import type { Guard } from "../../src/server/guard.ts";
import { print } from "../../src/server/modes/print.ts";
import { silent } from "../../src/server/modes/silent.ts";
import { NO_TRAFFIC } from "../../src/transport/traffic.ts";
import { clientRow } from "../helpers/client-rows.ts";
import { startListener } from "../helpers/listener.ts";
import { dialTo } from "../helpers/transport.ts";

/** Three clients, of which a guard keeps the last. */
async function open(mode = print) {
  const guard: Guard = { joined: (client) => void (client.id === "3" && client.detain()) };
  const { listener, url } = await startListener(mode, { guards: [guard] });
  const clients = [await dialTo(url), await dialTo(url), await dialTo(url)];
  const raised: string[] = [];
  const operator = operatorOf(listener, { raise: (signal) => void raised.push(signal) });
  return { operator, clients, raised };
}

it("speaks to those that are let in", async () => {
  const { operator, clients } = await open();
  expect([operator.ids(), operator.allIds()]).toEqual([
    ["1", "2"],
    ["1", "2", "3"],
  ]);
  operator.sendToAll("all");
  operator.send("2", "two");
  operator.send("9", "nobody");
  operator.typed?.("typed");
  operator.kick("3", 4000, "not in");
  await clients[0]!.log.count("message", 2, "in");
  await clients[1]!.log.count("message", 3, "in");
  expect(await clients[2]!.connection.closed).toMatchObject({ code: 4000, reason: "not in" });
  expect(clients.map(({ log }) => log.texts("in"))).toEqual([
    ["all", "typed"],
    ["all", "two", "typed"],
    [],
  ]);
});

it("pings, and closes with codes that may travel", async () => {
  const { operator, clients } = await open();
  expect([operator.ping("3"), operator.ping("9")]).toEqual([true, false]);
  await clients[2]!.log.until("ping");
  expect(() => operator.kick("1", 1006, "")).toThrow(RangeError);
  expect(() => operator.kick("1", 1000, "x".repeat(124))).toThrow(RangeError);
  operator.kick("9", 1000, "");
  expect(clients[0]!.connection.state).toBe("OPEN");
});

it("stops the server as a signal does", async () => {
  const { operator, raised } = await open();
  operator.quit();
  expect(raised).toEqual(["SIGTERM"]);
});

it("has nothing typed where the mode takes no lines", async () => {
  expect((await open(silent)).operator.typed).toBeUndefined();
});

it("closes those whose connections are the mode's own, and does not speak to them", async () => {
  const closed: unknown[] = [];
  const guest: Guest = {
    id: "7",
    traffic: NO_TRAFFIC,
    row: () => clientRow({ id: "7" }),
    close: async (...how) => void closed.push(how),
  };
  const { listener } = await startListener(() => ({ guests: () => [guest] }));
  const operator = operatorOf(listener, { raise: () => undefined });
  expect([operator.ids(), operator.allIds()]).toEqual([[], ["7"]]);
  operator.kick("7", 4000, "bye");
  expect(closed).toEqual([[4000, "bye"]]);
  expect(listener.rows()).toEqual([clientRow({ id: "7" })]);
});
