import { describe, expect, it, onTestFinished } from "vitest";
import { main } from "../../src/cli.ts";
import { memoryIo } from "../helpers/memory-io.ts";
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
});
