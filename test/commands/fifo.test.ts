import { execFileSync } from "node:child_process";
import { closeSync, constants, openSync, readSync } from "node:fs";
import { once } from "node:events";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { openFifo } from "../../src/commands/fifo.ts";
import { folder } from "../helpers/temp-files.ts";
import { eventually } from "../helpers/transport.ts";

/** More than a pipe holds. */
const MUCH = Buffer.alloc(300_000, "0123456789");

function newFifo(): string {
  const path = join(folder(), "fifo");
  execFileSync("mkfifo", [path]);
  return path;
}

/** A reader that reads only when it is told to; what it has read. */
function reader(path: string) {
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  let isOpen = true;
  const close = (): void => {
    if (isOpen) closeSync(file);
    isOpen = false;
  };
  onTestFinished(close);
  const chunks: Buffer[] = [];
  /** False where there is nothing now. */
  const read = (): boolean => {
    const chunk = Buffer.alloc(65_536);
    try {
      const length = readSync(file, chunk);
      chunks.push(chunk.subarray(0, length));
      return length > 0;
    } catch {
      return false;
    }
  };
  return { read, close, bytes: () => Buffer.concat(chunks) };
}

async function writing(options: Partial<Parameters<typeof openFifo>[1]> = {}) {
  const path = newFifo();
  const reads = reader(path);
  const fifo = await openFifo(path, { highWaterMark: 1000, ...options });
  onTestFinished(() => void fifo.stream.destroy());
  return { ...fifo, ...reads, path };
}

describe("a pipe with a name", () => {
  it("takes what its reader takes, all of it and in order", async () => {
    const { stream, read, bytes } = await writing();
    const parts = [MUCH.subarray(0, 7), MUCH.subarray(7, 200_000), MUCH.subarray(200_000)];
    for (const part of parts) stream.write(part);
    stream.end();
    const closed = once(stream, "close");
    await eventually(() => {
      while (read());
      return bytes().length === MUCH.length;
    });
    expect(bytes().equals(MUCH)).toBe(true);
    await closed;
  });

  it("is congested while its reader sleeps, and nothing waits within the system", async () => {
    const { stream, bytes } = await writing();
    expect(stream.write(MUCH)).toBe(false);
    expect(stream.writableNeedDrain).toBe(true);
    const closed = once(stream, "close");
    stream.destroy();
    await closed;
    expect(bytes()).toHaveLength(0);
  });

  it("tells that its reader has gone", async () => {
    const { stream, close } = await writing();
    close();
    stream.write("to nobody");
    const [error] = await once(stream, "error");
    expect(error).toMatchObject({ code: "EPIPE" });
  });

  it("waits for a reader, but not for ever", async () => {
    const path = newFifo();
    const soon = openFifo(path, { highWaterMark: 1, waitForReaderMs: 60_000 });
    reader(path);
    (await soon).stream.destroy();
    const never = openFifo(newFifo(), { highWaterMark: 1, waitForReaderMs: 0 });
    await expect(never).rejects.toThrow(/^nobody reads from it$/);
  });
});

describe("in a hurry", () => {
  it("a reader that sleeps is given up", async () => {
    const { stream, hurry } = await writing({ sleepMs: 5 });
    stream.write(MUCH);
    hurry();
    hurry();
    const [error] = await once(stream, "error");
    expect(error).toEqual(new Error("nobody reads from it any more"));
    expect(stream.destroyed).toBe(true);
  });

  it("one that reads is waited for, however slowly", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    onTestFinished(() => void vi.useRealTimers());
    const { stream, hurry, read, bytes } = await writing();
    hurry();
    for (let at = 0; at < MUCH.length; at += 30_000) stream.write(MUCH.subarray(at, at + 30_000));
    while (stream.writableLength > 0) {
      const waiting = stream.writableLength;
      await eventually(() => {
        read();
        return stream.writableLength < waiting;
      });
      await vi.advanceTimersByTimeAsync(1000);
    }
    const closed = once(stream.end(), "close");
    while (read());
    expect(bytes().equals(MUCH)).toBe(true);
    await closed;
    expect(vi.getTimerCount()).toBe(0);
  });

  it("one that has nothing to read is left alone", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    onTestFinished(() => void vi.useRealTimers());
    const { stream, hurry, read, bytes } = await writing();
    hurry();
    await vi.advanceTimersByTimeAsync(5000);
    stream.end("late");
    await eventually(() => read() || bytes().length > 0);
    expect(bytes().toString()).toBe("late");
  });
});
