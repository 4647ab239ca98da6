import cluster from "node:cluster";
import { describe, expect, it, onTestFinished } from "vitest";
import { main } from "../../src/cli.ts";
import { memoryIo } from "../helpers/memory-io.ts";
import { freePort } from "../helpers/transport.ts";
import { collect, wsClient } from "../helpers/ws-peers.ts";

async function serving(...argv: string[]) {
  const io = memoryIo();
  const code = main(["listen", "0", "--color", "never", "--workers", "2", ...argv], io);
  onTestFinished(async () => {
    io.raise("SIGTERM");
    io.raise("SIGTERM");
    await code;
  });
  await io.seen(/listening on/);
  const [url = ""] = /ws:\/\/127\.0\.0\.1:\d+\//.exec(io.out()) ?? [];
  return { io, code, url };
}

/** Sends a text and waits for its echo. */
async function talk(url: string, text: string): Promise<string> {
  const socket = await wsClient(url);
  const { messages, until } = collect(socket);
  socket.send(text);
  await until(1);
  socket.close();
  return String(messages[0]?.data);
}

describe("workers", () => {
  it("share a port; what happens at any is shown in one place", async () => {
    const { io, code, url } = await serving();
    expect(io.out()).toContain(" · echo · 2 workers · Ctrl-C ends");
    for (const text of ["one", "two", "three", "four"]) expect(await talk(url, text)).toBe(text);
    for (const text of ["one", "four"]) await io.seen(new RegExp(`#\\d\\.\\d .*→ text .*${text}`));
    const served = new Set([...io.out().matchAll(/#(\d+)\.\d+ /g)].map(([, worker]) => worker));
    expect(served.size).toBe(2);
    const metrics = await (await fetch(`${url.replace("ws:", "http:")}metrics`)).text();
    expect(metrics).toMatch(/^framecat_processes 2$/m);
    expect(metrics).toMatch(/^framecat_connections_opened_total 4$/m);
    io.raise("SIGINT");
    expect([await code, io.err()]).toEqual([0, ""]);
  });

  it("that die are replaced", async () => {
    const { io, url } = await serving();
    const before = Object.values(cluster.workers ?? {});
    const [first] = before;
    first?.process.kill("SIGKILL");
    await io.seen(/worker \d+ died \(SIGKILL\); another takes its place/);
    expect(await talk(url, "still there")).toBe("still there");
  });

  it("that cannot serve are told once, with the exit code", async () => {
    const { createServer } = await import("node:net");
    const port = await freePort();
    const other = createServer().listen(port, "127.0.0.1");
    onTestFinished(() => void other.close());
    const io = memoryIo();
    const code = await main(["listen", String(port), "--workers", "2"], io);
    expect([code, io.out()]).toEqual([17, ""]);
    expect(io.err()).toMatch(
      /^framecat: cannot listen on 127\.0\.0\.1:\d+: the port is in use [^\n]*\n$/,
    );
  });
});
