import { expect, it } from "vitest";
import { DEFAULT_LINT_LIMITS } from "../../src/protocol/lint-limits.ts";

/** `--help` and the manual tell of these. */
it("the limits that nobody has set", () => {
  expect(DEFAULT_LINT_LIMITS).toEqual({
    maxFrameLength: 104_857_600,
    slowPongMs: 5000,
    tinyFragments: 8,
    inflationRatio: 1000,
    inflationFloor: 262_144,
    maxWalkedLength: 16_777_216,
  });
});
