import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readRecording, type RecordingOptions } from "../../src/scenario/recording.ts";
import { hex, splitAt, splitPoints, utf8 } from "../helpers/bytes.ts";
import { messageLine, openLine } from "../helpers/recorded.ts";

async function* stream(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

async function read(text: string | readonly string[], options?: RecordingOptions) {
  const bytes = utf8(typeof text === "string" ? text : text.join(""));
  const { conn, greetings, steps } = await readRecording(
    stream([bytes]),
    "session.ndjson",
    options,
  );
  return { conn, greetings, steps: steps.map(({ payload }) => Buffer.from(payload).toString()) };
}

function expectUsage(reading: Promise<unknown>, message: string): Promise<void> {
  return expect(reading).rejects.toMatchObject({ code: "usage", message });
}

const SESSION = [
  openLine(0),
  messageLine(5, "out", "hällo"),
  messageLine(6, "in", "one"),
  messageLine(7, "in", "two"),
  messageLine(20, "out", hex("00ff")),
].join("");

describe("readRecording", () => {
  it("is the same however the bytes come", async () => {
    const whole = {
      conn: "1",
      greetings: 0,
      steps: [
        { kind: "text", payload: Buffer.from("hällo"), gapMs: 5, replies: 2 },
        { kind: "binary", payload: Buffer.of(0, 0xff), gapMs: 15, replies: 0 },
      ],
    };
    await fc.assert(
      fc.asyncProperty(splitPoints, async (points) => {
        const chunks = splitAt(utf8(SESSION), points);
        expect(await readRecording(stream(chunks), "session.ndjson")).toEqual(whole);
      }),
    );
  });

  it("takes blank lines, CRLF, and a last line without its end", async () => {
    const text = `\n${SESSION.replaceAll("\n", "\r\n \n")}`;
    expect((await read(text)).steps).toHaveLength(2);
    expect((await read(SESSION.trimEnd())).steps).toHaveLength(2);
  });

  it("takes the first connection that sent something, or the one that is asked for", async () => {
    const lines = [
      openLine(0, "silent"),
      openLine(1, "b"),
      openLine(2, "a"),
      messageLine(3, "in", "welcome", "a"),
      messageLine(3, "in", "welcome", "b"),
      messageLine(3, "in", "again", "b"),
      messageLine(4, "out", "from b", "b"),
      messageLine(5, "out", "from a", "a"),
      messageLine(6, "out", "more of b", "b"),
    ];
    const b = { conn: "b", greetings: 2, steps: ["from b", "more of b"] };
    expect(await read(lines)).toEqual(b);
    expect(await read(lines, { conn: "b" })).toEqual(b);
    expect(await read(lines, { conn: "a" })).toEqual({
      conn: "a",
      greetings: 1,
      steps: ["from a"],
    });
    const none = 'session.ndjson has no message of connection "c" that was sent';
    await expectUsage(read(lines, { conn: "c" }), none);
    await expectUsage(read(lines, { conn: "silent" }), none.replace('"c"', '"silent"'));
  });

  it("does not mind what is missing of another connection's messages", async () => {
    const cut = messageLine(3, "out", "long", "b").replace('"length":4', '"length":9');
    const lines = [messageLine(1, "out", "mine", "a"), cut];
    expect((await read(lines)).steps).toEqual(["mine"]);
    await expectUsage(
      read(lines, { conn: "b" }),
      `session.ndjson, line 2 at byte ${lines[0]!.length}: the payload is not as long as what was sent`,
    );
  });

  it.each([
    ["", "session.ndjson has no message that was sent"],
    ["\n\n", "session.ndjson has no message that was sent"],
    [openLine(0) + messageLine(1, "in", "x"), "session.ndjson has no message that was sent"],
    [
      `${SESSION}{"v":`,
      `session.ndjson, line 6 at byte ${utf8(SESSION).length}: no whole line of JSON`,
    ],
    [
      `\n${SESSION.replace("framecat.event/1", "x")}`,
      "session.ndjson, line 2 at byte 1: not an event of framecat.event/1",
    ],
  ])("refuses %j", (text, message) => expectUsage(read(text), message));

  it("holds 64 MiB and no more", async () => {
    const line = messageLine(1, "out", "x".repeat(2 ** 20));
    const all = Array.from({ length: 64 }, () => utf8(line));
    expect((await readRecording(stream(all), "x")).steps).toHaveLength(64);
    await expectUsage(
      readRecording(stream([...all, utf8(messageLine(1, "out", "x"))]), "x"),
      `x, line 65 at byte ${64 * utf8(line).length}: more than 64 MiB were sent, which is all that is held`,
    );
  });
});
