import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { main } from "../../src/cli.ts";
import { expectGolden } from "../helpers/golden.ts";
import { damagedCaptures } from "../helpers/forged/corpus.ts";
import { memoryIo } from "../helpers/memory-io.ts";

const FIXTURES = fileURLToPath(new URL("../fixtures/damaged/", import.meta.url));
const names = readdirSync(FIXTURES).toSorted();

/** Forms that a terminal shows. */
const SHOWN = [
  [],
  ["--table"],
  ["--tree"],
  ["--messages"],
  ["--summary"],
  ["--lint", "--include", "-vv"],
  ["--diagram"],
  ["--hex"],
] as const;
const DATA = [["--json"], ["--format", "ndjson"], ["--payload"], ["--summary", "--json"]] as const;
/** All control characters but the newline. */
const CONTROL = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\u200b]/;
/** Done; a clear error; broken rules. */
const CODES = [0, 2, 33];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "framecat-damaged-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function dump(args: readonly string[], stdin?: Uint8Array) {
  const io = memoryIo(stdin ? { stdin } : {});
  const words = ["frame-dump", ...args, "--assume-websocket", "8080", "--color", "never"];
  const code = await main(words, io);
  return { code, out: io.out(), err: io.err() };
}

/** Nothing that a terminal acts on, no defect, and errors of one line. */
function expectSound({ code, out, err }: Awaited<ReturnType<typeof dump>>, isShown: boolean) {
  expect(CODES).toContain(code);
  expect(err).not.toMatch(CONTROL);
  expect(err).not.toMatch(/\bat .*:\d+:\d+|defect/);
  expect(err.split("\n").filter((line) => line.includes("(exit 2)")).length).toBeLessThan(2);
  if (isShown) expect(out).not.toMatch(CONTROL);
}

it("the damaged captures are those that the script writes", () => {
  const written = damagedCaptures();
  // Compressors differ from platform to platform.
  const exact = names.filter((name) => !/gz|deflate/.test(name));
  expect(Object.keys(written).toSorted()).toEqual(names);
  for (const name of exact) {
    expect([name, Buffer.from(written[name]!).equals(readFileSync(FIXTURES + name))]).toEqual([
      name,
      true,
    ]);
  }
});

describe("a damaged capture", () => {
  it.each(names)("%s: every form is sound", async (name) => {
    for (const form of SHOWN) expectSound(await dump([FIXTURES + name, ...form]), true);
    for (const form of DATA) expectSound(await dump([FIXTURES + name, ...form]), false);
    const files = ["--har", join(folder, "x.har"), "--pcapng", join(folder, "x.pcapng")];
    expectSound(await dump([FIXTURES + name, ...files]), true);
  });

  it.each([
    ["cut.pcap", 0, /record at byte \d+/],
    ["cut-gzip.pcap.gz", 0, /at byte \d+/],
    ["corrupt-gzip.pcap.gz", 2, /before byte \d+: /],
    ["length-of-gigabytes.pcap", 2, /at byte 24: .* 2147483647 bytes/],
    ["block-lengths-differ.pcapng", 2, /at byte 0: /],
    ["noise-behind-a-header.pcap", 2, /at byte 24: /],
  ] as const)("%s: it is told where", async (name, expected, message) => {
    const { code, err } = await dump([FIXTURES + name]);
    expect(code).toBe(expected);
    expect(err).toMatch(message);
  });

  it("shows what is missing", async () => {
    const { out } = await dump([FIXTURES + "gaps.pcap", "--timestamps", "delta"]);
    expectGolden("frame-dump/gaps.txt", out);
    const snapped = await dump([FIXTURES + "snapped.pcap", "--timestamps", "delta"]);
    expectGolden("frame-dump/gaps-snapped.txt", snapped.out);
  });
});

it("any bytes, and any change to a capture, give output or one error", async () => {
  const files = names.map((name) => readFileSync(FIXTURES + name));
  const changed = fc
    .tuple(fc.constantFrom(...files), fc.array(fc.tuple(fc.nat(8000), fc.nat(255))), fc.nat(8000))
    .map(([file, changes, end]) => {
      const bytes = Uint8Array.from(file.subarray(0, Math.max(end, 1)));
      for (const [at, octet] of changes) bytes[at % bytes.length] = octet;
      return bytes;
    });
  const any = fc.oneof({ weight: 4, arbitrary: changed }, fc.uint8Array({ minLength: 1 }));
  await fc.assert(
    fc.asyncProperty(any, fc.constantFrom(...SHOWN), async (bytes, form) => {
      expectSound(await dump(["-", ...form], bytes), true);
    }),
    { numRuns: 30 },
  );
});
