import { expect, it } from "vitest";
import type { Client } from "../../src/server/client.ts";
import { Clients } from "../../src/server/clients.ts";

const client = (id: string, isDetained = false) => ({ id, isDetained }) as Client;

it("knows who is there, in the order of coming; who is detained is no member yet", () => {
  const clients = new Clients();
  const [first, second, third] = [client("1"), client("2", true), client("3")];
  for (const each of [first, second, third]) clients.add(each);
  expect([...clients]).toEqual([first, third]);
  expect([...clients.all()]).toEqual([first, second, third]);
  expect([clients.size, clients.get("2"), clients.get("4")]).toEqual([3, second, undefined]);
  clients.delete(first);
  expect([clients.size, [...clients]]).toEqual([2, [third]]);
});
