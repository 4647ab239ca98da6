import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { main } from "../../src/cli.ts";
import { memoryIo } from "../helpers/memory-io.ts";
import { folder } from "../helpers/temp-files.ts";
import { echoBack, wsServer } from "../helpers/ws-peers.ts";

async function connect(...argv: string[]) {
  const { url } = await wsServer(echoBack);
  const io = memoryIo({ stdin: "" });
  const code = await main(["connect", `${url}?token=hunter2`, "-x", "hi", ...argv], io);
  return { code, out: io.out(), err: io.err() };
}

const SOON = ["--eof", "linger=50ms"];

describe("files that connect writes", () => {
  it("are the data, every event, and a HAR; secrets stay out of sight", async () => {
    const at = folder();
    const [data, events, har] = ["data", "events", "session.har"].map((name) => join(at, name));
    const argv = ["--output", data!, "--record", events!, "--har", har!];
    expect(await connect(...argv, ...SOON)).toEqual({ code: 0, out: "", err: "" });
    expect(readFileSync(data!, "utf8")).toBe("hi\n");
    const lines = readFileSync(events!, "utf8").trimEnd().split("\n");
    const types = lines.map((line) => (JSON.parse(line) as { type: string }).type);
    expect(types).toEqual(expect.arrayContaining(["handshake", "frame", "message", "close"]));
    const { log } = JSON.parse(readFileSync(har!, "utf8")) as { log: { entries: object[] } };
    expect(log.entries).toMatchObject([
      {
        _webSocketMessages: [
          { type: "send", data: "hi" },
          { type: "receive", data: "hi" },
        ],
      },
    ]);
    for (const file of [events!, har!]) {
      expect(readFileSync(file, "utf8")).not.toContain("hunter2");
      expect(statSync(file).mode & 0o077).toBe(0);
    }
  });

  it("keep secrets where that is asked for", async () => {
    const events = join(folder(), "events");
    await connect("--record", events, "--show-secrets", ...SOON);
    expect(readFileSync(events, "utf8")).toContain("token=hunter2");
  });

  it("can be replayed", async () => {
    const at = folder();
    const [events, har] = [join(at, "events"), join(at, "session.har")];
    await connect("-x", "second", "--record", events, "--har", har, ...SOON);
    for (const recording of [events, har]) {
      const { url } = await wsServer(echoBack);
      const io = memoryIo();
      const argv = [url, "--replay", recording, "--speed", "max", ...SOON];
      expect(await main(["connect", ...argv], io)).toBe(0);
      expect(io.out()).toBe("hi\nsecond\n");
    }
  });

  it.each([
    [["--record", "/no/such/file"], "--record: cannot write /no/such/file: "],
    [["--har", "-"], "--har needs a file"],
    [["--junit", "/no/such/file"], "--junit: cannot write /no/such/file: "],
    [["--output", "/tmp"], "--output: cannot write /tmp: "],
    [["--replay", "/no/such/file"], "--replay: cannot read /no/such/file: "],
    [["--speed", "2"], "--speed needs --replay"],
  ])("%j is refused before anything is dialled", async (argv, message) => {
    const { code, err } = await connect(...argv);
    expect([code, err]).toEqual([2, expect.stringContaining(`framecat: ${message}`)]);
  });

  it.each(["--output", "--record"])("%s on a full disk ends the run at once", async (flag) => {
    const { url } = await wsServer((socket) => socket.send("x".repeat(2_000_000)));
    const io = memoryIo();
    expect(await main(["connect", url, flag, "/dev/full"], io)).toBe(2);
    expect(io.err()).toBe(
      `framecat: ${flag}: cannot write /dev/full: no space left on device (exit 2).\n`,
    );
  });

  it("are nothing without standard output; a reader that goes away is no failure", async () => {
    for (const [code, result] of [
      ["ENOSPC", [2, expect.stringContaining("framecat: cannot write standard output: ")]],
      ["EPIPE", [0, ""]],
    ] as const) {
      const { url } = await wsServer((socket) => socket.send("hi"));
      const io = memoryIo();
      io.stdout.write = () => io.stdout.destroy(Object.assign(new Error(code), { code })).destroyed;
      expect([await main(["connect", url], io), io.err()]).toEqual(result);
    }
  });
});
