import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { RECORD_OPTIONS } from "../../src/commands/listen-record-options.ts";
import { openRecording } from "../../src/commands/listen-record.ts";
import { deferred } from "../../src/transport/deferred.ts";
import { OUTPUT_OPTIONS } from "../../src/commands/common-options.ts";
import { argsOf } from "../helpers/args.ts";
import { newFolder } from "../helpers/folder.ts";
import { handshake, message } from "../helpers/har.ts";
import { memoryIo } from "../helpers/memory-io.ts";
import { recorded } from "../helpers/recorded.ts";

const open = (...argv: string[]) =>
  openRecording(argsOf([...RECORD_OPTIONS, ...OUTPUT_OPTIONS], argv), memoryIo());
const nobody = () => undefined;

describe("openRecording", () => {
  it("is off where no file is named", async () => {
    const recording = await open();
    expect(recording.isOn).toBe(false);
    recording.take(handshake("1"), nobody);
    expect(await recording.end()).toBeUndefined();
  });

  it("writes every event", async () => {
    const path = newFolder()("x.ndjson");
    const recording = await open("--record", path);
    recording.take(handshake("1"), nobody);
    expect([recording.isOn, await recording.end()]).toEqual([true, undefined]);
    expect(readFileSync(path, "utf8")).toBe(recorded(handshake("1")));
  });

  it("holds who causes more than can be written", async () => {
    const recording = await open("--record", newFolder()("x.ndjson"));
    const released = deferred();
    const found: string[] = [];
    recording.take(message("7", 1, "in", Buffer.alloc(2 ** 21)), (conn) => {
      found.push(conn);
      return { hold: () => released.resolve };
    });
    await released.promise;
    expect(found).toEqual(["7"]);
    await recording.end();
  });

  it("tells at the end, too, that a file could not be written", async () => {
    const recording = await open("--record", "/dev/full");
    recording.take(handshake("1"), nobody);
    const failure = await recording.end();
    expect(failure?.message).toMatch(/cannot write \/dev\/full/);
    expect(await recording.failed).toBe(failure);
  });
});
