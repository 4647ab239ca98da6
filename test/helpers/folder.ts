import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A new folder for the length of a test; gives the path of a file in it. */
export function newFolder(): (name: string) => string {
  const path = mkdtempSync(join(tmpdir(), "framecat-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return (name) => join(path, name);
}
