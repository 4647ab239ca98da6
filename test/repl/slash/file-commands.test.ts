import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { openDesk } from "../../helpers/desk.ts";
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

  it("/replay sends a recording, and nothing comes between", async () => {
    const asked: string[] = [];
    const { type } = await openDesk(await startEchoServer(), {
      replay: async (path) => {
        asked.push(path);
        return 3;
      },
    });
    expect(await type("/replay @there.har")).toEqual(["replayed 3 messages"]);
    expect(asked).toEqual(["there.har"]);
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
