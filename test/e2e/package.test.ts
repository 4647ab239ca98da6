import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
let folder: string;

function run(command: string, ...args: string[]): string {
  return execFileSync(command, args, { cwd: folder, encoding: "utf8", stdio: "pipe" });
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "framecat-package-"));
  // The build has been done, and other tests use it now: pack what is there.
  run("npm", "pack", "--silent", "--ignore-scripts", "--pack-destination", folder, ROOT);
  writeFileSync(join(folder, "package.json"), '{"private":true,"type":"module"}');
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
    version: string;
  };
  const flags = ["--silent", "--prefer-offline", "--no-audit", "--no-fund"];
  run("npm", "install", ...flags, `./framecat-${version}.tgz`);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("installs outside the repository and runs", () => {
  const help = run(process.execPath, "node_modules/.bin/framecat", "--help");
  expect(help).toContain("connect");
  const dump = run("node_modules/.bin/framecat", "frame-dump", "81 05 48 65 6c 6c 6f");
  expect(dump).toContain("Hello");
});

it("is a library with types, which reads what frame-dump reads and judges it", () => {
  writeFileSync(
    join(folder, "use.ts"),
    `import { encodeFrame, type Event, FrameParser, Opcode, type Frame, lintEvents, readEvents } from "framecat";
const bytes = encodeFrame({ opcode: Opcode.text, payload: new Uint8Array(3), rsv2: true });
const frames: Frame[] = new FrameParser().push(bytes);
console.log(frames[0]?.header.length);
async function* pasted(): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode("c1 00");
}
const events: AsyncIterable<Event> = readEvents(pasted(), { name: "pasted" });
for await (const { violation } of lintEvents(events)) console.log(violation.rule, violation.section);
`,
  );
  const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
  const types = ["--types", "node", "--typeRoots", join(ROOT, "node_modules/@types")];
  run(
    process.execPath,
    tsc,
    "--module",
    "nodenext",
    "--target",
    "es2023",
    "--strict",
    ...types,
    "use.ts",
  );
  expect(run(process.execPath, "use.js")).toBe("3\nrsv-not-negotiated 5.2\n");
});

it("carries the schemas, and no tests or sources", () => {
  const listed = run("npm", "ls", "--parseable", "framecat").trim();
  const files = execFileSync("find", [listed, "-type", "f"], { encoding: "utf8" });
  for (const schema of ["event", "dump", "dump-summary", "explain", "rules"]) {
    expect(files).toContain(`src/schema/${schema}.schema.json`);
  }
  expect(files).not.toMatch(/\/test\/|\/scripts\/|\/src\/cli\.ts/);
});
