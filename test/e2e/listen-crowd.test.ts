import { getActiveResourcesInfo } from "node:process";
import { expect, it } from "vitest";
import { main } from "../../src/cli.ts";
import { memoryIo } from "../helpers/memory-io.ts";
import { eventually } from "../helpers/transport.ts";
import { collect, wsClient } from "../helpers/ws-peers.ts";

const CLIENTS = 200;

/** Sockets and timers of this process. */
function held(): Record<string, number> {
  const names = getActiveResourcesInfo().filter((name) => /^(?:TCP|Timeout|Immediate)/.test(name));
  return Object.fromEntries(
    [...new Set(names)].map((one) => [one, names.filter((name) => name === one).length]),
  );
}

it("200 clients that each say something leave neither sockets nor timers behind", async () => {
  const io = memoryIo();
  const code = main(["listen", "0", "--guarded", "--max-per-ip", `${CLIENTS}`, "-q"], io);
  await io.seen(/listening on ws:\S+/);
  const url = /ws:\/\/\S+\//.exec(io.out())![0];
  const before = held();
  const sockets = await Promise.all(Array.from({ length: CLIENTS }, () => wsClient(url)));
  expect(held().TCPSocketWrap).toBeGreaterThanOrEqual((before.TCPSocketWrap ?? 0) + 2 * CLIENTS);
  const got = await Promise.all(
    sockets.map(async (socket, i) => {
      const { messages, until } = collect(socket);
      socket.send(`client ${i}`);
      await until(1);
      return messages.map(({ data }) => data.toString());
    }),
  );
  expect(got).toEqual(sockets.map((_, i) => [`client ${i}`]));
  for (const [i, socket] of sockets.entries()) {
    if (i % 2 === 0) socket.close();
    else socket.terminate();
  }
  // What others held before may be gone as well.
  await eventually(() =>
    Object.entries(held()).every(([name, count]) => count <= (before[name] ?? 0)),
  );
  io.raise("SIGTERM");
  expect(await code).toBe(0);
});
