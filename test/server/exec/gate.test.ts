import { expect, it } from "vitest";
import { Gate } from "../../../src/server/exec/gate.ts";

it("lets pass while nobody holds it", async () => {
  await expect(new Gate().passed()).resolves.toBeUndefined();
});

it("opens when the last has let go", async () => {
  const gate = new Gate();
  const [one, two] = [gate.hold(), gate.hold()];
  let passed = 0;
  const both = Promise.all([gate.passed(), gate.passed()].map((pass) => pass.then(() => passed++)));
  one();
  one();
  await Promise.resolve();
  expect(passed).toBe(0);
  two();
  await both;
  expect(passed).toBe(2);
});

it("is not passed by who waited where it is held again at once", async () => {
  const gate = new Gate();
  const first = gate.hold();
  let passed = false;
  const pass = gate.passed().then(() => (passed = true));
  first();
  const second = gate.hold();
  await new Promise(setImmediate);
  expect(passed).toBe(false);
  second();
  await pass;
});
