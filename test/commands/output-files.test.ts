import { execFileSync } from "node:child_process";
import {
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { openOutputs, type OutputFlags } from "../../src/commands/output-files.ts";
import { newFolder } from "../helpers/folder.ts";
import { close, handshake, message } from "../helpers/har.ts";
import { memoryIo } from "../helpers/memory-io.ts";
import { recorded } from "../helpers/recorded.ts";
import { expectUsage } from "../helpers/usage.ts";

const EVENTS = [handshake("1"), message("1", 1, "out", "a"), close("1", 2)];

function open(flags: Partial<OutputFlags>, io = memoryIo()) {
  return openOutputs({ showSecrets: false, version: "1", ...flags }, io);
}

/** A pipe that is open at its other end, where nobody reads; watches are the test's to wind. */
function sleepingPipe(): string {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  onTestFinished(() => void vi.useRealTimers());
  const path = newFolder()("pipe");
  execFileSync("mkfifo", [path]);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  onTestFinished(() => closeSync(reader));
  return path;
}

describe("openOutputs", () => {
  it("opens nothing where nothing is asked for", async () => {
    const outputs = await open({});
    expect([outputs.listener, outputs.data, outputs.congested]).toEqual([
      undefined,
      undefined,
      false,
    ]);
    await outputs.drained();
    await outputs.close();
    expect((await open({ output: "-" })).data).toBeUndefined();
  });

  it("writes every event to each of the files, and data to its own", async () => {
    const file = newFolder();
    const [record, har, output] = [file("x.ndjson"), file("x.har"), file("out")];
    writeFileSync(record, "x".repeat(10_000));
    const outputs = await open({ record, har, output });
    for (const event of EVENTS) outputs.listener?.(event);
    outputs.data?.write("payload\n");
    await outputs.close();
    expect(readFileSync(record, "utf8")).toBe(EVENTS.map(recorded).join(""));
    expect(JSON.parse(readFileSync(har, "utf8"))).toMatchObject({
      log: { creator: { version: "1" }, entries: [{ _webSocketMessages: [{ data: "a" }] }] },
    });
    expect(readFileSync(output, "utf8")).toBe("payload\n");
    expect(readFileSync(record, "utf8") + readFileSync(har, "utf8")).not.toContain("s3cret");
  });

  it("writes secrets where they are asked for", async () => {
    const file = newFolder();
    const [record, har] = [file("x.ndjson"), file("x.har")];
    const outputs = await open({ record, har, showSecrets: true });
    for (const event of EVENTS) outputs.listener?.(event);
    await outputs.close();
    for (const path of [record, har]) expect(readFileSync(path, "utf8")).toContain("sid=s3cret");
  });

  it("lets nobody else read what was said", async () => {
    const file = newFolder();
    const [record, har] = [file("x.ndjson"), file("x.har")];
    await (await open({ record, har })).close();
    for (const path of [record, har]) expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it("tells when the connection is to be held", async () => {
    const file = newFolder();
    for (const flags of [{ record: file("x.ndjson") }, { har: file("x.har") }]) {
      const outputs = await open(flags);
      outputs.listener?.(handshake("1"));
      expect(outputs.congested).toBe(false);
      outputs.listener?.(message("1", 1, "in", Buffer.alloc(2 ** 21)));
      expect(outputs.congested).toBe(true);
      await outputs.drained();
      expect(outputs.congested).toBe(false);
      await outputs.close();
    }
  });

  it("records to standard output where the data has a file", async () => {
    const io = memoryIo();
    const outputs = await open({ record: "-", output: newFolder()("out") }, io);
    for (const event of EVENTS) outputs.listener?.(event);
    await outputs.close();
    expect(io.out()).toBe(EVENTS.map(recorded).join(""));
  });

  it("says in a line that a disk is full, and goes on with the other files", async () => {
    const har = newFolder()("x.har");
    const outputs = await open({ record: "/dev/full", har });
    for (const event of EVENTS) outputs.listener?.(event);
    expect(await outputs.failed).toMatchObject({
      code: "usage",
      message: "--record: cannot write /dev/full: no space left on device",
    });
    for (const event of EVENTS) outputs.listener?.(event);
    await outputs.drained();
    await outputs.close();
    expect(readFileSync(har, "utf8").match(/"data":"a"/g)).toHaveLength(2);
  });

  it("says so of data, too, whose sink breaks", async () => {
    const outputs = await open({ output: "/dev/full" });
    outputs.data?.write("payload");
    await outputs.data?.broken;
    expect((await outputs.failed).message).toBe(
      "--output: cannot write /dev/full: no space left on device",
    );
    await outputs.close();
  });

  it.each(["record", "output"])(
    "gives up the reader of a pipe that sleeps, once --%s is all that is waited for",
    async (flag) => {
      const path = sleepingPipe();
      const outputs = await open({ [flag]: path });
      outputs.listener?.(message("1", 1, "in", Buffer.alloc(2 ** 21)));
      outputs.data?.write(Buffer.alloc(2 ** 21));
      const drained = (outputs.data ?? outputs).drained();
      const closed = outputs.close();
      await vi.advanceTimersByTimeAsync(2000);
      await Promise.all([drained, closed]);
      expect((await outputs.failed).message).toBe(
        `--${flag}: cannot write ${path}: nobody reads from it any more`,
      );
      expect(vi.getTimerCount()).toBe(0);
    },
  );

  it("is in no hurry before that is said", async () => {
    const path = sleepingPipe();
    const outputs = await open({ record: path, har: newFolder()("x.har") });
    outputs.listener?.(message("1", 1, "in", Buffer.alloc(2 ** 21)));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(outputs.congested).toBe(true);
    outputs.hurry();
    await vi.advanceTimersByTimeAsync(2000);
    expect((await outputs.failed).message).toMatch(/nobody reads from it any more$/);
    await outputs.drained();
    expect(outputs.congested).toBe(false);
    await outputs.close();
  });

  it.each(["record", "har", "output"])("refuses what --%s cannot be written to", async (flag) => {
    const file = newFolder();
    mkdirSync(file("folder"));
    const none = new RegExp(`^--${flag}: cannot write .*/none/x: no such file or directory$`);
    await expectUsage(open({ [flag]: file("none/x") }), none);
    await expectUsage(open({ [flag]: file("folder") }), /folder: it is a folder$/);
  });

  it("refuses a HAR in what has no beginning to go back to", async () => {
    await expectUsage(open({ har: "/dev/null" }), /^--har: .*\/dev\/null: it is no regular file$/);
    await expectUsage(open({ har: "-" }), /^--har needs a file, which it can go back in$/);
  });

  it.each(["-", undefined])("refuses two on standard output: --output %s", (output) =>
    expectUsage(
      open({ record: "-", output }),
      /^--record -: standard output has the data already$/,
    ),
  );

  it("refuses one file for two, and leaves it as it was", async () => {
    const file = newFolder();
    writeFileSync(file("x"), "precious");
    const clash = open({ record: file("x"), output: file("./y/../x") });
    await expectUsage(clash, /^--record and --output name the same file$/);
    expect(readFileSync(file("x"), "utf8")).toBe("precious");
    expect(existsSync(file("y"))).toBe(false);
  });
});
