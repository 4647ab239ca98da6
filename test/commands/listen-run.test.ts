import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, constants, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { main } from "../../src/cli.ts";
import { memoryIo } from "../helpers/memory-io.ts";
import { folder } from "../helpers/temp-files.ts";
import { wsClient } from "../helpers/ws-peers.ts";

async function running(...argv: string[]) {
  const io = memoryIo();
  const code = main(["listen", "0", "--color", "never", ...argv], io);
  onTestFinished(async () => {
    io.raise("SIGTERM");
    await code;
  });
  await io.seen(/listening on/);
  const [url = ""] = /ws:\/\/127\.0\.0\.1:\d+\//.exec(io.out()) ?? [];
  return { io, code, url };
}

// Flags, output and endings one by one: listen.test.ts.
describe("listen", () => {
  it("runs until it is told to stop, and has told all by then", async () => {
    const { io, code, url } = await running();
    const socket = await wsClient(url);
    socket.send("last words");
    await io.seen(/last words/);
    io.raise("SIGINT");
    expect(await code).toBe(0);
    expect(io.out()).toMatch(/○ closed by us: 1001 [^]*\n$/);
    expect(io.err()).toBe("");
  });

  it("serves the mode that is asked for", async () => {
    const { io, url } = await running("--mode", "silent");
    expect(io.out()).toContain(" · silent · ");
    (await wsClient(url)).send("anybody?");
    await io.seen(/anybody/);
    expect(io.out()).not.toMatch(/→ text/);
  });

  it.each([
    [["-q"], 1],
    [["-q", "--har", "x.har"], 0],
    [[], 0],
  ])("that nobody looks at collects its garbage at once: %j", async (argv, times) => {
    const io = memoryIo();
    let calls = 0;
    const collectAtOnce = (): void => void (calls += 1);
    const named = argv.map((word) => (word === "x.har" ? join(folder(), word) : word));
    const code = main(["listen", "0", ...named], { ...io, collectAtOnce });
    await io.seen(/listening/);
    io.raise("SIGTERM");
    expect([await code, calls]).toEqual([0, times]);
  });

  it("writes no file where a flag is wrong", async () => {
    const path = join(folder(), "kept");
    writeFileSync(path, "precious");
    expect(await main(["listen", "65536", "--record", path], memoryIo())).toBe(2);
    expect(readFileSync(path, "utf8")).toBe("precious");
  });
});

describe("a reader that sleeps keeps nobody from stopping", () => {
  /** Clients are held for it, and could not close. Gives the code that this one is closed with. */
  async function floodUntilHeld(url: string): Promise<{ readonly closed: Promise<number> }> {
    const socket = await wsClient(url);
    const closed = once(socket, "close").then(([closeCode]) => closeCode as number);
    const text = "x".repeat(2 ** 16);
    let answered = 0;
    socket.on("message", () => (answered += 1));
    for (let i = 0; i < 200; i++) socket.send(text);
    let before = -1;
    // It is held when nothing has come back for a while.
    while (answered !== before) {
      before = answered;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(answered).toBeLessThan(200);
    return { closed };
  }

  it("of the log: 143, clients closed in good order", async () => {
    const { io, code, url } = await running("--grace", "1m", "--max-print", "1MiB");
    io.stdout.pause();
    const { closed } = await floodUntilHeld(url);
    io.raise("SIGTERM");
    expect([await code, await closed]).toEqual([143, 1001]);
  });

  it("of a recording in a pipe: 2, and a line", async () => {
    const path = join(folder(), "pipe");
    execFileSync("mkfifo", [path]);
    const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    onTestFinished(() => closeSync(reader));
    const { io, code, url } = await running("-q", "--grace", "1m", "--record", path);
    const { closed } = await floodUntilHeld(url);
    io.raise("SIGTERM");
    expect([await code, await closed]).toEqual([2, 1001]);
    expect(io.err()).toBe(
      `framecat: --record: cannot write ${path}: nobody reads from it any more (exit 2).\n`,
    );
  });
});
