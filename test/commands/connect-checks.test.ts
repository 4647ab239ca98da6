import { describe, expect, it } from "vitest";
import { main } from "../../src/cli.ts";
import { readChecks } from "../../src/commands/connect-checks.ts";
import { CONNECT_OPTIONS } from "../../src/commands/connect-options.ts";
import { argsOf } from "../helpers/args.ts";
import { memoryIo } from "../helpers/memory-io.ts";
import { echoBack, wsServer } from "../helpers/ws-peers.ts";

const checks = (...argv: string[]) => readChecks(argsOf(CONNECT_OPTIONS, argv));

describe("the flags of checks", () => {
  it.each([
    [[], { given: false, timeoutMs: undefined }],
    [["--timeout", "2s"], { given: false, timeoutMs: 2000 }],
    [["--expect", "a"], { given: true, awaited: true, timeoutMs: 10_000 }],
    [["--expect", "a", "--timeout", "1s"], { given: true, timeoutMs: 1000 }],
    [["--reject", "a"], { given: true, awaited: false, watched: false, timeoutMs: undefined }],
    [["--reject", "a", "--timeout", "1s"], { awaited: false, watched: true, timeoutMs: 1000 }],
    [["--reject", "a", "--expect", "b", "--timeout", "1s"], { awaited: true, watched: false }],
    [["--expect-close", "1008"], { given: true, closesByCode: true, timeoutMs: 10_000 }],
    [["--expect-subprotocol", "chat"], { given: true, timeoutMs: undefined }],
  ])("%j", async (argv, wanted) => {
    expect(await checks(...argv)).toMatchObject(wanted);
  });

  it.each([
    [["--expect-any-order", "--expect", "a"], "needs at least two --expect"],
    [["--expect", "/(/"], "--expect"],
    [["--count", "0"], "--count must be a whole number"],
    [["--expect-close", "99"], "--expect-close must be a whole number from 1000"],
    [["--max-latency", "1s"], "--max-latency needs --expect or --until"],
    [["--expect-subprotocol", "a b"], "is no token"],
  ])("%j is refused", async (argv, message) => {
    await expect(checks(...argv)).rejects.toThrow(message);
  });
});

/** A server that greets, echoes, and closes when it is told to. */
const greeting = async () => {
  const { url } = await wsServer((socket) => {
    socket.send('{"hello":"you"}');
    echoBack(socket);
    socket.on("message", (data: Buffer) => {
      const [, code] = /^close (\d+)$/.exec(data.toString()) ?? [];
      if (code !== undefined) socket.close(Number(code));
    });
  });
  return url;
};

describe("a smoke test", () => {
  it.each([
    [["-x", "a", "--expect", "hello", "--expect", "text:a"], 0, ""],
    [["--expect", "json:$.hello=you"], 0, ""],
    [["-x", "a", "-x", "b", "--expect", "b", "--expect", "a", "--expect-any-order"], 0, ""],
    [["-x", "a", "--until", "/^a$/"], 0, ""],
    [["--count", "1"], 0, ""],
    [["-x", "close 1008", "--expect-close", "1008"], 0, ""],
    [
      ["-x", "close 1008", "--expect", "never"],
      30,
      'expected "never" before the peer closed with 1008 Policy',
    ],
    [
      ["-x", "close 1000", "--expect-close", "1008"],
      30,
      "expected close 1008 Policy Violation; the peer closed with 1000",
    ],
    [
      ["-x", "b", "-x", "a", "--expect", "a", "--expect", "b", "--timeout", "80ms"],
      30,
      '"b" (2 of 2)',
    ],
    [["--reject", "hello"], 30, 'expected no "hello"; {"hello":"you"} came'],
    [["--reject", "never", "--timeout", "80ms"], 0, ""],
    [["--reject", "a", "-x", "a", "--timeout", "60s"], 30, 'expected no "a"; "a" came'],
    [["-x", "close 4000", "--reject", "never", "--timeout", "60s"], 22, "closed with 4000"],
    [["--expect-subprotocol", "chat"], 30, "expected subprotocol chat"],
    [["-x", "close 4000"], 22, "the peer closed with 4000"],
    [["--timeout", "80ms", "--no-stdin"], 32, "the time limit of 80 ms has passed"],
  ])("%j: %d", async (argv, exitCode, said) => {
    const io = memoryIo({ stdin: "" });
    const code = await main(["connect", await greeting(), ...argv], io);
    expect([code, io.err()]).toEqual([exitCode, expect.stringContaining(said)]);
    expect(io.err().split("\n").length).toBeLessThanOrEqual(2);
  });

  it("waits for nobody at a terminal", async () => {
    const io = memoryIo({ tty: true });
    const argv = ["-x", "a", "--expect", "text:a", "--color", "never"];
    expect(await main(["connect", await greeting(), ...argv], io)).toBe(0);
    expect(io.out()).toBe('{"hello":"you"}\na\n');
  });

  it("takes what stdin says, too", async () => {
    const io = memoryIo({ stdin: "from stdin\n" });
    expect(await main(["connect", await greeting(), "--expect", "from stdin"], io)).toBe(0);
  });
});
