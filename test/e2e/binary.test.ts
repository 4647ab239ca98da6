import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../helpers/transport.ts";
import { wsServer } from "../helpers/ws-peers.ts";
import { framecat, startFramecat, startListen, stop } from "../helpers/binary.ts";

/** The built binary as a process of its own, as a shell runs it. */
let echo: Awaited<ReturnType<typeof startListen>>;
beforeAll(async () => {
  echo = await startListen("-q");
});
afterAll(() => stop(echo));

function expectOneLine(stderr: string, ...parts: string[]): void {
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  expect(stderr).toMatch(/^framecat: /);
  for (const part of parts) expect(stderr).toContain(part);
}

describe("framecat", () => {
  it("tells the version of its package", async () => {
    const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
    const { code, stdout } = await framecat(["--version"]);
    expect([code, stdout.toString()]).toEqual([0, `${version}\n`]);
  });

  it("names an unknown flag in one line and exits with 2", async () => {
    const { code, stdout, stderr } = await framecat(["connect", "--nope", echo.url]);
    expect([code, stdout.length]).toEqual([2, 0]);
    expectOneLine(stderr, "--nope", "(exit 2)");
  });
});

describe("connect in a pipe", () => {
  it("sends lines and prints the replies, and nothing else", async () => {
    const { code, stdout, stderr } = await framecat(
      ["connect", echo.url, "--eof", "linger=300ms"],
      "one\n\nthree",
    );
    expect([code, stdout.toString(), stderr]).toEqual([0, "one\n\nthree\n", ""]);
  });

  it("passes 32 MiB of binary there and back unchanged", async () => {
    const bytes = randomBytes(32 * 1024 * 1024);
    const { code, stdout } = await framecat(["connect", echo.url, "--binary"], bytes);
    const sum = (data: Buffer) => createHash("sha256").update(data).digest("hex");
    expect([code, stdout.length, sum(stdout)]).toEqual([0, bytes.length, sum(bytes)]);
  });

  it("ends quietly when the reader goes away", async () => {
    const running = startFramecat(["connect", echo.url]);
    running.child.stdin?.write("first\n");
    await running.seen(/first/);
    running.child.stdout?.destroy();
    running.child.stdin?.write("second\n");
    const { code, stderr } = await running.finished;
    expect([code, stderr]).toEqual([0, ""]);
  });

  it("hears SIGTERM while nobody reads what it has to write", async () => {
    const { url, clients } = await wsServer();
    const running = startFramecat(["connect", url, "--no-stdin", "-v", "--close-timeout", "50ms"]);
    running.child.stdout?.pause();
    running.child.stderr?.pause();
    await eventually(() => clients.size === 1);
    const [peer] = clients;
    while (peer!.bufferedAmount < 16 * 1024 * 1024) {
      peer!.send("x".repeat(1024 * 1024));
      await setImmediate();
    }
    const exited = once(running.child, "exit");
    running.child.kill("SIGTERM");
    expect(await exited).toEqual([143, null]);
    running.child.stdout?.resume();
    running.child.stderr?.resume();
  });

  it("closes cleanly at SIGINT and exits with 130", async () => {
    const running = startFramecat(["connect", echo.url, "-x", "up"]);
    await running.seen(/up/);
    const { code, stderr } = await stop(running, "SIGINT");
    expect([code, stderr]).toEqual([130, ""]);
  });
});

describe("listen", () => {
  it("closes its clients with 1001 at SIGTERM and exits with 0", async () => {
    const server = await startListen("-q");
    const client = startFramecat(["connect", server.url, "--format", "ndjson"]);
    await client.seen(/"state":"OPEN"/);
    const ended = await stop(server, "SIGTERM");
    expect([ended.code, ended.stderr]).toEqual([0, ""]);
    const { code, stdout } = await client.finished;
    expect(code).toBe(0);
    expect(stdout.toString()).toMatch(
      /"type":"close","code":1001,.*"initiator":"peer","clean":true/,
    );
  });

  it("says in one line that a port is in use and exits with 17", async () => {
    const { code, stderr } = await framecat(["listen", String(echo.port)]);
    expect(code).toBe(17);
    expectOneLine(stderr, String(echo.port), "in use", "(exit 17)");
  });
});
