import { describe, expect, it } from "vitest";
import { main } from "../../src/cli.ts";
import { readLife } from "../../src/commands/connect-life.ts";
import { CONNECT_OPTIONS } from "../../src/commands/connect-options.ts";
import { argsOf } from "../helpers/args.ts";
import { memoryIo } from "../helpers/memory-io.ts";
import { wsServer } from "../helpers/ws-peers.ts";

const life = (...argv: string[]) => readLife(argsOf(CONNECT_OPTIONS, argv));

describe("what keeps a conversation alive", () => {
  it("is nothing unless it is asked for", async () => {
    expect(await life()).toMatchObject({
      reconnect: undefined,
      heartbeat: undefined,
      closeTimeoutMs: 5000,
    });
  });

  it.each([
    [["--reconnect"], { firstDelayMs: 1000, factor: 1.5, maxDelayMs: 30_000, tries: 10 }],
    [["--reconnect-delay", "2s"], { firstDelayMs: 2000 }],
    [["--reconnect-delay", "40s"], { firstDelayMs: 40_000, maxDelayMs: 40_000 }],
    [["--reconnect-factor", "2", "--reconnect-tries", "3"], { factor: 2, tries: 3 }],
    [["--reconnect-always"], { always: true }],
  ])("%j", async (argv, reconnect) => {
    expect(await life(...argv)).toMatchObject({ reconnect });
  });

  it.each([
    [["--ping-interval", "5s"], { intervalMs: 5000, timeoutMs: 10_000 }],
    [["--heartbeat"], { intervalMs: 15_000, message: { send: '{"type":"ping"}' } }],
    [
      ["--heartbeat-send", "hi", "--ping-timeout", "1s"],
      { timeoutMs: 1000, message: { send: "hi" } },
    ],
  ])("%j", async (argv, heartbeat) => {
    expect(await life(...argv)).toMatchObject({ heartbeat });
  });

  it("knows the answer of a heartbeat", async () => {
    const { heartbeat } = await life("--heartbeat");
    const expects = (text: string) => heartbeat?.message?.expect(Buffer.from(text));
    expect([expects('{"type":"pong"}'), expects('{"type":"ping"}')]).toEqual([true, false]);
  });

  it.each([
    [["--reconnect-factor", "0.5"], "--reconnect-factor must be from 1 to 100"],
    [["--reconnect-tries", "0"], "--reconnect-tries must be a whole number"],
    [["--ping-timeout", "1s"], "--ping-timeout needs --ping-interval"],
    [["--ping-interval", "0s"], "--ping-interval must be longer than nothing"],
    [["--heartbeat-expect", "/(/"], "--heartbeat-expect"],
  ])("%j is refused", async (argv, message) => {
    await expect(life(...argv)).rejects.toThrow(message);
  });
});

describe("a conversation that is kept alive", () => {
  it("goes on over a lost connection, with -x again, and marks the gap", async () => {
    const got: string[] = [];
    const { url } = await wsServer((socket) => {
      socket.on("message", (data: Buffer) => {
        got.push(data.toString());
        socket.send(`re: ${data.toString()}`);
        if (data.toString() === "drop") socket.terminate();
      });
    });
    const io = memoryIo();
    const argv = [url, "-x", "hello", "--reconnect", "--reconnect-delay", "10ms"];
    const code = main(["connect", ...argv, "--eof", "linger=50ms"], io);
    await io.seen(/re: hello/);
    io.stdin.write("drop\n");
    await io.seen(/connected again|reconnected|again/);
    io.stdin.end("after\n");
    expect(await code).toBe(0);
    expect(got).toEqual(["hello", "drop", "hello", "after"]);
    expect(io.out()).toMatch(/^re: hello\n(re: drop\n)?re: hello\nre: after\n$/);
    expect(io.err()).toMatch(/reconnecting in/);
  });

  it("keeps its heartbeats out of the data", async () => {
    const { url } = await wsServer((socket) => {
      socket.on("message", (data: Buffer) => {
        if (data.toString() !== '{"type":"ping"}') return;
        socket.send('{"type":"pong"}');
        socket.send("data");
        socket.close(1000);
      });
    });
    const io = memoryIo();
    const argv = [url, "--heartbeat", "--ping-interval", "10ms", "--no-stdin"];
    expect(await main(["connect", ...argv], io)).toBe(0);
    expect(io.out()).toBe("data\n");
  });
});
