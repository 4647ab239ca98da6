import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";

const GOLDEN = fileURLToPath(new URL("../golden/", import.meta.url));

/**
 * Compares text with the file of that name under test/golden. `UPDATE_GOLDEN=1` writes the file
 * anew: read the difference before committing it.
 */
export function expectGolden(name: string, text: string): void {
  const path = GOLDEN + name;
  if (process.env.UPDATE_GOLDEN) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  expect(text).toBe(readFileSync(path, "utf8"));
}
