import fc from "fast-check";
import { expect, it } from "vitest";
import { Subscriptions } from "../../src/server/subscriptions.ts";

const sorted = (names: Iterable<string>) => Array.from(names).toSorted();

it("finds from either side what a plain list would, and keeps no empty set", () => {
  const step = fc.record({
    act: fc.constantFrom("add", "remove", "leave"),
    who: fc.constantFrom("x", "y", "z"),
    channel: fc.constantFrom("a", "b", "c"),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const subscriptions = new Subscriptions<string>();
      let plain: string[] = [];
      for (const { act, who, channel } of steps) {
        const pair = `${who}${channel}`;
        if (act === "add") subscriptions.add(who, channel);
        else if (act === "remove") subscriptions.remove(who, channel);
        else subscriptions.removeAll(who);
        plain = plain.filter((one) => one !== pair && !(act === "leave" && one[0] === who));
        if (act === "add") plain.push(pair);
      }
      const found = ["a", "b", "c"].flatMap((channel) =>
        Array.from(subscriptions.subscribersOf(channel), (who) => `${who}${channel}`),
      );
      expect(sorted(found)).toEqual(sorted(plain));
      for (const who of ["x", "y", "z"]) {
        const channels = plain.filter((pair) => pair[0] === who).map((pair) => pair[1]!);
        expect(sorted(subscriptions.channelsOf(who))).toEqual(sorted(channels));
      }
      expect(subscriptions.counts.every(([, count]) => count > 0)).toBe(true);
    }),
  );
});

it("lists the busiest channels first", () => {
  const subscriptions = new Subscriptions<number>();
  subscriptions.add(1, "one");
  for (const n of [1, 2]) subscriptions.add(n, "two");
  subscriptions.add(1, "uno");
  expect(subscriptions.counts).toEqual([
    ["two", 2],
    ["one", 1],
    ["uno", 1],
  ]);
});
