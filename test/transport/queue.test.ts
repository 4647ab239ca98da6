import fc from "fast-check";
import { expect, it } from "vitest";
import { type Place, Queue } from "../../src/transport/queue.ts";

it("holds what came and did not leave, in the order of coming", () => {
  const step = fc.record({ adds: fc.boolean(), which: fc.nat() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const queue = new Queue<number>();
      const model = new Set<number>();
      const places: Place<number>[] = [];
      for (const { adds, which } of steps) {
        const place = places[which % Math.max(1, places.length)];
        if (adds || !place) {
          places.push(queue.add(places.length));
          model.add(places.length - 1);
        } else expect(queue.delete(place)).toBe(model.delete(place.item));
        expect([...queue]).toEqual([...model]);
        expect(queue.size).toBe(model.size);
      }
    }),
  );
});

it("can be gone through while all of it leaves", () => {
  const queue = new Queue<() => void>();
  const gone: number[] = [];
  for (const i of [0, 1, 2]) {
    const place: Place<() => void> = queue.add(() => {
      gone.push(i);
      queue.delete(place);
    });
  }
  for (const leave of queue) leave();
  expect([gone, queue.size]).toEqual([[0, 1, 2], 0]);
});
