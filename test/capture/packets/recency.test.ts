import fc from "fast-check";
import { expect, it } from "vitest";
import { type Linked, Recency } from "../../../src/capture/packets/recency.ts";

class Item implements Linked<Item> {
  newer: Item | undefined;
  older: Item | undefined;
  readonly name: number;
  constructor(name: number) {
    this.name = name;
  }
}

function names(recency: Recency<Item>): number[] {
  const found: number[] = [];
  for (let item = recency.oldest; item; item = item.newer) found.push(item.name);
  return found;
}

it("what was used last is last, whatever is added, touched and deleted", () => {
  const step = fc.tuple(fc.nat(5), fc.boolean());
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const recency = new Recency<Item>();
      const items = Array.from({ length: 6 }, (_, name) => new Item(name));
      let expected: number[] = [];
      for (const [name, deleted] of steps) {
        const known = expected.includes(name);
        expected = expected.filter((other) => other !== name);
        if (deleted && known) recency.delete(items[name]!);
        if (deleted) continue;
        if (known) recency.touch(items[name]!);
        else recency.add(items[name]!);
        expected.push(name);
        expect(names(recency)).toEqual(expected);
      }
      expect([names(recency), recency.size]).toEqual([expected, expected.length]);
    }),
  );
});
