import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { start } from "./binary.ts";

const VITEST = fileURLToPath(new URL("../../node_modules/vitest/vitest.mjs", import.meta.url));
const CASES = fileURLToPath(new URL("../fixtures/tally", import.meta.url));

it("ends a run with its tally, files that do not load counted as failures", async () => {
  const { code, stdout } = await start(process.execPath, [VITEST, "run", "--root", CASES], "")
    .finished;
  expect(code).toBe(1);
  expect(stdout.toString().trimEnd().split("\n").at(-1)).toBe("1 passed, 2 failed, 1 skipped");
});
