import { describe, expect, it } from "vitest";
import { isGroupAlive } from "../../../src/server/exec/process-group.ts";
import { notesOf, startExec } from "../../helpers/exec.ts";
import { dialTo, eventually } from "../../helpers/transport.ts";
import { closing, wsClient } from "../../helpers/ws-peers.ts";

/** The number of the process of a connection that has just been opened. */
function pidOf(log: Awaited<ReturnType<typeof startExec>>["log"], conn = "1"): number {
  const notes = log.of("note").filter((note) => note.conn === conn);
  return Number(/^process (\d+):/.exec(notes[0]?.message ?? "")?.[1]);
}

describe("a process for each client", () => {
  it("knows of the request and the subprotocol", async () => {
    const { url } = await startExec(
      'echo "$PATH_INFO $QUERY_STRING $HTTP_X_A $WEBSOCKET_SUBPROTOCOL $SERVER_SOFTWARE"',
      {},
      { serve: { chooseSubprotocol: ([first]) => first } },
    );
    const { connection, log } = await dialTo(`${url}chat?room=1`, {
      subprotocols: ["v1"],
      headers: [["X-A", "b"]],
    });
    await connection.closed;
    expect(log.texts("in")).toEqual(["/chat room=1 b v1 framecat/test"]);
  });

  it("reads to the end what its client has sent, and then is gone", async () => {
    const { url, log } = await startExec("cat >/dev/null; echo all >&2");
    const { connection } = await dialTo(url);
    await connection.send("x".repeat(2 ** 20));
    await connection.close();
    await eventually(() => !isGroupAlive(pidOf(log)));
    await eventually(() => notesOf(log).length === 3);
    expect(notesOf(log)).toContain("stderr: all");
  });

  it("goes with its client, however that goes, and whatever it does", async () => {
    const { listener, url, log } = await startExec("sleep 100 & sleep 100", { endTimeoutMs: 1 });
    const socket = await wsClient(url);
    const pid = pidOf(log);
    expect(isGroupAlive(pid)).toBe(true);
    socket.terminate();
    await eventually(() => !isGroupAlive(pid));
    await eventually(() => listener.find("1") === undefined);
  });
});

describe("a limit on processes", () => {
  it("turns away who comes beyond it, until one of them is over", async () => {
    const { listener, url, log } = await startExec("trap '' TERM; cat; sleep 0.05", {
      maxProcesses: 1,
    });
    const { connection } = await dialTo(url);
    await expect(wsClient(url)).rejects.toThrow("503");
    expect([...listener.counters.refusals]).toEqual([["max-processes", 1]]);
    expect(notesOf(log).at(-1)).toBe("refused: there are 1 processes (--max-processes)");
    await connection.close();
    // The client is gone, but not its process.
    await expect(wsClient(url)).rejects.toThrow("503");
    await eventually(() => !isGroupAlive(pidOf(log)));
    await eventually(() => listener.find("1") === undefined);
    await wsClient(url);
  });

  it("counts nobody who went before a process was there", async () => {
    const guard = { joined: (client: { detain(): () => void }) => void client.detain() };
    const { listener, url } = await startExec("cat", { maxProcesses: 1 }, { guards: [guard] });
    for (let i = 0; i < 3; i += 1) {
      const socket = await wsClient(url);
      socket.terminate();
      await eventually(() => listener.counters.connected === 0);
    }
    expect([...listener.counters.refusals]).toEqual([]);
  });

  it("counts no program that could not be started", async () => {
    const { url } = await startExec("", { argv: ["/no/such"], maxProcesses: 1 });
    for (let i = 0; i < 2; i += 1) expect((await closing(await wsClient(url))).code).toBe(1011);
  });
});

describe("a server that stops", () => {
  it("is not done before its processes are", async () => {
    const { listener, url, log } = await startExec(
      "trap 'exit 0' TERM; cat; sleep 0.02; echo bye >&2",
    );
    const socket = await wsClient(url);
    const closed = closing(socket);
    await listener.stop();
    expect((await closed).code).toBe(1001);
    expect(isGroupAlive(pidOf(log))).toBe(false);
    expect(notesOf(log)).toContain("stderr: bye");
  });

  it("ends those at once that are left", async () => {
    const { listener, url, log } = await startExec("trap '' TERM; while :; do sleep 1; done");
    await wsClient(url);
    const stopped = listener.stop();
    listener.terminate();
    await stopped;
    expect(isGroupAlive(pidOf(log))).toBe(false);
  });
});
