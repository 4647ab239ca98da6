// Compiles src/ to dist/ and writes the manual pages beside it. Old output goes first, so that a file
// removed from src/ is never shipped.
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
rmSync(`${root}/dist`, { recursive: true, force: true });
const tsc = fileURLToPath(new URL("../node_modules/typescript/bin/tsc", import.meta.url));
const { status } = spawnSync(process.execPath, [tsc, "-p", root], { stdio: "inherit" });
process.exitCode = status ?? 1;
if (status === 0) await writeManPages(`${root}/dist/man`);

async function writeManPages(folder) {
  const { COMMANDS } = await import("../dist/commands/index.js");
  const { manPages } = await import("../dist/render/man-page.js");
  const { version } = await import("../dist/version.js");
  mkdirSync(folder);
  for (const [name, text] of await manPages(COMMANDS, version())) {
    writeFileSync(`${folder}/${name}.1`, text);
  }
}
