import { afterEach, describe, expect, it } from "vitest";
import { once } from "node:events";
import { type WebSocket, WebSocketServer } from "ws";
import { startListen, stop } from "../helpers/binary.ts";
import { hasTmux, openTerminal, type Terminal } from "../helpers/terminal.ts";

const cleanup: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of cleanup.splice(0).toReversed()) await step();
});

function terminal(name: string, ...args: string[]): Terminal {
  const opened = openTerminal(name, args);
  cleanup.push(() => opened.close());
  return opened;
}

/** A server of ws's own, and the shorthand that reaches it. */
async function wsServer(onConnection: (socket: WebSocket) => void) {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  cleanup.push(() => server.close());
  server.on("connection", onConnection);
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  return { server, address: `127.0.0.1:${port}` };
}

describe.skipIf(!hasTmux)("connect in a terminal (skipped where tmux is not installed)", () => {
  it("shows each frame sent and received with its decoded header, and the exit code", async () => {
    const server = await startListen("-q");
    cleanup.push(() => stop(server));
    const screen = terminal("talk", "connect", server.url);
    await screen.shows(/● open .*\n(.*\n)*›/);
    screen.type("hello");
    screen.key("Enter");
    await screen.shows(/→ text +5 B +FIN +mask [0-9a-f]{8} +hello\n.*← text +5 B +FIN +hello/);
    screen.type("/close 4001 bye");
    screen.key("Enter");
    const last = await screen.shows(/exit 0/);
    expect(last).toMatch(/→ close +5 B +FIN +mask [0-9a-f]{8} +4001 Private Use "bye"/);
    expect(last).toMatch(/○ closed by us: 4001 Private Use "bye", clean/);
  });

  it.each(["--no-history", "--no-stdin"])(
    "closes in good order when it is gone: %s",
    async (flag) => {
      const { server, address } = await wsServer(() => undefined);
      const connected = once(server, "connection");
      const screen = terminal("gone", "connect", address, flag, "-x", "ready");
      const [socket] = (await connected) as [WebSocket];
      const closed = once(socket, "close");
      await once(socket, "message");
      screen.close();
      expect((await closed)[0]).toBe(1000);
    },
  );

  it("keeps what is being typed, at its place, while frames arrive", async () => {
    const { server, address } = await wsServer(() => undefined);
    const received = once(server, "connection").then(async ([socket]) => {
      const [data] = await once(socket as WebSocket, "message");
      return String(data);
    });
    const screen = terminal("typing", "connect", address);
    await screen.shows(/^›/m);
    const long = `half a line ${"that wraps around the margin ".repeat(4)}`;
    screen.type(long);
    await screen.shows(/margin\s*$/);
    for (const socket of server.clients) for (let i = 1; i <= 3; i++) socket.send(`push ${i}`);
    const after = await screen.shows(/← text +6 B +FIN +push 3/);
    expect(after.replace(/\n {2}/g, "")).toContain(`› ${long.trimEnd()}`);
    for (const i of [1, 2, 3]) expect(after.match(new RegExp(`push ${i}`, "g"))).toHaveLength(1);
    screen.type("done");
    screen.key("Enter");
    expect(await received).toBe(`${long}done`);
  });

  it("never lets a peer command the terminal", async () => {
    const { address } = await wsServer((socket) => {
      socket.send("\u001b[2J\u001b]0;owned\u0007end\u009b31m");
    });
    const screen = terminal("escape", "connect", address);
    const shown = await screen.shows(/end/);
    expect(shown).toContain(String.raw`\x1b[2J\x1b]0;owned\x07end\u009b31m`);
    expect(shown).toContain("● open");
  });

  it("leaves with 130 at Ctrl-C, after a clean close", async () => {
    const server = await startListen("-q");
    cleanup.push(() => stop(server));
    const screen = terminal("interrupt", "connect", server.url);
    await screen.shows(/^›/m);
    screen.key("C-c");
    const last = await screen.shows(/exit 130/);
    expect(last).toMatch(/○ closed by us: 1000 Normal Closure, clean/);
  });
});
