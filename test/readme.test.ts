import { mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BINARY, start, startListen, stop } from "./helpers/binary.ts";

const readme = readFileSync("README.md", "utf8");
const section = /## Things to do with it\n(.*?)\n## /s.exec(readme)?.[1] ?? "";
const blocksOf = (kind: string): string[] =>
  [...section.matchAll(new RegExp(`^\`\`\`${kind}\\n(.*?)^\`\`\`$`, "gms"))].map(([, block = ""]) =>
    block.trim(),
  );
const blocks = blocksOf("sh");
const servers = blocksOf("sh serve").flatMap((block) => block.split("\n"));

let bin: string;
let echo: Awaited<ReturnType<typeof startListen>>;
beforeAll(async () => {
  bin = mkdtempSync(join(tmpdir(), "framecat-readme-"));
  symlinkSync(BINARY, join(bin, "framecat"));
  echo = await startListen("-q");
});
afterAll(async () => {
  await stop(echo);
  rmSync(bin, { recursive: true, force: true });
});

describe("the README's commands run as typed", () => {
  it("has them", () => expect(blocks.length).toBeGreaterThan(5));

  const isLoad = (block: string): boolean => block.startsWith("framecat bench");

  // Most of them wait for a second; a load has the machine for itself.
  it.concurrent.each(blocks.filter((block) => !isLoad(block)))("%s", runsAsTyped);
  it.each(blocks.filter(isLoad))("%s", runsAsTyped);

  async function runsAsTyped(block: string): Promise<void> {
    // The port is one that is free here, in place of the one a reader would choose.
    const here = block.replaceAll("8080", String(echo.port));
    const shell = `set -eo pipefail; PATH="${bin}:$PATH"; cd "${bin}"\n${here}`;
    const { code, stdout, stderr } = await start("bash", ["-c", shell], "").finished;
    // A load tells how far it is where it takes long.
    const said = isLoad(block) ? stderr.replaceAll(/^(?!framecat:).*\n/gm, "") : stderr;
    expect([code, said]).toEqual([0, ""]);
    if (!here.includes("connect ws://")) expect(stdout.length).toBeGreaterThan(0);
  }

  it.concurrent.each(servers)("%s", async (line) => {
    const free = line.replace(/(?<=listen )\d+/, "0");
    const running = start("bash", ["-c", `PATH="${bin}:$PATH"; cd "${bin}"; exec ${free}`], "");
    await running.seen(/listening on (ws|wss):/);
    const { code, stderr } = await stop(running);
    expect([code, stderr]).toEqual([0, ""]);
  });
});
