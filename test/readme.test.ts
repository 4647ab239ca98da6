import { mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BINARY, start, startListen, stop } from "./helpers/binary.ts";

const readme = readFileSync("README.md", "utf8");
const section = /## Five things to do with it\n(.*?)\n## /s.exec(readme)?.[1] ?? "";
const commands = [...section.matchAll(/^```sh\n(.*?)^```$/gms)].flatMap(([, block = ""]) =>
  block.trim().split("\n"),
);

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
  it("has them", () => expect(commands.length).toBeGreaterThan(5));

  it.each(commands)("%s", async (command) => {
    // The port is one that is free here, in place of the one a reader would choose.
    const here = command.replaceAll("8080", String(echo.port));
    const shell = `set -o pipefail; PATH="${bin}:$PATH"; ${here}`;
    const { code, stdout, stderr } = await start("bash", ["-c", shell], "").finished;
    expect([code, stderr]).toEqual([0, ""]);
    if (!here.includes("connect ws://")) expect(stdout.length).toBeGreaterThan(0);
  });
});
