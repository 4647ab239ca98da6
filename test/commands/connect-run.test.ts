import { expect, it } from "vitest";
import { runConnect } from "../../src/commands/connect-run.ts";
import { CONNECT_OPTIONS } from "../../src/commands/connect-options.ts";
import { argsOf } from "../helpers/args.ts";
import { memoryIo } from "../helpers/memory-io.ts";
import { freePort } from "../helpers/transport.ts";
import { echoBack, wsServer } from "../helpers/ws-peers.ts";

async function run(url: string, ...argv: string[]) {
  const io = memoryIo();
  const args = { ...argsOf(CONNECT_OPTIONS, argv), positionals: [url] };
  return { io, code: runConnect(args, io) };
}

it("gives 0 where all went well, and lets go of stdin", async () => {
  const { url } = await wsServer(echoBack);
  const { io, code } = await run(url, "-x", "hi", "--expect", "hi");
  expect([await code, io.stdin.destroyed]).toEqual([0, true]);
});

it("gives the code of a signal, whatever it interrupted", async () => {
  const { url } = await wsServer(echoBack);
  const { io, code } = await run(url, "-x", "hi", "--no-stdin", "--json");
  await new Promise((resolve) => setImmediate(resolve));
  io.raise("SIGTERM");
  expect(await code).toBe(143);
  expect(JSON.parse(io.out())).toMatchObject({ outcome: "failed", exitCode: 143 });
});

it("throws what went wrong, after it was reported", async () => {
  const { io, code } = await run(`127.0.0.1:${await freePort()}`, "--json");
  await expect(code).rejects.toMatchObject({ code: "unreachable" });
  expect(JSON.parse(io.out())).toMatchObject({ exitCode: 11 });
});
