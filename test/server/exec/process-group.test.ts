import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, it } from "vitest";
import { HAS_GROUPS, isGroupAlive, signalGroup } from "../../../src/server/exec/process-group.ts";

it.skipIf(!HAS_GROUPS)(
  "reaches all processes of a group, and none where there is none",
  async () => {
    const child = spawn("sh", ["-c", "sleep 100 & echo; wait"], { detached: true });
    await once(child.stdout, "data");
    expect([signalGroup(child.pid!, 0), isGroupAlive(child.pid!)]).toEqual([true, true]);
    expect(signalGroup(child.pid!, "SIGKILL")).toBe(true);
    // Both are gone: nobody has the pipe any more.
    await once(child, "close");
    expect(isGroupAlive(child.pid!)).toBe(false);
  },
);

it("knows of no group that never was", () => {
  expect(signalGroup(2 ** 22 + 1, "SIGTERM")).toBe(false);
});
