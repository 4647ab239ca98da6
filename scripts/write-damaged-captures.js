// Writes test/fixtures/damaged anew: small captures with something wrong in each of them.
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { runnerImport } from "vite";

const folder = fileURLToPath(new URL("../test/fixtures/damaged/", import.meta.url));
const { module: corpus } = await runnerImport("./test/helpers/forged/corpus.ts");
mkdirSync(folder, { recursive: true });
for (const [name, bytes] of Object.entries(corpus.damagedCaptures())) {
  writeFileSync(folder + name, bytes);
}
