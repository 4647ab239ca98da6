import { appendFileSync, renameSync, truncateSync, unlinkSync, writeFileSync } from "node:fs";
import { describe, expect, it, onTestFinished } from "vitest";
import { type FollowEnd, followFile } from "../../src/capture/follow-file.ts";
import { file } from "../helpers/temp-files.ts";

/** Follows a new file, and looks at it often: file systems in tests may not tell of changes. */
function follow(content: string) {
  const path = file(content);
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const chunks = followFile(path, { signal: stop.signal, pollMs: 2 });
  const next = async (): Promise<string | { readonly end: FollowEnd }> => {
    const { done, value } = await chunks.next();
    return done === true ? { end: value } : Buffer.from(value).toString();
  };
  return { path, stop, next };
}

describe("followFile", () => {
  it("gives what is there, and then what is added", async () => {
    const { path, next } = follow("one");
    expect(await next()).toBe("one");
    const added = next();
    appendFileSync(path, "two");
    expect(await added).toBe("two");
    appendFileSync(path, "three");
    expect(await next()).toBe("three");
  });

  it("waits in a file that is empty", async () => {
    const { path, next } = follow("");
    const added = next();
    appendFileSync(path, "one");
    expect(await added).toBe("one");
  });

  it("ends when it is stopped, while it waits and before it begins", async () => {
    const { stop, next } = follow("one");
    expect(await next()).toBe("one");
    const waiting = next();
    stop.abort();
    expect(await waiting).toEqual({ end: "stopped" });

    const other = follow("one");
    other.stop.abort();
    expect(await other.next()).toBe("one");
    expect(await other.next()).toEqual({ end: "stopped" });
  });

  it("ends where the file becomes shorter", async () => {
    const { path, next } = follow("one");
    expect(await next()).toBe("one");
    truncateSync(path, 1);
    expect(await next()).toEqual({ end: "truncated" });
  });

  it("ends where another file takes the name, after the rest of the old one", async () => {
    const { path, next } = follow("one");
    expect(await next()).toBe("one");
    renameSync(path, `${path}.1`);
    appendFileSync(`${path}.1`, "two");
    expect(await next()).toBe("two");
    writeFileSync(path, "new");
    appendFileSync(`${path}.1`, "three");
    expect(await next()).toBe("three");
    expect(await next()).toEqual({ end: "replaced" });
  });

  it("goes on where the file has lost its name", async () => {
    const { path, stop, next } = follow("one");
    expect(await next()).toBe("one");
    unlinkSync(path);
    const waiting = next();
    stop.abort();
    expect(await waiting).toEqual({ end: "stopped" });
  });

  it("reads what is no regular file to its end", async () => {
    const stop = new AbortController();
    const chunks = followFile("/dev/null", { signal: stop.signal });
    expect(await chunks.next()).toEqual({ done: true, value: "stopped" });
  });

  it("fails where there is no file", async () => {
    const chunks = followFile("/no/such/file", { signal: new AbortController().signal });
    await expect(chunks.next()).rejects.toMatchObject({ code: "ENOENT" });
  });
});
