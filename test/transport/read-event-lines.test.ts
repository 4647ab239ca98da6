import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EventLineReader } from "../../src/transport/read-event-lines.ts";
import { concat, hex, splitAt, splitPoints, utf8 } from "../helpers/bytes.ts";
import { messageLine, openLine } from "../helpers/recorded.ts";

async function* stream(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

async function read(...chunks: readonly (string | Uint8Array)[]) {
  const bytes = chunks.map((chunk) => (typeof chunk === "string" ? utf8(chunk) : chunk));
  const reader = new EventLineReader("x");
  const found: string[] = [];
  for await (const { event, where } of reader.read(stream(bytes))) {
    found.push(`${where}: ${event.type}`);
  }
  return { found, skipped: reader.skipped, cut: reader.cut };
}

const OPEN = openLine(0);
const HELLO = messageLine(1, "out", "hällo");
const BOTH = ["x, line 1 at byte 0: state", `x, line 2 at byte ${OPEN.length}: message`];

describe("EventLineReader", () => {
  it("reads the same however the bytes come", async () => {
    await fc.assert(
      fc.asyncProperty(splitPoints, async (points) => {
        const { found } = await read(...splitAt(utf8(OPEN + HELLO), points));
        expect(found).toEqual(BOTH);
      }),
    );
  });

  it("takes blank lines, CRLF, and a last line without its end", async () => {
    expect(await read(`\n${OPEN}`.replaceAll("\n", "\r\n \n"))).toMatchObject({
      found: ["x, line 3 at byte 4: state"],
      cut: undefined,
    });
    expect((await read(OPEN, HELLO.trimEnd())).found).toEqual(BOTH);
    expect(await read("")).toEqual({ found: [], skipped: 0, cut: undefined });
  });

  it("counts what it does not know", async () => {
    const news = OPEN.replace('"state"', '"news"');
    expect(await read(news, OPEN, news)).toMatchObject({ found: { length: 1 }, skipped: 2 });
  });

  it("tells that the last line is cut, at whatever byte", async () => {
    const whole = utf8(HELLO).length - 1;
    for (let length = 1; length < whole; length++) {
      expect(await read(OPEN, utf8(HELLO).subarray(0, length))).toEqual({
        found: BOTH.slice(0, 1),
        skipped: 0,
        cut: `x, line 2 at byte ${OPEN.length}`,
      });
    }
  });

  it.each([
    [OPEN + "{\n" + OPEN, `x, line 2 at byte ${OPEN.length}: no whole line of JSON`],
    [concat([utf8('\n{"v":"'), hex("ff"), utf8('"}\n')]), "x, line 2 at byte 1: not UTF-8"],
    [
      OPEN.replace("framecat.event/1", "2"),
      "x, line 1 at byte 0: not an event of framecat.event/1",
    ],
  ])("refuses %j", async (bytes, message) => {
    await expect(read(bytes)).rejects.toMatchObject({ code: "usage", message });
  });

  it("gives up on a line that does not end", async () => {
    const chunk = Buffer.alloc(2 ** 24, "x");
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) yield chunk;
    }
    const reading = new EventLineReader("x").read(endless()).next();
    await expect(reading).rejects.toMatchObject({
      code: "usage",
      message: "x: the line at byte 0 is longer than 160 MiB",
    });
  });
});
