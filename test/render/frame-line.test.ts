import { constants, deflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { encodeClosePayload } from "../../src/protocol/close-codes.ts";
import { type FrameLook, frameLines, type FramePlace } from "../../src/render/frame-line.ts";
import { span } from "../../src/render/span.ts";
import { createTheme } from "../../src/render/theme.ts";
import { displayWidth } from "../../src/width.ts";
import { createInflate } from "../../src/transport/inflater.ts";
import type { FrameEvent } from "../../src/transport/events.ts";
import { filler, hex } from "../helpers/bytes.ts";
import { frameEvent, frameEvents, type FrameSketch } from "../helpers/frame-events.ts";

const KEY = 0x37fa213d;
const look: FrameLook = {
  theme: createTheme(0),
  columns: 80,
  maxPrint: 1024,
  headerBytes: false,
  diagram: false,
  hex: false,
  pretty: false,
};
const alone: FramePlace = {
  kind: "text",
  compressed: false,
  maskColumn: true,
  reservedColumn: false,
  faint: false,
};

function lines(event: FrameEvent, place: Partial<FramePlace> = {}, more: Partial<FrameLook> = {}) {
  return frameLines(event, [span("12:04:31.207 ")], { ...alone, ...place }, { ...look, ...more });
}

function expectLine(sketch: FrameSketch, line: string, place: Partial<FramePlace> = {}) {
  expect(lines(frameEvent(sketch), place)).toEqual([line]);
}

describe("the line of a frame", () => {
  it("aligns both directions", () => {
    expectLine(
      { opcode: 1, maskKey: KEY, payload: "hello" },
      "12:04:31.207 → text       5 B  FIN  mask 37fa213d  hello",
    );
    expectLine(
      { opcode: 1, payload: "hello" },
      "12:04:31.207 ← text       5 B  FIN                 hello",
    );
  });

  it("puts what is not as usual where a masking key is not", () => {
    const events = frameEvents([
      { opcode: 2, fin: false, payload: "a" },
      { opcode: 2, fin: false, maskKey: KEY, payload: "a" },
    ]);
    expect(events.flatMap((event) => lines(event, { kind: "binary" }))).toEqual([
      "12:04:31.207 ← binary     1 B       fragment 1     61",
      "12:04:31.207 → binary     1 B       mask 37fa213d  fragment 1  61",
    ]);
  });

  it("needs no column for masks where there are none", () => {
    const place = { maskColumn: false };
    expectLine({ opcode: 1, payload: "hi" }, "12:04:31.207 ← text       2 B  FIN  hi", place);
  });

  it("names a continuation by its number", () => {
    const events = frameEvents([
      { opcode: 1, fin: false, payload: "Hel" },
      { opcode: 0, payload: "lo" },
    ]);
    expect(events.flatMap((event) => lines(event))).toEqual([
      "12:04:31.207 ← text       3 B       fragment 1     Hel",
      "12:04:31.207 ← cont.      2 B  FIN  fragment 2     lo",
    ]);
  });

  it("shows short binary payloads and pings in hex, readable pings in quotes", () => {
    const place = { kind: "binary", maskColumn: false } as const;
    expectLine(
      { opcode: 2, payload: hex("0102") },
      "12:04:31.207 ← binary     2 B  FIN  0102",
      place,
    );
    expectLine(
      { opcode: 9, payload: hex("7f01") },
      "12:04:31.207 ← ping       2 B  FIN  7f01",
      place,
    );
    expectLine({ opcode: 10, payload: "p1" }, '12:04:31.207 ← pong       2 B  FIN  "p1"', place);
  });

  it.each([
    ["a code and a reason", encodeClosePayload(1001, "bye"), '1001 Going Away "bye"'],
    ["a code alone", encodeClosePayload(1000), "1000 Normal Closure"],
    ["no code", new Uint8Array(0), "no code"],
    ["a hostile reason", encodeClosePayload(4000, "\x1b[2J"), '4000 Private Use "\\x1b[2J"'],
  ])("shows a close frame with %s", (_, payload, words) => {
    expect(lines(frameEvent({ opcode: 8, payload }))[0]).toMatch(/FIN {17}/);
    expect(lines(frameEvent({ opcode: 8, payload }))[0]!.endsWith(` ${words}`)).toBe(true);
  });

  it("wraps the words of a close frame that do not fit", () => {
    const reason = "the quick brown fox jumps over the lazy dog, and over the brown bear";
    const [line, ...below] = lines(
      frameEvent({ opcode: 8, payload: encodeClosePayload(1011, reason) }),
    );
    expect(line).toBe("12:04:31.207 ← close     70 B  FIN");
    expect(below).toEqual([
      '               1011 Internal Error "the quick brown fox jumps over the lazy dog,',
      '               and over the brown bear"',
    ]);
  });

  it("shows what is not as usual, and what rule that breaks", () => {
    const [line, ...broken] = lines(
      frameEvent({ opcode: 3, rsv2: true, rsv3: true, payload: "?" }),
    );
    expect(line).toBe("12:04:31.207 ← 0x3        1 B  FIN RSV2 RSV3                 ?");
    expect(broken.join(" ")).toContain("rsv-not-negotiated");
    expect(broken.join(" ")).toContain("opcode-reserved");
    for (const text of broken) expect(text).toMatch(/^ {15}[! ] \S/);
  });

  it("shows a length that no number holds", () => {
    const cut = hex("82 7f 8000000000000001 aa");
    const event = { ...frameEvent({ opcode: 2 }), frame: frameOf(cut) };
    expect(lines(event)[0]).toContain("9,223,372,036,854,775,809 B");
  });
});

function frameOf(bytes: Uint8Array) {
  const header = { ...frameEvent({ opcode: 2, payload: filler(1) }).frame };
  return {
    ...header,
    headerBytes: bytes.subarray(0, 10),
    header: { ...header.header, length: 2 ** 63, lengthForm: 64, headerLength: 10 },
    payloadCut: true,
  } as const;
}

describe("what stands before the payload", () => {
  it("reserved bits, in a column once there are some", () => {
    const place = { reservedColumn: true, maskColumn: false };
    expectLine({ opcode: 1, payload: "hi" }, "12:04:31.207 ← text       2 B  FIN       hi", place);
    expect(lines(frameEvent({ opcode: 1, rsv3: true, payload: "hi" }), place)[0]).toBe(
      "12:04:31.207 ← text       2 B  FIN RSV3  hi",
    );
  });

  it("a label, escaped, also where the payload stands below", () => {
    const label = "a\u009b";
    expect(lines(frameEvent({ opcode: 1, payload: "hi" }), { label })[0]).toMatch(
      /FIN {17}a\\u009b {2}hi$/,
    );
    expect(lines(frameEvent({ opcode: 1, payload: "x".repeat(40) }), { label })).toEqual([
      "12:04:31.207 ← text      40 B  FIN                 a\\u009b",
      " ".repeat(15) + "x".repeat(40),
    ]);
  });
});

describe("a frame that repeats", () => {
  const faint = (sketch: FrameSketch, rttMs?: number) =>
    lines({ ...frameEvent(sketch), ...(rttMs !== undefined && { rttMs }) }, { faint: true });

  it("takes one line, whatever it holds", () => {
    const [line, ...more] = faint({ opcode: 1, payload: "日".repeat(200) }, 12);
    expect(more).toEqual([]);
    expect(displayWidth(line!)).toBe(80);
    expect(line).toMatch(/日… +12 ms$/);
    expect(faint({ opcode: 2, payload: filler(200) })).toHaveLength(1);
    expect(faint({ opcode: 9, payload: "p1" })[0]).toMatch(/FIN {17}"p1"$/);
  });

  it("shows what is wrong with it as ever", () => {
    expect(faint({ opcode: 9, rsv2: true }).join(" ")).toContain("rsv-not-negotiated");
  });
});

describe("what an answer took", () => {
  const answered = (payload: string) => ({ ...frameEvent({ opcode: 1, payload }), rttMs: 12.3 });

  it("stands at the right edge", () => {
    const [line] = lines(answered("hello"));
    expect(line).toHaveLength(80);
    expect(line).toMatch(/hello {18,}12 ms$/);
  });

  it("stands there also on a wide screen", () => {
    expect(lines(answered("hello"), {}, { columns: 200 })[0]).toHaveLength(80);
  });

  it("follows the payload in a log file", () => {
    expect(lines(answered("hello"), {}, { columns: undefined })[0]).toMatch(/hello {2}12 ms$/);
  });

  it("keeps its place when the payload does not fit", () => {
    const [line, below] = lines(answered("x".repeat(28)));
    expect(line).toHaveLength(80);
    expect(below).toBe(" ".repeat(15) + "x".repeat(28));
  });
});

describe("compression", () => {
  const packed = deflateRawSync("hello hello hello", { finishFlush: constants.Z_SYNC_FLUSH });
  const payload = packed.subarray(0, -4);
  const place = { compressed: true, maskColumn: false, reservedColumn: true };

  it("shows the length on the wire, and the message inflated", () => {
    const [event] = frameEvents([{ opcode: 1, rsv1: true, payload }], { createInflate });
    expect(lines(event!, place)).toEqual([
      `12:04:31.207 ← text      ${payload.length} B  FIN RSV1  deflate 17→${payload.length} B  hello hello hello`,
    ]);
  });

  it("shows the message with its last fragment", () => {
    const events = frameEvents(
      [
        { opcode: 1, rsv1: true, fin: false, payload: payload.subarray(0, 4) },
        { opcode: 0, fin: false, payload: payload.subarray(4, 5) },
        { opcode: 0, payload: payload.subarray(5) },
      ],
      { createInflate },
    );
    expect(events.flatMap((event) => lines(event, place))).toEqual([
      "12:04:31.207 ← text       4 B      RSV1  fragment 1",
      "12:04:31.207 ← cont.      1 B            compressed  fragment 2",
      `12:04:31.207 ← cont.      ${payload.length - 5} B  FIN       deflate 17→${payload.length} B  fragment 3`,
      "               hello hello hello",
    ]);
  });

  it("shows the bytes of what does not inflate", () => {
    const [event] = frameEvents([{ opcode: 1, rsv1: true, payload: hex("ffff") }], {
      createInflate,
    });
    const [line, ...broken] = lines(event!, place);
    expect(line).toBe("12:04:31.207 ← text       2 B  FIN RSV1  ffff");
    expect(broken.join(" ")).toContain("deflate-corrupt");
  });
});

describe("more to see", () => {
  it("the header's bytes and where they are", () => {
    const event = frameEvents([{ opcode: 9 }, { opcode: 1, maskKey: KEY, payload: "hi" }])[1]!;
    expect(lines(event, {}, { headerBytes: true })[1]).toBe(
      "               header 81 82 37 fa 21 3d at byte 2",
    );
  });

  it("the bit layout, aligned with the opcode", () => {
    const drawn = lines(frameEvent({ opcode: 1, payload: "hello" }), {}, { diagram: true });
    expect(drawn[3]).toBe(`${" ".repeat(15)}┌─┬─┬─┬─┬───────┬─┬─────────────┬${"─".repeat(31)}┐`);
    for (const line of drawn) expect(line.length).toBeLessThanOrEqual(80);
  });

  it("every frame as a hexdump, with its header in it", () => {
    const dump = (sketch: FrameSketch) =>
      lines(frameEvent(sketch), {}, { hex: true, headerBytes: true });
    expect(dump({ opcode: 1, payload: "hi" }).slice(1)).toEqual([
      expect.stringMatching(/^ {4}header {4}81 02 +at byte 0$/),
      expect.stringMatching(/^ {4}payload {3}68 69 .* hi$/),
    ]);
    expect(dump({ opcode: 9, payload: "p1" })[2]).toMatch(/^ {4}payload {3}70 31 .* p1$/);
    const close = dump({ opcode: 8, payload: encodeClosePayload(1000) });
    expect(close[0]).toContain("1000 Normal Closure");
    expect(close[2]).toMatch(/^ {4}payload {3}03 e8 /);
  });

  it("a long ping as a hexdump, because its hex would leave the screen", () => {
    const [line, ...dump] = lines(frameEvent({ opcode: 9, payload: filler(125) }));
    expect(line).toBe("12:04:31.207 ← ping     125 B  FIN");
    expect(dump).toHaveLength(8);
  });
});

describe("JSON in fragments", () => {
  const inFragments = (...pieces: readonly string[]): readonly FrameSketch[] =>
    pieces.map((payload, i) => ({
      opcode: i === 0 ? 1 : 0,
      fin: i === pieces.length - 1,
      payload,
    }));
  const last = (sketches: readonly FrameSketch[], more: Partial<FrameLook>) =>
    lines(frameEvents(sketches).at(-1)!, {}, more);
  const WHOLE = ["{", '  "a": "é",', '  "b": []', "}"].map((line) => " ".repeat(15) + line);
  const pieces = ['{"a":"\u00e9', '","b":', "[]}"];

  it("is shown whole and indented below the last", () => {
    const below = last(inFragments(...pieces), { pretty: true });
    expect(below[0]).toMatch(/fragment 3 .*\[\]\}$/);
    expect(below.slice(1)).toEqual(WHOLE);
    const inLog = last(inFragments(...pieces), { pretty: true, columns: undefined });
    expect(inLog.slice(1)).toEqual(WHOLE);
    expect(last(inFragments("1", "2"), { pretty: true }).slice(1)).toEqual([`${" ".repeat(15)}12`]);
  });

  it.each<[string, readonly FrameSketch[], Partial<FrameLook>]>([
    ["not before the last", inFragments(...pieces, "").slice(0, 3), { pretty: true }],
    ["not without --pretty", inFragments(...pieces), {}],
    ["not where it is no JSON", inFragments('{"a":', "oh}"), { pretty: true }],
    [
      "not where it is binary",
      [
        { opcode: 2, fin: false, payload: "[" },
        { opcode: 0, payload: "1]" },
      ],
      { pretty: true },
    ],
    ["not of one frame", [{ opcode: 1, payload: "[]" }], { pretty: true }],
  ])("%s", (_, sketches, more) => expect(last(sketches, more)).toHaveLength(1));

  it("is cut where it is long", () => {
    const below = last(inFragments("[", `${"1,".repeat(50)}1]`), { pretty: true, maxPrint: 9 });
    expect(below.at(-1)?.trim()).toBe("… 9 of 103 B");
  });
});
