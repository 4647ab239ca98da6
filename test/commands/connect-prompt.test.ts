import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { main } from "../../src/cli.ts";
import { memoryIo } from "../helpers/memory-io.ts";
import { sleepingPipe } from "../helpers/sleeping-pipe.ts";
import { file, folder } from "../helpers/temp-files.ts";
import { eventually } from "../helpers/transport.ts";
import { echoBack, wsServer } from "../helpers/ws-peers.ts";

async function prompt(argv: readonly string[] = [], env: Readonly<Record<string, string>> = {}) {
  const { url, clients } = await wsServer(echoBack);
  const state = env.XDG_STATE_HOME ?? folder();
  const io = memoryIo({ tty: true, columns: 200, env: { XDG_STATE_HOME: state, ...env } });
  const code = main(["connect", url, "--color", "never", ...argv], io);
  await io.seen(/› /);
  const type = async (line: string, answer: RegExp) => {
    io.stdin.write(`${line}\r`);
    await io.seen(answer);
  };
  const leave = () => {
    io.stdin.write("\u0004");
    return code;
  };
  return { io, type, leave, state, port: new URL(url).port, clients };
}

describe("connect at a prompt", () => {
  it("keeps a history of the host, without what begins with a space, secrets redacted", async () => {
    const { type, leave, state, port } = await prompt();
    await type("first", /← text .*first/);
    await type(" hidden", /← text .*hidden/);
    await type('{"token":"hunter2"}', /← text .*hunter2/);
    expect(await leave()).toBe(0);
    const kept = readFileSync(join(state, "framecat", "history", `127.0.0.1_${port}`), "utf8");
    expect(kept).toContain("first");
    expect(kept).not.toMatch(/hidden|hunter2/);
  });

  it("stops at Ctrl-Z, and has kept the line when it goes on", async () => {
    const { url } = await wsServer(echoBack);
    let stops = 0;
    const suspend = () => void (stops += 1);
    const io = { ...memoryIo({ tty: true, columns: 200 }), suspend };
    const code = main(["connect", url, "--color", "never", "--no-history"], io);
    await io.seen(/› /);
    io.stdin.write("half \u001a");
    io.stdin.write("typed\r");
    await io.seen(/← text .*half typed/);
    io.stdin.write("\u0004");
    expect([await code, stops]).toEqual([0, 1]);
  });

  it("holds the peer back while nobody reads what is recorded", async () => {
    const { path, read } = sleepingPipe();
    const { type, leave, clients } = await prompt(["--record", path]);
    await type("hello", /← text .*hello/);
    const [peer] = clients;
    for (let i = 0; i < 12; i++) peer!.send("x".repeat(1_000_000));
    // By then all would have come.
    for (let i = 0; i < 300; i++) await new Promise((turn) => setImmediate(turn));
    expect(peer!.bufferedAmount).toBeGreaterThan(1_000_000);
    const readOn = setInterval(read, 1);
    await eventually(() => peer!.bufferedAmount === 0);
    expect(await leave()).toBe(0);
    clearInterval(readOn);
  });

  it("asks, and tells the response with its time", async () => {
    const { type, leave } = await prompt([
      "--rpc",
      '{"ref":{{id}},"op":"{{type}}"}',
      "--rpc-reply-id",
      "$.ref",
    ]);
    await type("/request get", /get #1 answered in [\d.]+ ms: \{"ref":1,"op":"get"\}/);
    expect(await leave()).toBe(0);
  });

  it("labels what comes on channels", async () => {
    const { type, leave } = await prompt();
    await type("/sub news", /← text .*news {2}\{"type":"subscribe"/);
    expect(await leave()).toBe(0);
  });

  it("replays a recording, and shows figures, codes and past frames", async () => {
    const at = { v: "framecat.event/1", t: "2026-01-01T00:00:00.000000Z", ns: "0", conn: "1" };
    const recorded = { ...at, type: "message", dir: "out", kind: "text", text: "again", length: 5 };
    const { type, leave } = await prompt();
    await type(`/replay ${file(JSON.stringify(recorded))}`, /replayed 1 message\n/);
    await type("/stats", /messages +\d+ +\d+/);
    await type("/codes", /1006 +Abnormal Closure/);
    await type("/last 1", /masking key|─┬─/);
    await type("/search again", /→ text .*again[^]*→ text .*again/);
    await type("/handshake", /Sec-WebSocket-Accept[^]*matches/);
    expect(await leave()).toBe(0);
  });

  it("ends with what went wrong, after a summary that was asked for", async () => {
    const { io, leave, clients } = await prompt(["--summary"]);
    for (const socket of clients) socket.close(4000, "enough");
    await io.seen(/○ closed/);
    expect(await leave()).toBe(22);
    expect(io.out()).toMatch(/○ closed by the peer: 4000[^]*connections +1 of 1 attempt opened/);
    expect(io.err()).toBe('framecat: the peer closed with 4000 Private Use "enough" (exit 22).\n');
  });
});
