import fc from "fast-check";
import { expect, it } from "vitest";
import { Agenda } from "../../src/bench/agenda.ts";

it("gives what is to be done, earliest first", () => {
  const steps = fc.array(fc.oneof(fc.nat(50), fc.constant("take" as const)), { maxLength: 100 });
  fc.assert(
    fc.property(steps, (actions) => {
      const agenda = new Agenda<number>();
      const model: number[] = [];
      for (const action of actions) {
        if (action === "take") {
          expect(agenda.take()).toBe(model.shift());
        } else {
          agenda.add(action, action);
          model.push(action);
          model.sort((a, b) => a - b);
        }
        expect(agenda.next).toBe(model[0] ?? Infinity);
      }
    }),
  );
});

it("has nothing while it is empty, and goes on after that", () => {
  const agenda = new Agenda<string>();
  expect([agenda.take(), agenda.take(), agenda.next]).toEqual([undefined, undefined, Infinity]);
  agenda.add(3, "c");
  expect([agenda.next, agenda.take(), agenda.take()]).toEqual([3, "c", undefined]);
});

it("tells when something is earlier than all that was known", () => {
  const told: number[] = [];
  const agenda = new Agenda<string>();
  agenda.onSooner = (at) => void told.push(at);
  for (const at of [5, 7, 5, 3, 4]) agenda.add(at, "");
  for (let i = 0; i < 5; i++) agenda.take();
  agenda.add(9, "");
  expect(told).toEqual([5, 3, 9]);
});
