import { dirname } from "node:path";
import { describe, expect, it } from "vitest";
import { filePieces } from "../../src/capture/file-pieces.ts";
import { file } from "../helpers/temp-files.ts";

/** What each piece says at its time. */
async function said(pieces: AsyncIterable<Uint8Array>): Promise<string[]> {
  const texts: string[] = [];
  for await (const piece of pieces) texts.push(Buffer.from(piece).toString());
  return texts;
}

describe("filePieces", () => {
  it.each([
    ["", []],
    ["a", ["a"]],
    ["abc", ["abc"]],
    ["abcd", ["abc", "d"]],
    ["abcdefghijkl", ["abc", "def", "ghi", "jkl"]],
  ])("%j in pieces of three", async (content, pieces) => {
    expect(await said(filePieces(file(content), 3))).toEqual(pieces);
  });

  it("a file of more than is read at a time", async () => {
    const content = "0123456789".repeat(70_000);
    const pieces = await said(filePieces(file(content)));
    expect(pieces.length).toBe(3);
    expect(pieces.join("")).toBe(content);
  });

  it("uses two buffers in turn, whatever the length of the file", async () => {
    const buffers = new Set<ArrayBufferLike>();
    for await (const { buffer } of filePieces(file("x".repeat(100)), 3)) buffers.add(buffer);
    expect(buffers.size).toBe(2);
  });

  it("can be left while it reads on", async () => {
    for await (const piece of filePieces(file("abcdef"), 3)) {
      expect(Buffer.from(piece).toString()).toBe("abc");
      break;
    }
  });

  it("tells what the system says of a file that cannot be opened, or read", async () => {
    const path = file("a");
    await expect(said(filePieces(`${path}.none`))).rejects.toMatchObject({ code: "ENOENT" });
    await expect(said(filePieces(dirname(path)))).rejects.toMatchObject({ code: "EISDIR" });
  });
});
