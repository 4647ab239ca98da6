import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { openDesk } from "../../helpers/desk.ts";
import { deferred } from "../../../src/transport/deferred.ts";
import { startEchoServer } from "../../helpers/echo-server.ts";

const folder = mkdtempSync(join(tmpdir(), "framecat-files-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("commands that deal with files", () => {
  it("/save writes the session as NDJSON, for its owner only", async () => {
    const { type, log } = await openDesk(await startEchoServer());
    await type("hello");
    await log.count("message", 1, "in");
    const path = join(folder, "session.ndjson");
    expect(await type(`/save ${path}`)).toEqual([
      expect.stringMatching(/^saved \d+ events to .*session\.ndjson$/),
    ]);
    const events = readFileSync(path, "utf8").trim().split("\n").map(parse);
    const types = events.map(({ type: kind }) => kind);
    expect(types).toEqual(expect.arrayContaining(["handshake", "frame", "message"]));
    expect(events.find(({ dir }) => dir === "in")).toMatchObject({ text: "hello" });
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it("/replay sends a recording, and what is typed meanwhile in between", async () => {
    const server = await startEchoServer();
    const [asked, half] = [deferred<string>(), deferred()];
    const { type, shown } = await openDesk(server, {
      replay: async (path) => {
        asked.resolve(path);
        return {
          messages: 2,
          durationMs: 61_000,
          run: async (peer) => {
            await peer.send(Buffer.from("first"), { binary: false });
            await half.promise;
            await peer.send(Buffer.from("second"), { binary: false });
            return 2;
          },
        };
      },
    });
    const replayed = type("/replay @there.har");
    expect(await asked.promise).toBe("there.har");
    await server.log.count("message", 1, "in");
    expect(shown).toContain("replaying 2 messages in 61 s; what you type is sent in between");
    expect(await type("typed")).toEqual([]);
    half.resolve();
    expect(await replayed).toEqual(["replayed 2 messages"]);
    await server.log.count("message", 3, "in");
    expect(server.log.texts("in")).toEqual(["first", "typed", "second"]);
  });

  it("/replay tells how far it came where the connection ends before, and no time for a short one", async () => {
    const { type, shown } = await openDesk(await startEchoServer(), {
      replay: async () => ({ messages: 3, durationMs: 0, run: async () => 1 }),
    });
    expect(await type("/replay there.har")).toEqual(["replayed 1 of 3 messages: then it was over"]);
    expect(shown.filter((line) => line.startsWith("replaying"))).toEqual([]);
  });

  it.each([
    ["/save", "/save: it needs a file"],
    ["/save /no/such/file", "/save: cannot write /no/such/file: no such file or directory"],
    ["/replay x", "/replay: nothing to replay"],
  ])("%s is refused", async (line, message) => {
    const { type } = await openDesk(await startEchoServer());
    expect(await type(line)).toEqual([message]);
  });
});

function parse(line: string): Record<string, unknown> {
  return JSON.parse(line) as Record<string, unknown>;
}
