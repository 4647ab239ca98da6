import { spawnSync } from "node:child_process";
import { setFlagsFromString } from "node:v8";
import { expect, it, vi } from "vitest";
import { collectAtOnce } from "../../src/pipe/collect-at-once.ts";

vi.mock("node:v8", () => ({ setFlagsFromString: vi.fn<(flag: string) => void>() }));

/** What V8 tells of marking in steps while the script, and then what fills the heap, runs. */
function traceOf(script: string): string {
  const fill = "const kept = []; while (kept.length < 3e5) kept.push({ i: [kept.length] });";
  const flags = ["--trace-incremental-marking", "--max-old-space-size=100"];
  const { stdout, stderr } = spawnSync(process.execPath, [...flags, "-e", `${script};${fill}`], {
    encoding: "utf8",
  });
  return stdout + stderr;
}

it("garbage is no longer marked in steps, at a word that V8 understands", () => {
  collectAtOnce();
  const [flag] = vi.mocked(setFlagsFromString).mock.calls[0] ?? [];
  expect(traceOf(`require("v8").setFlagsFromString(${JSON.stringify(flag)})`)).toBe("");
  expect(traceOf("")).toContain("[IncrementalMarking] Start");
});
