import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readlinkSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { main } from "../../src/cli.ts";
import { memoryIo } from "../helpers/memory-io.ts";
import { folder } from "../helpers/temp-files.ts";
import { eventually } from "../helpers/transport.ts";

/** Something that listens at a port or a path until the test ends. */
async function taken(where: number | string): Promise<string> {
  const server = createServer((socket) => void socket.destroy());
  if (typeof where === "number") server.listen(where, "127.0.0.1");
  else server.listen(where);
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const address = server.address() as AddressInfo | string;
  return typeof address === "string" ? address : String(address.port);
}

/** How many sockets the process has, where the system tells that. */
function sockets(): number {
  const files = existsSync("/proc/self/fd") ? readdirSync("/proc/self/fd") : [];
  return files.filter((name) => linkOf(`/proc/self/fd/${name}`).startsWith("socket:")).length;
}

/** Empty for the file by which the folder was read: it is gone by now. */
function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}

/** Runs to the end, which comes at once: one line, nothing on stdout, nothing that listens still. */
async function fails(...argv: string[]) {
  const before = sockets();
  const io = memoryIo();
  const code = await main(["listen", ...argv], io);
  expect(io.err()).toMatch(/^framecat: [^\n]+\n$/);
  expect(io.out()).toBe("");
  await eventually(() => sockets() <= before);
  return { code, err: io.err() };
}

describe("2: what is no place", () => {
  it.each([
    [["-1"], /PORT must be a whole number from 0 to 65535, not "-1"/],
    [["65536"], /PORT must be .*, not "65536"/],
    [["80.5"], /PORT must be .*, not "80\.5"/],
    [["http"], /PORT must be .*, not "http"/],
    [[""], /PORT must be .*, not ""/],
    [[" 80"], /PORT must be .*, not " 80"/],
    [["127.0.0.1:80"], /PORT must be .* The address goes to --host/],
    [["80", "81"], /unexpected argument "81"/],
    [["0", "--host", ""], /--host must be an address or a name alone, not ""/],
    [["0", "--host", "127.0.0.1:80"], /--host must be an address or a name alone/],
    [["./a.sock", "--host", "127.0.0.1"], /--host is of no use with the unix socket/],
    [["./a.sock", "--socket-mode", "rwx"], /--socket-mode must be like 660, not "rwx"/],
    [["0", "--socket-mode", "660"], /--socket-mode is for a unix socket/],
  ])("%j", async (argv, message) => {
    const { code, err } = await fails(...argv);
    expect(err).toMatch(message);
    expect(code).toBe(2);
  });
});

describe("17: what cannot be had", () => {
  it.each([
    [
      ["0", "--host", "192.0.2.1"],
      /192\.0\.2\.1:0: this machine has no such address \(exit 17\)\. /,
    ],
    [["0", "--host", "nowhere.invalid"], /nowhere\.invalid:0: the host name does not resolve /],
    [["0", "--host", "fe80::1"], /\[fe80::1\]:0: a link-local address needs its link /],
    [["/nowhere/at/all"], /its folder is not there \(exit 17\)\. A port is a number alone\./],
    [["/"], /a folder is there that is no socket /],
    [[`/tmp/${"x".repeat(200)}`], /its path has 205 bytes, and may have 10\d /],
  ])("%j", async (argv, message) => {
    const { code, err } = await fails(...argv);
    expect(err).toMatch(message);
    expect(code).toBe(17);
  });

  it("a port that is in use, on either address of loopback", async () => {
    const port = await taken(0);
    const { code, err } = await fails(port);
    expect(err).toMatch(/: the port is in use \(exit 17\)\. Port 0 takes a free one\.\n$/);
    expect(code).toBe(17);
  });

  it.each<[string, (path: string) => unknown, RegExp]>([
    ["a file", (path) => writeFileSync(path, "mine"), /a file is there that is no socket/],
    ["a folder", (path) => mkdirSync(path), /a folder is there that is no socket/],
    ["a live socket", taken, /another server listens there/],
  ])("a path at which %s is", async (_, make, message) => {
    const path = join(folder(), "s");
    await make(path);
    const { code, err } = await fails(path);
    expect(err).toMatch(message);
    expect(code).toBe(17);
  });
});
