import { readFileSync } from "node:fs";
import { Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import { main } from "../src/cli.ts";
import { memoryIo, type MemoryIo } from "./helpers/memory-io.ts";

async function run(...argv: string[]) {
  const io = memoryIo({ stdin: "" });
  const code = await main(argv, io);
  return { code, out: io.out(), err: io.err() };
}

function expectOneLine(err: string, ...parts: string[]): void {
  expect(err).toMatch(/^framecat: [^\n]+\n$/);
  for (const part of parts) expect(err).toContain(part);
}

describe("framecat itself", () => {
  it.each([["--version"], ["-V"]])("%s prints the version of the package", async (flag) => {
    const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
    expect(await run(flag)).toEqual({ code: 0, out: `${version}\n`, err: "" });
  });

  it.each([[], ["--help"], ["-h"], ["help"]])("help names the commands: %s", async (...argv) => {
    const { code, out, err } = await run(...argv);
    expect([code, err]).toEqual([0, ""]);
    for (const name of ["connect", "listen", "frame-dump", "bench"]) expect(out).toContain(name);
  });

  it("ends in peace when nobody reads it", async () => {
    const gone = () =>
      new Writable({
        write: (_, __, done) => done(Object.assign(new Error("write EPIPE"), { code: "EPIPE" })),
      });
    expect(await main(["--help"], { ...memoryIo(), stdout: gone() })).toBe(0);
    expect(await main(["nope"], { ...memoryIo(), stderr: gone() })).toBe(2);
  });

  it("help of a command that there is not is a usage error", async () => {
    const { code, out, err } = await run("help", "conect");
    expect([code, out]).toEqual([2, ""]);
    expectOneLine(err, '"conect"', "(exit 2)");
  });

  it.each([["conect"], ["toString"], ["--nope"], [""]])("%j is no command", async (name) => {
    const { code, out, err } = await run(name);
    expect([code, out]).toEqual([2, ""]);
    expectOneLine(err, JSON.stringify(name), "(exit 2)", "framecat --help");
  });
});

describe("a slip of the pen", () => {
  it.each([
    [["conect", "ws://x"], 2, "framecat connect"],
    [["compare", "a", "b"], 2, "framecat bench compare"],
    [["bench", "reprot", "x.json"], 2, "framecat bench report"],
    [["bench", "compaer", "a", "b"], 2, "framecat bench compare"],
    [["frame-dump", "explian", "1006"], 2, "framecat frame-dump explain"],
  ])("%j", async (argv, exit, meant) => {
    const { code, out, err } = await run(...argv);
    expect([code, out]).toEqual([exit, ""]);
    expectOneLine(err, `Did you mean \`${meant}\`? `);
  });

  it("is told of what there is alone, and where nothing else is wrong not at all", async () => {
    expect((await run("nope")).err).not.toContain("Did you mean");
    expect((await run("bench", "--measure", "x")).err).not.toContain("Did you mean");
  });
});

describe("help of a command", () => {
  it("wins over everything else on the line, wrong flags too", async () => {
    const { code, out } = await run("connect", "--nope", "ws://x", "--help");
    expect([code, out.split("\n")[0]]).toEqual([0, "Usage: framecat connect [FLAGS] URL"]);
  });

  it("help COMMAND is the same", async () => {
    expect(await run("help", "listen")).toEqual(await run("listen", "-h"));
  });

  it("all has flags that the short one leaves out", async () => {
    const [short, all] = [await run("connect", "--help"), await run("connect", "--help", "all")];
    expect(short.out).not.toContain("--handshake-timeout");
    expect(all.out).toContain("--handshake-timeout");
  });

  it("is not asked for by what stands after --", async () => {
    const { code, out } = await run("frame-dump", "--", "--help");
    expect([code, out]).toEqual([2, ""]);
  });
});

describe("commands of two words", () => {
  it.each(["report", "merge", "compare"])("bench %s", async (word) => {
    const { code, out } = await run("bench", word, "--help");
    expect([code, out.split(" [FLAGS]")[0]]).toEqual([0, `Usage: framecat bench ${word}`]);
    expect(await run("help", "bench", word)).toEqual(await run("bench", word, "-h"));
    expectOneLine((await run("bench", word)).err, "(exit 2)");
  });

  it("are named by the help of the first word", async () => {
    const { out } = await run("bench", "--help");
    for (const word of ["report", "merge", "compare"]) {
      expect(out).toMatch(new RegExp(`^  framecat bench ${word} `, "m"));
    }
  });

  it.each([
    ["bench", "merges"],
    ["bench", "ws://report/#x"],
    ["bench", "-c", "x", "report"],
    ["connect", "report"],
    ["listen", "merge"],
  ])("are no others: %s %s", async (...argv) => {
    const { err } = await run(...argv, "--nope");
    expectOneLine(err, "--nope", `framecat ${argv[0]} --help`);
  });
});

describe("a defect", () => {
  /** An Io whose clock is broken. */
  function failing(io: MemoryIo): MemoryIo {
    return {
      ...io,
      get clock(): never {
        throw new TypeError("it broke\n\u001b[31m");
      },
    };
  }

  it("is one line and exit 1, without a stack or control characters", async () => {
    const io = memoryIo({ stdin: "" });
    const code = await main(["connect", "ws://127.0.0.1:1/"], failing(io));
    expect(code).toBe(1);
    expectOneLine(io.err(), "a defect in framecat", "(exit 1)", String.raw`it broke\n\x1b[31m`);
  });

  it("shows where with FRAMECAT_DEBUG", async () => {
    const io = memoryIo({ stdin: "", env: { FRAMECAT_DEBUG: "1" } });
    expect(await main(["connect", "ws://127.0.0.1:1/"], failing(io))).toBe(1);
    expect(io.err()).toMatch(/at .*connect-link\.ts|connect-run\.ts/);
  });
});
