import { once } from "node:events";
import { readdirSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { expect, it, onTestFinished, vi } from "vitest";
import { BINARY, start, stop } from "../helpers/binary.ts";
import { runCases, allCases, SMALL } from "../helpers/conformance/index.ts";

const LIMIT = 160;

it.skipIf(process.platform !== "linux")(
  "at its limit of open files it says so of each client, and lives on",
  async () => {
    const command = [process.execPath, BINARY, "listen", "0", "--host", "127.0.0.1", "--json"];
    const limited = `ulimit -n ${LIMIT}; exec "$@"`;
    const server = start("bash", ["-c", limited, "bash", ...command]);
    onTestFinished(() => void server.child.kill("SIGKILL"));
    const [, line = ""] = await server.seen(/^(\{.*\})\n/);
    const { port, url } = JSON.parse(line) as { port: number; url: string };
    const sockets = await Promise.all(Array.from({ length: LIMIT + 20 }, () => open(port)));
    const closed = await Promise.all(sockets.slice(LIMIT).map((socket) => hangUp(socket)));
    expect(closed).toHaveLength(20);
    for (const socket of sockets) socket.destroy();
    await Promise.all(sockets.map((socket) => hangUp(socket)));
    // They are gone for us; the server closes its ends when it hears of it.
    await vi.waitFor(() => expect(openFilesOf(server.child.pid)).toBeLessThan(LIMIT / 2), 10_000);
    const [result] = await runCases(url, allCases(SMALL).slice(0, 1));
    expect(result).toMatchObject({ verdict: "OK" });
    const { code, stderr } = await stop(server);
    const refused = stderr.split("\n").filter((told) => told.includes("open files"));
    expect(refused.length).toBeGreaterThanOrEqual(20);
    expect(refused[0]).toMatch(
      /refused: 127\.0\.0\.1:\d+: the limit of 160 open files is reached, which `ulimit -n` tells$/,
    );
    expect([code, stderr.includes("EMFILE")]).toEqual([0, false]);
  },
);

async function open(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => undefined).resume();
  onTestFinished(() => void socket.destroy());
  await once(socket, "connect");
  return socket;
}

async function hangUp(socket: Socket): Promise<void> {
  if (!socket.closed) await once(socket, "close");
}

function openFilesOf(pid: number | undefined): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}
