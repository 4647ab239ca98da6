import { writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createHarWriter } from "../../src/capture/har-writer.ts";
import { parseSpeed, readReplay } from "../../src/commands/replay-file.ts";
import { newFolder } from "../helpers/folder.ts";
import { close, handshake, message } from "../helpers/har.ts";
import { recorded } from "../helpers/recorded.ts";
import { expectUsage } from "../helpers/usage.ts";

const SILENT = [handshake("1"), message("1", 2, "in", "x"), close("1", 3)];
const TALK = [
  handshake("2"),
  message("2", 1, "in", "welcome"),
  message("2", 5, "out", "hällo"),
  message("2", 6, "in", "one"),
  message("2", 20, "out", Buffer.of(0, 0xff)),
];

const EXPECTED = {
  conn: "2",
  greetings: 1,
  steps: [
    { kind: "text", payload: Buffer.from("hällo"), gapMs: 5, replies: 1 },
    { kind: "binary", payload: Buffer.of(0, 0xff), gapMs: 15, replies: 0 },
  ],
};

async function harFile(): Promise<string> {
  const path = newFolder()("session");
  const writer = await createHarWriter(path, { creatorVersion: "1" });
  for (const event of [...SILENT, ...TALK]) writer.push(event);
  await writer.close();
  return path;
}

function file(content: string): string {
  const path = newFolder()("session");
  writeFileSync(path, content);
  return path;
}

describe("readReplay", () => {
  it("reads the same from NDJSON and from HAR", async () => {
    const ndjson = file([...SILENT, ...TALK].map(recorded).join(""));
    expect(await readReplay(ndjson)).toEqual(EXPECTED);
    expect(await readReplay(await harFile())).toEqual(EXPECTED);
  });

  it("reads the connection that is asked for", async () => {
    const path = await harFile();
    expect(await readReplay(path, "--replay", { conn: "2" })).toEqual(EXPECTED);
    await expectUsage(
      readReplay(path, "--replay", { conn: "1" }),
      /has no message of connection "1" that was sent$/,
    );
  });

  it.each<[string, RegExp]>([
    ["", /session is empty$/],
    ['{"log":{"entries":[]}}', /session has no message that was sent$/],
    ['{"log":{"entries":[', /session is cut: it ends at byte 19 within the JSON$/],
    ['{"lo', /session is JSON, but neither a HAR nor NDJSON of framecat$/],
    ["hello\n", /session, line 1, column 1: "hello" is not hex$/],
    ["81 05 68656c6c6f", /session has no message that was sent$/],
  ])("refuses %j", (content, told) => expectUsage(readReplay(file(content)), told));

  it("reads frames in hex, and says how to see what holds none", async () => {
    const { steps } = await readReplay(file("81 85 37 fa 21 3d 7f 9f 4d 51 58"));
    expect(steps.map(({ payload }) => Buffer.from(payload).toString())).toEqual(["Hello"]);
    await expect(readReplay(file("81 00"))).rejects.toMatchObject({
      hint: expect.stringMatching(/^`framecat frame-dump .*session` shows what it holds\.$/),
    });
  });

  it("says what is wrong with the file", async () => {
    await expectUsage(
      readReplay("/nonexistent", "/replay"),
      /^\/replay: cannot read \/nonexistent: no such file or directory$/,
    );
    await expectUsage(readReplay("/"), /^--replay: cannot read \/: it is a folder$/);
  });
});

describe("parseSpeed", () => {
  it.each([
    ["1", 1],
    ["2.5", 2.5],
    ["0.5x", 0.5],
    ["max", Number.POSITIVE_INFINITY],
    ["0", Number.POSITIVE_INFINITY],
  ])("%s is %d", (text, speed) => expect(parseSpeed(text)).toBe(speed));

  it.each(["", "-1", "fast", "1e3", "0.0", "2x2"])("%j is none", (text) => {
    expect(() => parseSpeed(text)).toThrow(
      `--speed must be a factor or max, not ${JSON.stringify(text)}`,
    );
  });
});
