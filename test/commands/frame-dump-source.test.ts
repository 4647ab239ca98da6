import { appendFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { FRAME_DUMP_OPTIONS } from "../../src/commands/frame-dump-options.ts";
import { openSource } from "../../src/commands/frame-dump-source.ts";
import { createSink } from "../../src/commands/sink.ts";
import { argsOf } from "../helpers/args.ts";
import { frameBytes } from "../helpers/frame-events.ts";
import { memoryIo } from "../helpers/memory-io.ts";
import { file } from "../helpers/temp-files.ts";

const HELLO = frameBytes({ opcode: 1, payload: "hello" });

async function open(
  positionals: readonly string[],
  argv: readonly string[] = [],
  stdin?: Uint8Array,
) {
  const args = { ...argsOf(FRAME_DUMP_OPTIONS, argv), positionals };
  const io = memoryIo(stdin === undefined ? {} : { stdin });
  const stop = new AbortController();
  return { source: await openSource(args, io, createSink(io.stdout), stop.signal), stop };
}

async function textsOf(
  positionals: readonly string[],
  argv?: readonly string[],
  stdin?: Uint8Array,
) {
  const { source } = await open(positionals, argv, stdin);
  const texts: string[] = [];
  for await (const batch of source.batches) {
    for (const event of batch) {
      if (event.type === "frame") texts.push(Buffer.from(event.frame.payload).toString());
    }
  }
  return { texts, found: source.found, report: source.report };
}

describe("what frame-dump reads", () => {
  it("is stdin, a file, or words of hex", async () => {
    const wanted = { texts: ["hello"], found: "frames", report: undefined };
    expect(await textsOf([], [], HELLO)).toEqual(wanted);
    expect(await textsOf(["-"], [], HELLO)).toEqual(wanted);
    expect(await textsOf([file(HELLO)])).toEqual(wanted);
    expect(await textsOf(Buffer.from(HELLO).toString("hex").match(/../g)!)).toEqual(wanted);
    expect(
      await textsOf([Buffer.from(HELLO).toString("base64")], ["--input-format", "base64"]),
    ).toEqual(wanted);
  });

  it("may grow", async () => {
    const path = file(HELLO);
    const { source, stop } = await open([path], ["--follow", "--input-format", "binary"]);
    const texts: string[] = [];
    for await (const batch of source.batches) {
      for (const event of batch) {
        if (event.type === "frame") texts.push(Buffer.from(event.frame.payload).toString());
      }
      if (texts.length === 1) appendFileSync(path, frameBytes({ opcode: 1, payload: "more" }));
      if (texts.length === 2) stop.abort();
    }
    expect(texts).toEqual(["hello", "more"]);
  });

  it.each([
    [["/tmp"], [], '"/tmp" is a directory'],
    [[""], [], "the arguments hold no bytes"],
    [["nowhere.bin"], [], 'no file is named "nowhere.bin", and "nowhere.bin" is not hex'],
    [["81"], ["--assume-websocket", "x"], "--assume-websocket must be"],
    [["81"], ["--keylog", "/no/such"], "--keylog: /no/such: no such file"],
  ])("%j %j is refused", async (positionals, argv, message) => {
    await expect(textsOf(positionals, argv)).rejects.toThrow(message);
  });
});
