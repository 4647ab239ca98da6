import { expect, it, vi } from "vitest";
import { runSession } from "../../src/repl/session.ts";
import { dialTo, startServer } from "../helpers/transport.ts";
import { memoryIo } from "../helpers/memory-io.ts";

async function session(first: readonly string[] = []) {
  const server = await startServer();
  const io = memoryIo({ tty: true });
  const interrupt = vi.fn<() => void>();
  const ended = runSession(async (onEvent) => (await dialTo(server.url, { onEvent })).connection, {
    input: io.stdin,
    output: io.stdout,
    prompt: "› ",
    first,
    render: (event) => (event.type === "frame" ? [`frame ${event.dir}`] : [event.type]),
    interrupt,
  });
  await io.seen(/› /);
  return { server, io, ended, interrupt };
}

it("sends what comes first, then what is typed, and shows every event", async () => {
  const { server, io, ended } = await session(["hi"]);
  io.stdin.write("typed\r/close 4000 done\r");
  await server.log.count("message", 2, "in");
  expect(server.log.texts("in")).toEqual(["hi", "typed"]);
  expect(await ended).toMatchObject({ code: 4000, reason: "done", initiator: "local" });
  expect(io.out()).toContain("frame out");
  expect(io.out().trimEnd()).toMatch(/close$/);
});

it("ends when the peer closes, and takes the prompt away", async () => {
  const { server, io, ended } = await session();
  const peer = await server.connection();
  void peer.close(1001);
  expect(await ended).toMatchObject({ code: 1001, initiator: "peer" });
  expect(io.out().trimEnd()).toMatch(/close$/);
});

it("closes at Ctrl-D, and leaves Ctrl-C to the command", async () => {
  const { io, ended, interrupt } = await session();
  io.stdin.write("\u0003");
  io.stdin.write("\u0004");
  expect(await ended).toMatchObject({ code: 1000, initiator: "local", clean: true });
  expect(interrupt).toHaveBeenCalledOnce();
});

it("ends as the peer ends it, with first messages still unsent", async () => {
  const server = await startServer({
    onConnection: (connection) => {
      const release = connection.hold();
      setTimeout(() => {
        void connection.close(1008);
        setTimeout(release, 20);
      }, 20);
    },
  });
  const io = memoryIo({ tty: true });
  const close = await runSession(
    async (onEvent) => (await dialTo(server.url, { onEvent, frames: false })).connection,
    {
      input: io.stdin,
      output: io.stdout,
      prompt: "› ",
      first: Array.from({ length: 500 }, () => "x".repeat(100_000)),
      render: ({ type }) => [type],
      interrupt: () => undefined,
    },
  );
  expect(close).toMatchObject({ code: 1008, initiator: "peer" });
});
