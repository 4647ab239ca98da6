import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv } from "ajv";
import { describe, expect, it, vi } from "vitest";
import type { CapacityResult } from "../../src/bench/capacity.ts";
import { main } from "../../src/cli.ts";
import { echoServer } from "../helpers/bench.ts";
import { type MemoryIo, memoryIo } from "../helpers/memory-io.ts";
import { freePort } from "../helpers/transport.ts";

vi.mock(import("../../src/bench/child-process.ts"), async (original) => {
  const { localWorkers } = await import("../helpers/local-workers.ts");
  return localWorkers(original);
});

// A machine that has other work as well is told from a slow server, and a trial then proves nothing.
// Which of both this machine is must not decide here: see client-limits.test.ts.
vi.mock(import("../../src/bench/client-limits.ts"), () => ({ findLimits: () => [] }));

const schema = JSON.parse(readFileSync("src/schema/capacity.schema.json", "utf8")) as object;
const validate = new Ajv({ strict: false, formats: { "date-time": true } }).compile(schema);

/** Short trials of four sockets, from 50 messages a second to 100. */
const SHORT = ["-c", "4", "-d", "200ms", "--warmup", "0s", "--settle", "0ms", "--from", "50/s"];

/** An objective that holds whenever there are answers, and one that never does. */
const [EASY, HOPELESS] = ["answered>0", "p99<1us"];

async function capacity(argv: readonly string[], act?: (io: MemoryIo) => Promise<void>) {
  const io = memoryIo();
  const running = main(["bench", "capacity", ...argv], io);
  await act?.(io);
  return { code: await running, out: io.out(), err: io.err() };
}

function documentOf(text: string): CapacityResult {
  const document = JSON.parse(text) as CapacityResult;
  validate(document);
  expect(validate.errors).toBeNull();
  return document;
}

describe("bench capacity", () => {
  it("tells the highest load that held, of the embedded server", async () => {
    const { code, out, err } = await capacity([...SHORT, "--to", "100/s", "--slo", EASY]);
    expect(code).toBe(0);
    expect(out).toMatch(/^capacity +100\/s is the highest load that held answered>0, in 3 of 3/);
    expect(out).toContain("embedded echo server");
    expect(err.match(/^trial \d: (50|100)\/s held/gm)).toHaveLength(4);
  });

  it("gives one document, and a page", async () => {
    const { url } = await echoServer();
    const page = join(mkdtempSync(join(tmpdir(), "framecat-capacity-")), "page.html");
    const flags = [
      "--to",
      "100/s",
      "--slo",
      EASY,
      "--confirm",
      "1",
      "--json",
      "-q",
      "--html",
      page,
    ];
    const { code, out, err } = await capacity([`${url}?token=abc`, ...SHORT, ...flags]);
    expect([code, err]).toEqual([0, ""]);
    const document = documentOf(out);
    expect(document).toMatchObject({
      vary: "rate",
      held: { load: 100, confirmed: true },
      ended: "maximum",
    });
    expect(document.trials.map(({ load }) => load)).toEqual([50, 100]);
    expect(out).not.toContain("abc");
    expect(readFileSync(page, "utf8")).toContain("is the highest load that held");
  });

  it("varies the number of sockets", async () => {
    const { url } = await echoServer();
    const few = ["--vary", "connections", "--from", "2", "--to", "4", "--rate-per-socket", "50/s"];
    const flags = [...SHORT.slice(2, -2), ...few, "--slo", EASY, "--confirm", "1", "--json"];
    const { code, out } = await capacity([url, ...flags]);
    expect(code).toBe(0);
    expect(documentOf(out)).toMatchObject({
      unit: "sockets",
      held: { load: 4 },
      trials: [{ load: 2 }, { load: 4 }],
    });
  });

  it("ends with 31 where even the lowest load misses the objective", async () => {
    const { url } = await echoServer();
    const argv = [url, ...SHORT, "--slo", HOPELESS];
    const { code, out, err } = await capacity(argv);
    expect(code).toBe(31);
    expect(err).toMatch(/^framecat: no load held p99<1us: even 50\/s missed it \(exit 31\)\./m);
    expect(out).toMatch(/^capacity +no load held p99<1us/);
  });

  it("ends as bench does where nothing opens", async () => {
    const { code, out, err } = await capacity([`:${await freePort()}`, ...SHORT, "-q"]);
    expect([code, out]).toEqual([11, ""]);
    expect(err).toMatch(/^framecat: .* refused the connection \(exit 11\)\..*\n$/);
  });

  it("reports what there is when a signal ends it", async () => {
    const { url } = await echoServer();
    const { code, out } = await capacity([url, ...SHORT, "--slo", EASY], async (io) => {
      await io.seen(/trial 1: /);
      io.raise("SIGINT");
    });
    expect(code).toBe(130);
    expect(out).toContain("50/s held answered>0 in 1 of 1 trial, which is not confirmed");
    expect(out).toContain("interrupted after 1 trial");
  });

  it("tells how it is used, on one screen", async () => {
    const { code, out } = await capacity(["--help"]);
    expect(code).toBe(0);
    expect(out).toContain("framecat bench capacity [FLAGS] [URL]");
    expect(out.split("\n").length).toBeLessThan(40);
  });

  it("checks before it starts that its page can be written", async () => {
    const page = "/nowhere/page.html";
    const { code, out, err } = await capacity([...SHORT, "--html", page]);
    expect([code, out, existsSync(page)]).toEqual([2, "", false]);
    expect(err).toMatch(/^framecat: --html: cannot write \/nowhere\/page.html/);
  });
});
