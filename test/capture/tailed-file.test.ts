import { readFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { type FileLike, TailedFile } from "../../src/capture/tailed-file.ts";
import { newFolder } from "../helpers/folder.ts";

/** A file in memory, with what it held after each write. */
function memoryFile({ limit = Infinity, most = Infinity } = {}) {
  let bytes = Buffer.alloc(0);
  const states: string[] = [];
  const file: FileLike = {
    write: async (data, offset, length, position) => {
      const bytesWritten = Math.min(length, most);
      if (position + bytesWritten > limit)
        throw Object.assign(new Error("full"), { code: "ENOSPC" });
      const end = Math.max(bytes.length, position + bytesWritten);
      bytes = Buffer.concat([bytes], end);
      bytes.set(data.subarray(offset, offset + bytesWritten), position);
      states.push(bytes.toString());
      return { bytesWritten };
    },
    read: async (into, offset, length, position) => {
      return { bytesRead: bytes.copy(into, offset, position, position + length) };
    },
    close: async () => undefined,
  };
  return {
    file,
    states,
    tailed: new TailedFile(Promise.resolve(file)),
    text: () => bytes.toString(),
  };
}

function addition(text: string | Iterable<string>, tail = "]", cost = 1) {
  return { pieces: typeof text === "string" ? [text] : text, tail: () => tail, cost };
}

describe("TailedFile", () => {
  it("has its tail after every write, and once", async () => {
    const { tailed, states } = memoryFile();
    tailed.add(addition("[1"));
    await tailed.flushed();
    tailed.add(addition(",2"));
    tailed.add(addition(",3"));
    await tailed.flushed();
    tailed.add(addition("]", ""));
    await tailed.close();
    expect(states).toEqual(["[1]", "[1,2,3]", "[1,2,3]"]);
  });

  it("leaves nothing of a longer tail", async () => {
    const { tailed, text } = memoryFile();
    tailed.add(addition("[1", ",1000000]"));
    await tailed.flushed();
    tailed.add(addition(",2", "]"));
    await tailed.flushed();
    expect(JSON.parse(text())).toEqual([1, 2]);
    expect(text()).toBe("[1,2]\n\n\n\n\n\n");
    tailed.add(addition(",3"));
    await tailed.close();
    expect(JSON.parse(text())).toEqual([1, 2, 3]);
  });

  it("goes on where the system takes less than it was given", async () => {
    const { tailed, text } = memoryFile({ most: 2 });
    tailed.add(addition("[1,2,3,4"));
    tailed.add(addition(",5"));
    await tailed.close();
    expect(text()).toBe("[1,2,3,4,5]");
  });

  it("asks for long text a part at a time", async () => {
    const { tailed, states } = memoryFile();
    const piece = " ".repeat(400_000);
    tailed.add(addition(["[", piece, piece, piece, piece, "1"]));
    await tailed.flushed();
    expect(states.map(({ length }) => length)).toEqual([1_200_001, 1_600_003]);
    expect(JSON.parse(states.at(-1)!)).toEqual([1]);
  });

  it("tells when to wait, and until when", async () => {
    const { tailed, text } = memoryFile();
    await tailed.drained();
    tailed.add(addition("[1", "]", 2 ** 20));
    expect(tailed.congested).toBe(true);
    await tailed.drained();
    expect([tailed.congested, text()]).toEqual([false, "[1]"]);
  });

  it("takes over a part of another file", async () => {
    const [one, other] = [memoryFile(), memoryFile()];
    const long = `,${"7".repeat(200_000)}`;
    one.tailed.add(addition("[1"));
    other.tailed.add(addition(`(2${long}`, ")"));
    await other.tailed.flushed();
    const end = other.tailed.position;
    await one.tailed.absorb(other.tailed, { separator: ",", start: 1, end, tail: "]" });
    one.tailed.add(addition(",3"));
    await one.tailed.close();
    expect(one.text()).toBe(`[1,2${long},3]`);
    expect(other.text()).toBe(`(2${long})`);
  });

  it("fails once, and writes nothing from then on", async () => {
    const { tailed, text } = memoryFile({ limit: 3 });
    tailed.add(addition("[1"));
    await tailed.flushed();
    tailed.add(addition(",2", "]", 2 ** 20));
    expect(tailed.congested).toBe(true);
    await tailed.drained();
    expect(await tailed.failed).toMatchObject({ code: "ENOSPC" });
    tailed.add(addition(",3"));
    expect(tailed.congested).toBe(false);
    await tailed.absorb(tailed, { separator: ",", start: 0, end: 1, tail: "]" });
    await tailed.close();
    expect(text()).toBe("[1]");
  });

  it("fails where the file cannot be opened, also if nothing is added", async () => {
    const tailed = new TailedFile(Promise.reject(new Error("no such folder")));
    expect(await tailed.failed).toMatchObject({ message: "no such folder" });
    tailed.add(addition("[1"));
    await tailed.close();
  });

  it("writes real files, in which characters have several bytes", async () => {
    const path = newFolder()("x");
    const tailed = new TailedFile(open(path, "w"));
    for (const text of ["[", '"ä€"', ',"😀"']) {
      tailed.add(addition(text, ']"ü"'));
      await tailed.flushed();
    }
    tailed.add(addition("]", ""));
    await tailed.close();
    expect(JSON.parse(readFileSync(path, "utf8"))).toEqual(["ä€", "😀"]);
  });
});
