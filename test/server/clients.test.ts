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

it("tells when the last one of a crowd has gone, each time", () => {
  let told = 0;
  const clients = new Clients(() => (told += 1));
  const come = (count: number) => {
    const all = Array.from({ length: count }, (_, i) => client(String(i)));
    for (const each of all) clients.add(each);
    return all;
  };
  for (const [count, expected] of [
    [999, 0],
    [1000, 1],
    [10, 1],
    [2000, 2],
  ] as const) {
    const all = come(count);
    for (const each of all.slice(1)) clients.delete(each);
    expect(told).toBe(expected - (count < 1000 ? 0 : 1));
    clients.delete(all[0]!);
    expect(told).toBe(expected);
  }
});
