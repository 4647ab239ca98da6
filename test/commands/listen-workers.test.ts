import cluster, { type Worker } from "node:cluster";
import { once } from "node:events";
import { describe, expect, it, onTestFinished } from "vitest";
import { WebSocket } from "ws";
import { main } from "../../src/cli.ts";
import { memoryIo, type MemoryIo } from "../helpers/memory-io.ts";
import { eventually, freePort } from "../helpers/transport.ts";
import { collect, wsClient } from "../helpers/ws-peers.ts";

function live(): readonly Worker[] {
  return Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);
}

function serving(...argv: string[]) {
  return servingTo(memoryIo(), ...argv);
}

async function servingTo(io: MemoryIo, ...argv: string[]) {
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

/** How many connections were opened, and how many refused. */
async function totals(url: string): Promise<readonly number[]> {
  const text = await (await fetch(`${url.replace("ws:", "http:")}metrics`)).text();
  const valueOf = (name: string) => Number(new RegExp(`^${name}\\S* (\\d+)$`, "m").exec(text)?.[1]);
  return [valueOf("framecat_connections_opened_total"), valueOf("framecat_refusals_total")];
}

describe("workers", () => {
  it("share a port; what happens at any is shown in one place", async () => {
    const { io, code, url } = await serving();
    expect(io.out()).toMatch(/ · echo · 2 workers · Ctrl-C ends\n$/);
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

  it("hold a limit together; what one had that dies is free again, and what it counted stays", async () => {
    const { io, code, url } = await serving(
      "--http",
      "--max-connections",
      "4",
      "--max-per-ip",
      "off",
    );
    const came = await Promise.allSettled(Array.from({ length: 8 }, () => wsClient(url)));
    const inside = came.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    const refused = came.flatMap((one) => (one.status === "rejected" ? [String(one.reason)] : []));
    expect([inside.length, refused.length]).toEqual([4, 4]);
    for (const words of refused) expect(words).toContain("503");
    expect(await totals(url)).toEqual([4, 4]);
    const forked = once(cluster, "fork");
    live()[0]?.process.kill("SIGKILL");
    await io.seen(/worker \d+ died \(SIGKILL\); another takes its place/);
    expect(await totals(url)).toEqual([4, 4]);
    await eventually(() => inside.some(({ readyState }) => readyState === WebSocket.CLOSED));
    const gone = inside.filter(({ readyState }) => readyState === WebSocket.CLOSED).length;
    for (let i = 0; i < gone; i++) await wsClient(url);
    await expect(wsClient(url)).rejects.toThrow("503");
    expect(await totals(url)).toEqual([4 + gone, 5]);
    // One that has only begun ends with the others, and who died before spoils nothing.
    await forked;
    io.raise("SIGINT");
    expect(await code).toBe(0);
  });

  it("that have all died are replaced at the same port; one that hangs is killed in the end", async () => {
    const { io, code, url } = await serving();
    for (const worker of live()) worker.process.kill("SIGKILL");
    await io.seen(/died \(SIGKILL\)[^]*died \(SIGKILL\)/);
    await eventually(() => live().length > 0);
    await once(live()[0]!, "listening");
    expect(await talk(url, "again")).toBe("again");
    live()[0]!.process.kill("SIGSTOP");
    io.raise("SIGINT");
    io.raise("SIGINT");
    expect([await code, io.err()]).toEqual([130, ""]);
  });

  it("run no more programs together than one process would, and at a terminal have no prompt", async () => {
    const { io, url } = await servingTo(
      memoryIo({ tty: true }),
      "--exec",
      "cat",
      "--max-processes",
      "2",
    );
    expect(io.out()).toContain("  no prompt: that is for one process\n");
    const came = await Promise.allSettled(Array.from({ length: 4 }, () => wsClient(url)));
    expect(came.filter(({ status }) => status === "fulfilled")).toHaveLength(2);
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
