import fc from "fast-check";
import { expect, it } from "vitest";
import { SendTimes } from "../../src/bench/send-times.ts";

const anyStep = fc.oneof(
  fc.record({ added: fc.integer({ min: 1, max: 5 }), tick: fc.nat(3), late: fc.nat(2) }),
  fc.record({ taken: fc.integer({ min: 1, max: 12 }) }),
);

it("gives each message's moments, oldest first, whatever runs they came in", () => {
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 60 }), (steps) => {
      const times = new SendTimes();
      const model: (readonly [due: number, sent: number])[] = [];
      let now = 0.5;
      for (const step of steps) {
        if ("added" in step) {
          now += step.tick;
          const moments = [now - step.late, now] as const;
          times.add(...moments, step.added);
          for (let i = 0; i < step.added; i++) model.push(moments);
        } else {
          let left = step.taken;
          while (left > 0 && times.waiting > 0) {
            const moments = [times.oldestDue, times.oldestSent];
            expect(times.oldestCount).toBeGreaterThan(0);
            const count = times.take(left);
            expect(model.splice(0, count)).toEqual(Array.from({ length: count }, () => moments));
            expect(count).toBeGreaterThan(0);
            left -= count;
          }
        }
        expect(times.waiting).toBe(model.length);
        expect(times.dueSince(now)).toBe(model.filter(([due]) => due >= now).length);
      }
    }),
  );
});

it("has nothing to take while nothing waits", () => {
  const times = new SendTimes();
  expect([times.take(3), times.waiting, times.oldestCount, times.dueSince(0)]).toEqual([
    0, 0, 0, 0,
  ]);
});
