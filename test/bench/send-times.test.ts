import fc from "fast-check";
import { expect, it } from "vitest";
import { SendTimes } from "../../src/bench/send-times.ts";

const anyStep = fc.oneof(
  fc.record({ sent: fc.integer({ min: 1, max: 5 }), tick: fc.nat(3) }),
  fc.record({ taken: fc.integer({ min: 1, max: 12 }) }),
);

it("gives each message's time, oldest first, whatever runs they came in", () => {
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 60 }), (steps) => {
      const times = new SendTimes();
      const model: number[] = [];
      let now = 0.5;
      for (const step of steps) {
        if ("sent" in step) {
          now += step.tick;
          times.sent(now, step.sent);
          model.push(...Array.from({ length: step.sent }, () => now));
        } else {
          let left = step.taken;
          while (left > 0 && times.waiting > 0) {
            const at = times.oldestAt;
            const count = times.take(left);
            expect(model.splice(0, count)).toEqual(Array.from({ length: count }, () => at));
            expect(count).toBeGreaterThan(0);
            left -= count;
          }
        }
        expect(times.waiting).toBe(model.length);
        expect(times.waitingSince(now)).toBe(model.filter((at) => at >= now).length);
      }
    }),
  );
});

it("has nothing to take while nothing waits", () => {
  const times = new SendTimes();
  expect([times.take(3), times.waiting, times.waitingSince(0)]).toEqual([0, 0, 0]);
});
