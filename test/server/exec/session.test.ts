import { describe, expect, it } from "vitest";
import { notesOf, startExec } from "../../helpers/exec.ts";
import { dialTo, eventually } from "../../helpers/transport.ts";
import { collect, closing, wsClient } from "../../helpers/ws-peers.ts";

describe("messages and lines", () => {
  it("are the same, both ways", async () => {
    const { url } = await startExec('while read -r line; do echo "<$line>"; done');
    const socket = await wsClient(url);
    const seen = collect(socket);
    for (const text of ["one", "", "zwei ü"]) socket.send(text);
    await seen.until(3);
    expect(seen.messages.map(({ data, isBinary }) => [data.toString(), isBinary])).toEqual([
      ["<one>", false],
      ["<>", false],
      ["<zwei ü>", false],
    ]);
  });

  it("end together: the last line needs no newline, and success is 1000", async () => {
    const { url, log } = await startExec("printf 'a\\n\\nb'");
    const socket = await wsClient(url);
    const seen = collect(socket);
    expect(await closing(socket)).toEqual({ code: 1000, reason: "" });
    expect(seen.messages.map(({ data }) => data.toString())).toEqual(["a", "", "b"]);
    expect(notesOf(log)).toEqual([
      "process N: sh -c printf 'a\\n\\nb'",
      "process N ended with exit code 0",
    ]);
  });

  it("that are no UTF-8 go as binary ones, which is told once", async () => {
    const { url, log } = await startExec("printf '\\377\\n\\376\\nok\\n'");
    const { log: seen, connection } = await dialTo(url);
    await connection.closed;
    expect(
      seen.of("message").map(({ kind, data }) => [kind, Buffer.from(data).toString("latin1")]),
    ).toEqual([
      ["binary", "\xff"],
      ["binary", "\xfe"],
      ["text", "ok"],
    ]);
    expect(notesOf(log).filter((note) => note.includes("UTF-8"))).toHaveLength(1);
  });

  it("longer than may be end it", async () => {
    const { url, log } = await startExec("echo 12345; echo 123456; sleep 100", { maxLine: 5 });
    const socket = await wsClient(url);
    const seen = collect(socket);
    expect(await closing(socket)).toEqual({ code: 1011, reason: "message too big" });
    expect(seen.messages.map(({ data }) => data.toString())).toEqual(["12345"]);
    expect(notesOf(log)[1]).toBe("a line of its stdout is longer than 5 bytes (--max-payload)");
  });

  it("are bytes as they come where that is wanted", async () => {
    const { url } = await startExec("cat", { binary: true });
    const { connection, log } = await dialTo(url);
    await connection.send("a\nb");
    await connection.send(Buffer.from("\xff\n", "latin1"), { binary: true });
    const bytes = () =>
      Buffer.concat(
        log
          .of("message")
          .filter(({ dir }) => dir === "in")
          .map(({ data }) => data),
      );
    await eventually(() => bytes().length === 5);
    expect(bytes()).toEqual(Buffer.from("a\nb\xff\n", "latin1"));
    expect(
      log
        .of("message")
        .filter(({ dir }) => dir === "in")
        .every(({ kind }) => kind === "binary"),
    ).toBe(true);
  });
});

describe("what a client is told of a program", () => {
  it.each([
    ["exit 3", {}, "process N ended with exit code 3"],
    ["kill -9 $$", {}, "process N was ended by SIGKILL"],
    [
      "",
      { argv: ["/no/such"] as const },
      "the program could not be started: spawn /no/such ENOENT",
    ],
  ])("is 1011 after %j, and no more", async (script, options, told) => {
    const { url, log } = await startExec(script, options);
    const socket = await wsClient(url);
    expect(await closing(socket)).toEqual({ code: 1011, reason: "program failed" });
    expect(notesOf(log).at(-1)).toBe(told);
  });

  it("is not what it says on stderr, which is shown", async () => {
    const { url, log } = await startExec("printf 'one\\ntwo' >&2; exit 1");
    const { connection, log: seen } = await dialTo(url);
    await connection.closed;
    await eventually(() => notesOf(log).length === 4);
    expect(notesOf(log).filter((note) => note.startsWith("stderr"))).toEqual([
      "stderr: one",
      "stderr: two",
    ]);
    expect(seen.of("message")).toEqual([]);
  });
});

describe("what waits", () => {
  it("is little where the program does not read: its client is not read", async () => {
    const { listener, url } = await startExec("read -r go; cat >/dev/null; echo done", {
      endTimeoutMs: 10_000,
    });
    const { connection } = await dialTo(url);
    const block = Buffer.alloc(2 ** 16, "x");
    let sent = 0;
    const served = () => [...listener.clients][0]!.connection;
    while (!served().held) {
      // Not awaited: it is the server that has to be held.
      void connection.send(block);
      sent += block.length;
      await new Promise(setImmediate);
    }
    expect(served().bytesReceived).toBeLessThan(2 ** 21);
    await connection.send("\n");
    await eventually(() => served().traffic.in.payloadBytes >= sent || served().held);
    await connection.send("go");
    expect(sent).toBeGreaterThan(0);
  });

  it("is little where the client does not read: the program is not read", async () => {
    const long = "x".repeat(50_000);
    const { listener, url } = await startExec(`while echo ${long}; do :; done`);
    const { connection, log } = await dialTo(url, { frames: false });
    const release = connection.hold();
    const served = () => [...listener.clients][0]!.connection;
    await eventually(() => served().congested);
    expect(served().backlog).toBeLessThan(2 ** 20);
    const before = log.of("message").length;
    release();
    await log.count("message", before + 100);
  });

  it("is nothing for who has closed its stdin, which is told once", async () => {
    const { url, log } = await startExec("exec <&-; echo closed; sleep 100");
    const { connection, log: seen } = await dialTo(url);
    await seen.count("message", 1, "in");
    const deaf = () => notesOf(log).filter((note) => note.includes("dropped"));
    while (deaf().length === 0) {
      await connection.send("hello?");
      await new Promise(setImmediate);
    }
    await connection.send("hello?");
    await connection.close();
    expect(deaf()).toHaveLength(1);
  });

  it("is not shown faster than it is read", async () => {
    const { listener, url, log } = await startExec(
      "read -r go; echo told >&2; echo said; sleep 100",
    );
    const { connection, log: seen } = await dialTo(url);
    const release = listener.find("1")!.hold();
    await connection.send("go");
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect([seen.texts("in"), notesOf(log).length]).toEqual([[], 1]);
    release();
    await seen.count("message", 1, "in");
    await eventually(() => notesOf(log).includes("stderr: told"));
  });
});
