import { once } from "node:events";
import { describe, expect, it, onTestFinished } from "vitest";
import { isGroupAlive } from "../../../src/server/exec/process-group.ts";
import { Program, type ProgramOptions } from "../../../src/server/exec/program.ts";

function run(script: string, times: Partial<ProgramOptions> = {}): Program {
  const program = new Program({
    argv: ["sh", "-c", script],
    env: process.env,
    endTimeoutMs: 60_000,
    killTimeoutMs: 60_000,
    ...times,
  });
  onTestFinished(async () => {
    program.kill();
    await program.over;
  });
  return program;
}

async function line(program: Program): Promise<string> {
  const [bytes] = (await once(program.stdout!, "data")) as [Buffer];
  return bytes.toString().trim();
}

describe("a program", () => {
  it.each([
    ["exit 0", { code: 0 }],
    ["exit 3", { code: 3 }],
    ["kill -USR1 $$", { signal: "SIGUSR1" }],
  ])("%s: tells how it ended", async (script, outcome) => {
    const program = run(script);
    program.stdout?.resume();
    expect(await program.ended).toEqual(outcome);
    await program.over;
  });

  it("tells that it could not be started", async () => {
    const program = run("", { argv: ["/no/such/program"] });
    expect(await program.ended).toEqual({ failure: expect.stringContaining("ENOENT") as string });
    await program.over;
    const odd = run("", { argv: ["a\0b"] });
    expect(await odd.ended).toEqual({ failure: expect.stringContaining("null bytes") as string });
    await odd.over;
  });

  it("is told that it is to end by the end of its stdin", async () => {
    const program = run("cat; echo bye; exit 4");
    program.end();
    expect(await program.ended).toEqual({ code: 4 });
    await program.over;
  });

  it("gets SIGTERM when that does not help", async () => {
    const program = run("trap 'exit 5' TERM; echo up; while :; do sleep 0.01; done", {
      endTimeoutMs: 1,
    });
    await line(program);
    program.end();
    expect(await program.ended).toEqual({ code: 5 });
    await program.over;
  });

  it("gets SIGKILL when nothing helps, with all that it started", async () => {
    const script = "trap '' TERM; (trap '' TERM; sleep 100) & echo up; while :; do sleep 1; done";
    const program = run(script, { endTimeoutMs: 1, killTimeoutMs: 1 });
    await line(program);
    program.end();
    expect(await program.ended).toEqual({ signal: "SIGKILL" });
    await program.over;
    expect(isGroupAlive(program.pid!)).toBe(false);
  });

  it("leaves nothing behind that outlives it, whether that has its pipes or not", async () => {
    for (const pipes of ["", ">/dev/null 2>&1 </dev/null"]) {
      const program = run(`sleep 100 ${pipes} & exit 0`, { endTimeoutMs: 1 });
      program.stdout?.resume();
      program.stderr?.resume();
      expect(await program.ended).toEqual({ code: 0 });
      await program.over;
      expect(isGroupAlive(program.pid!)).toBe(false);
    }
  });

  it("is over though its stdout is not read any more", async () => {
    const program = run("cat >/dev/null; head -c 1000 /dev/zero");
    program.end();
    expect(await program.ended).toEqual({ code: 0 });
    await program.over;
    expect(program.stdout?.destroyed).toBe(true);
  });
});
