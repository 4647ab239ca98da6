import fc from "fast-check";
import { expect } from "vitest";
import type { User } from "../../src/bench/user.ts";
import { expectBooks, type FakeConnection, type FakeWorker } from "./load-user.ts";

/** What may happen to a virtual user, in any order. */
export type Step =
  | { readonly type: "tick"; readonly ms: number }
  | { readonly type: "plan"; readonly lateMs: number; readonly count: number }
  | { readonly type: "replies"; readonly from: number; readonly count: number }
  | { readonly type: "congest"; readonly room: number }
  | { readonly type: "window"; readonly budget: number | undefined }
  | { readonly type: "relieve" | "stop" | "closing" | "destroy" | "end" };

const count = fc.integer({ min: 1, max: 6 });
const one = <T extends string>(...types: T[]) =>
  fc.constantFrom(...types.map((type) => ({ type })));

export const anySteps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof<fc.WeightedArbitrary<Step>[]>(
    {
      weight: 6,
      arbitrary: fc.record({ type: fc.constant("tick"), ms: fc.integer({ min: 1, max: 9 }) }),
    },
    { weight: 6, arbitrary: fc.record({ type: fc.constant("plan"), lateMs: fc.nat(3), count }) },
    { weight: 9, arbitrary: fc.record({ type: fc.constant("replies"), from: fc.nat(5), count }) },
    { weight: 2, arbitrary: fc.record({ type: fc.constant("congest"), room: fc.nat(3) }) },
    { weight: 2, arbitrary: one("relieve") },
    { weight: 1, arbitrary: one("stop", "closing", "destroy", "end") },
    {
      weight: 1,
      arbitrary: fc.record({
        type: fc.constant("window"),
        budget: fc.option(fc.nat(20), { nil: undefined }),
      }),
    },
  ),
  { maxLength: 80, size: "max" },
);

/** What a user and its peer do with the steps that are not the same for all. */
export interface Played {
  readonly worker: FakeWorker;
  readonly user: User;
  readonly connection: FakeConnection;
  /** The peer sends `count` replies, to what it took from the `from`-th on. */
  readonly reply: (from: number, count: number) => void;
}

/**
 * Plays the steps, and checks after each one that the sums hold; in the end the socket closes, and
 * nothing may be left over.
 */
export function play(steps: readonly Step[], { worker, user, connection, reply }: Played): void {
  let isOver = false;
  let hasWindow = false;
  for (const step of steps) {
    if (isOver) break;
    switch (step.type) {
      case "tick":
        worker.now += step.ms;
        worker.pump();
        break;
      case "plan":
        // In the closed model the agenda plans.
        if (worker.context.model.model === "closed") break;
        for (let i = 0; i < step.count; i++) user.plan(worker.now - step.lateMs);
        user.flush(worker.now);
        break;
      case "replies":
        reply(step.from, step.count);
        break;
      case "congest":
        connection.room = step.room;
        connection.congested = step.room === 0;
        break;
      case "relieve":
        connection.relieve(user);
        break;
      case "window":
        worker.now += 1;
        if (!hasWindow) worker.load.openWindow(step.budget);
        hasWindow = true;
        worker.now += 1;
        break;
      case "stop":
        worker.load.stop();
        break;
      case "closing":
        connection.close();
        break;
      case "destroy":
        connection.destroy();
        break;
      case "end":
        isOver = true;
        break;
    }
    expectBooks(worker, [user]);
  }
  connection.end(user);
  expect(expectBooks(worker, [user])).toEqual({ held: 0 });
  expect(user.inFlight).toBe(0);
  const before = worker.load.ledger;
  // Pauses that end after that plan nothing in the closed model.
  worker.now += 1000;
  worker.pump();
  expect(worker.load.ledger).toEqual(before);
  const { drains } = worker;
  worker.load.stop();
  expect(worker.drains).toBe(drains + 1);
}
