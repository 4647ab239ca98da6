import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { umask } from "node:process";
import { describe, expect, it, onTestFinished } from "vitest";
import { bindUnix } from "../../src/transport/bind-unix.ts";
import { folder } from "../helpers/temp-files.ts";

async function bind(path: string, mode = 0o600) {
  const server = await bindUnix(path, mode, createServer);
  onTestFinished(() => void server.close());
}

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

const isConnected = (path: string) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(path, () => resolve(socket.destroy() !== undefined));
    socket.on("error", () => resolve(false));
  });

/** As a server leaves it that is killed. */
function deserted(path: string): void {
  const leave = `require("net").createServer().listen(process.argv[1], () => process.kill(process.pid, 9))`;
  spawnSync(process.execPath, ["-e", leave, path]);
  expect(statSync(path).isSocket()).toBe(true);
}

describe("a unix socket is bound", () => {
  it.each([
    [0o600, 0o000],
    [0o600, 0o022],
    [0o666, 0o077],
    [0o660, 0o022],
  ])("with the mode %o whatever the umask %o", async (mode, mask) => {
    const path = join(folder(), "s");
    const before = umask(mask);
    onTestFinished(() => void umask(before));
    await bind(path, mode);
    expect(modeOf(path)).toBe(mode.toString(8));
  });

  it("in place of one that a dead server left behind, not of one that is served", async () => {
    const path = join(folder(), "s");
    deserted(path);
    await bind(path);
    expect(await isConnected(path)).toBe(true);
    await expect(bind(path)).rejects.toMatchObject({
      code: "bind",
      message: `cannot listen on ${path}: another server listens there`,
      hint: "Name another path.",
    });
    expect(await isConnected(path)).toBe(true);
  });

  it("by as long a path as there may be, and no longer", async () => {
    const begin = `${folder()}/`;
    const longest = begin.padEnd(process.platform === "linux" ? 107 : 103, "x");
    await bind(longest);
    expect(await isConnected(longest)).toBe(true);
    const length = longest.length + 1;
    await expect(bind(`${longest}x`)).rejects.toMatchObject({
      code: "bind",
      message: `cannot listen on ${longest}x: its path has ${length} bytes, and may have ${length - 1}`,
      hint: "One that begins at the current folder may be shorter: ./app.sock.",
    });
    // Cut off, it would be the other one.
    expect(readdirSync(begin)).toHaveLength(1);
    // Bytes count, not characters.
    await expect(bind(`${longest.slice(0, -1)}ä`)).rejects.toMatchObject({ code: "bind" });
  });
});

describe("a path is no socket's", () => {
  it.each<[string, (path: string) => unknown, string, string | undefined]>([
    [
      "where a file is",
      (path) => writeFileSync(path, "mine"),
      "a file is there that is no socket",
      "Name another path.",
    ],
    [
      "where a folder is",
      (path) => mkdirSync(path),
      "a folder is there that is no socket",
      "Name another path.",
    ],
  ])("%s", async (_, make, reason, hint) => {
    const path = join(folder(), "s");
    make(path);
    const before = statSync(path).ino;
    await expect(bind(path)).rejects.toMatchObject({
      code: "bind",
      message: `cannot listen on ${path}: ${reason}`,
      hint,
    });
    expect(statSync(path).ino).toBe(before);
  });

  it.each([
    ["/nowhere/at/all", "its folder is not there", "A port is a number alone."],
    ["/dev/null/s", "a part of its path is no folder", undefined],
  ])("%s", async (path, reason, hint) => {
    await expect(bind(path)).rejects.toMatchObject({
      message: `cannot listen on ${path}: ${reason}`,
      hint,
    });
  });

  it.skipIf(process.getuid?.() === 0)("in a folder that is not ours", async () => {
    const locked = folder();
    chmodSync(locked, 0o500);
    await expect(bind(join(locked, "s"))).rejects.toThrow(/permission denied$/);
  });
});
