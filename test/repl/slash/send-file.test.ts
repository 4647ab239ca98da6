import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { sendFile, type SendFileOptions } from "../../../src/repl/slash/send-file.ts";

const folder = mkdtempSync(join(tmpdir(), "framecat-send-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function sent(content: Uint8Array | string, options: SendFileOptions = {}) {
  const path = join(folder, "content");
  writeFileSync(path, content);
  const pieces: string[] = [];
  const link = {
    send: async (
      data: string | Uint8Array,
      { binary, fin }: { binary?: boolean; fin?: boolean },
    ) => {
      const text = Buffer.from(data).toString("latin1");
      pieces.push(`${binary ? "binary" : "text"} ${fin ? "fin" : "..."} ${text}`);
    },
  };
  return { told: await sendFile(link, path, options), pieces };
}

describe("sending a file", () => {
  it.each([
    ["abcdef", {}, ["text fin abcdef"]],
    ["abcdef", { fragmentSize: 4 }, ["text ... abcd", "text fin ef"]],
    ["abcdef", { fragmentSize: 3 }, ["text ... abc", "text fin def"]],
    ["abcdef", { fragmentSize: 6 }, ["text fin abcdef"]],
    ["", {}, ["text fin "]],
    ["abc", { kind: "binary" }, ["binary fin abc"]],
    [Buffer.from([0xff, 0xfe]), {}, ["binary fin \xff\xfe"]],
    [Buffer.from([0xc3]), {}, ["binary fin \xc3"]],
  ] as const)("%j with %j", async (content, options, pieces) => {
    const result = await sent(content, options);
    expect(result.pieces).toEqual(pieces);
    expect(result.told).toMatchObject({ bytes: content.length, fragments: pieces.length });
  });

  it("refuses what cannot be read", async () => {
    const link = { send: async () => undefined };
    await expect(sendFile(link, join(folder, "none"), {})).rejects.toMatchObject({ code: "usage" });
    await expect(sendFile(link, folder, {})).rejects.toThrow("it is a folder");
  });
});
