import fc from "fast-check";
import { expect, it } from "vitest";
import { formatTime } from "../../src/render/format.ts";
import { TimesOfDay } from "../../src/render/times-of-day.ts";

const SECOND = 1_700_000_000;

it.each([
  ["the first one", [0]],
  ["of one second", [0, 1_000, 999_999]],
  ["of one second and the next", [999_999, 1_000_000, 1_000_001]],
  ["backwards, as packets of several interfaces may stand", [2_000_000, 999_000, 2_000_000]],
])("formats as each would be alone: %s", (_, microseconds) => {
  const times = new TimesOfDay();
  const moments = microseconds.map((us) => SECOND * 1e6 + us);
  expect(moments.map((epochUs) => times.format(epochUs))).toEqual(moments.map(formatTime));
});

it("formats any times as each would be alone", () => {
  const moment = fc.integer({ min: 0, max: 4_000_000_000_000_000 });
  const near = fc.tuple(moment, fc.array(fc.integer({ min: 0, max: 3_000_000 })));
  fc.assert(
    fc.property(near, ([start, steps]) => {
      const times = new TimesOfDay();
      for (const step of steps) {
        expect(times.format(start + step)).toBe(formatTime(start + step));
      }
    }),
  );
});
