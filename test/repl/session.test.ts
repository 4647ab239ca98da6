import { describe, expect, it, vi } from "vitest";
import { systemClock } from "../../src/io.ts";
import { Asking } from "../../src/repl/asking.ts";
import { runSession } from "../../src/repl/session.ts";
import { Channels } from "../../src/scenario/channels.ts";
import { DEFAULT_SHAPE } from "../../src/scenario/request.ts";
import { Requests } from "../../src/scenario/requests.ts";
import { type LinkOptions, openLink } from "../../src/transport/link.ts";
import { RECONNECT_DEFAULTS } from "../../src/transport/reconnect-policy.ts";
import { memoryIo } from "../helpers/memory-io.ts";
import { dialTo, random, startServer } from "../helpers/transport.ts";

async function session(options: Partial<LinkOptions> = {}) {
  const server = await startServer();
  const io = memoryIo({ tty: true });
  const interrupt = vi.fn<() => void>();
  const lines = () => [];
  const ended = runSession(
    (onEvent) =>
      openLink({
        ...options,
        clock: systemClock,
        random,
        onEvent,
        dial: async (id, listener) =>
          (await dialTo(server.url, { id, onEvent: listener })).connection,
      }),
    {
      input: io.stdin,
      output: io.stdout,
      prompt: "› ",
      random,
      interrupt,
      asking: new Asking(DEFAULT_SHAPE, new Requests(DEFAULT_SHAPE), systemClock),
      channels: new Channels(),
      files: { replay: () => Promise.reject(new Error("none")), showSecrets: false },
      views: {
        event: (event) => (event.type === "frame" ? [`frame ${event.dir}`] : [event.type]),
        again: lines,
        frames: lines,
        handshake: lines,
        statistics: lines,
        codes: lines,
        columns: lines,
        escape: (text) => text,
      },
    },
  );
  await io.seen(/› /);
  return { server, io, ended, interrupt };
}

describe("a session at a prompt", () => {
  it("sends what comes first, then what is typed, and shows every event", async () => {
    const { server, io, ended } = await session({ first: [{ data: "hi", binary: false }] });
    io.stdin.write("typed\r");
    await server.log.count("message", 2, "in");
    expect(server.log.texts("in")).toEqual(["hi", "typed"]);
    io.stdin.write("/close 4000 done\r");
    expect(await ended).toMatchObject({ code: 4000, reason: "done", initiator: "local" });
    expect(io.out()).toContain("frame out");
    expect(io.out()).toMatch(/frame out[^]*close/);
  });

  it("ends when the peer closes, and shows what was held back", async () => {
    const { server, io, ended } = await session();
    io.stdin.write("/pause\r");
    await io.seen(/paused/);
    void (await server.connection()).close(1001);
    expect(await ended).toMatchObject({ code: 1001, initiator: "peer" });
    expect(io.out()).toMatch(/paused[^]*close/);
  });

  it("closes at Ctrl-D, and leaves Ctrl-C to the command", async () => {
    const { io, ended, interrupt } = await session();
    io.stdin.write("\u0003");
    io.stdin.write("\u0004");
    expect(await ended).toMatchObject({ code: 1000, initiator: "local", clean: true });
    expect(interrupt).toHaveBeenCalledOnce();
  });

  it("says when it is offline, and subscribes again once it is not", async () => {
    const reconnect = { ...RECONNECT_DEFAULTS, firstDelayMs: 30 };
    const { server, io, ended } = await session({ reconnect });
    io.stdin.write("/sub news\r");
    await server.log.count("message", 1, "in");
    void (await server.connection()).close(1001);
    await io.seen(/\(offline\) › /);
    await server.log.count("message", 2, "in");
    expect(server.log.texts("in")).toEqual([
      '{"type":"subscribe","channel":"news"}',
      '{"type":"subscribe","channel":"news"}',
    ]);
    io.stdin.write("\u0004");
    await ended;
  });
});
