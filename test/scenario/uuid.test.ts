import fc from "fast-check";
import { expect, it } from "vitest";
import { uuidV4 } from "../../src/scenario/uuid.ts";
import { seededRandom } from "../helpers/seeded-random.ts";

it("has the form of version 4", () => {
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      expect(uuidV4(seededRandom(seed))).toMatch(
        /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/,
      );
    }),
  );
});

it.each([
  [0, "00000000-0000-4000-8000-000000000000"],
  [1 - 2 ** -53, "ffffffff-ffff-4fff-bfff-ffffffffffff"],
  [0x12345678 / 2 ** 32, "12345678-1234-4678-9234-567812345678"],
])("is made of the random numbers alone: %d", (drawn, uuid) =>
  expect(uuidV4(() => drawn)).toBe(uuid),
);

it("uses every random bit it has a place for", () => {
  const random = seededRandom(1);
  const uuids = Array.from({ length: 500 }, () => uuidV4(random).replaceAll("-", ""));
  expect(new Set(uuids).size).toBe(500);
  const bits = uuids.map((uuid) => BigInt(`0x${uuid}`));
  const everSet = bits.reduce((all, value) => all | value);
  const alwaysSet = bits.reduce((all, value) => all & value);
  expect(everSet.toString(16)).toBe("ffffffffffff4fffbfffffffffffffff");
  expect(alwaysSet.toString(16)).toBe("40008000000000000000");
});
