import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { main } from "../../src/cli.ts";
import { memoryIo, type MemoryIoOptions } from "./memory-io.ts";

/** Runs a command line in this process. */
export async function command(argv: readonly string[], options?: MemoryIoOptions) {
  const io = memoryIo(options);
  const code = await main(argv, io);
  return { code, out: io.out(), err: io.err() };
}

/** `bench` with four sockets and no warm-up; 200 messages where nothing else is asked for. */
export function bench(args: readonly string[], options?: MemoryIoOptions) {
  const has = (...flags: string[]) => flags.some((flag) => args.includes(flag));
  const length = has("-d", "-n", "--stages") ? [] : ["-n", "200"];
  const sockets = has("-c", "--stages") ? [] : ["-c", "4"];
  return command(["bench", ...sockets, "--warmup", "0s", ...length, ...args], options);
}

/** A folder for the length of a test, with files in it; gives their paths. */
export function folder(files: Readonly<Record<string, string>> = {}): (name: string) => string {
  const path = mkdtempSync(join(tmpdir(), "framecat-bench-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(path, name), content);
  return (name) => join(path, name);
}
