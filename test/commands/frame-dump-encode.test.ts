import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { main } from "../../src/cli.ts";
import { encodeFrame } from "../../src/protocol/encoder.ts";
import type { FrameSpec } from "../../src/protocol/encoder.ts";
import { concat, toHex } from "../helpers/bytes.ts";
import { anyFrame, expectedSummary, formsFor, parse, summary } from "../helpers/frames.ts";
import { expectGolden } from "../helpers/golden.ts";
import { memoryIo, type MemoryIoOptions } from "../helpers/memory-io.ts";
import { file } from "../helpers/temp-files.ts";

async function run(argv: readonly string[], options: MemoryIoOptions = {}) {
  const io = memoryIo(options);
  const code = await main(["frame-dump", ...argv], io);
  return { code, out: io.out(), bytes: io.outBytes(), err: io.err() };
}

const encode = (argv: readonly string[], options?: MemoryIoOptions) =>
  run(["encode", ...argv], options);

async function expectHex(argv: readonly string[], ...lines: string[]): Promise<void> {
  const out = lines.map((line) => `${line}\n`).join("");
  expect(await encode(argv)).toMatchObject({ code: 0, out, err: "" });
}

/** Examples of RFC 6455, section 5.7. */
describe("the examples of the RFC", () => {
  it("unmasked", () => expectHex(["--text", "Hello"], "81 05 48 65 6c 6c 6f"));
  it("masked", () =>
    expectHex(["--text", "Hello", "--mask", "37fa213d"], "81 85 37 fa 21 3d 7f 9f 4d 51 58"));
  it("fragmented", () =>
    expectHex(["--text", "Hello", "--fragment", "3"], "01 03 48 65 6c", "80 02 6c 6f"));
  it("ping", () => expectHex(["--ping", "--text", "Hello"], "89 05 48 65 6c 6c 6f"));
});

it("lies where it is told to", async () => {
  await expectHex(["--ping", "--length", "200"], "89 7e 00 c8");
  await expectHex(["--text", "a", "--length-form", "64"], "81 7f 00 00 00 00 00 00 00 01 61");
  await expectHex(["--opcode", "0xb", "--rsv", "1,2,3", "--no-fin"], "7b 00");
});

it("makes a random key for each frame", async () => {
  const { bytes } = await encode([
    "--text",
    "abcd",
    "--fragment",
    "2",
    "--mask",
    "random",
    "--raw",
  ]);
  const { frames } = parse([bytes]);
  expect(frames.map(({ payload }) => Buffer.from(payload).toString())).toEqual(["ab", "cd"]);
  const [first, second] = frames.map(({ header }) => header);
  expect(first?.masked && second?.masked).toBe(true);
  expect(first?.maskKey).not.toBe(second?.maskKey);
});

/** The flags that tell a frame. */
function flagsOf(spec: FrameSpec): string[] {
  const bits = [spec.rsv1, spec.rsv2, spec.rsv3].flatMap((bit, i) => (bit ? [String(i + 1)] : []));
  const { payload = new Uint8Array(0), maskKey } = spec;
  return [
    "--opcode",
    String(spec.opcode),
    ...(payload.length > 0 ? ["--binary", toHex(payload)] : []),
    ...(spec.fin === false ? ["--no-fin"] : []),
    ...(bits.length > 0 ? ["--rsv", bits.join(",")] : []),
    "--mask",
    maskKey?.toString(16).padStart(8, "0") ?? "none",
    ...(spec.lengthForm ? ["--length-form", String(spec.lengthForm)] : []),
    ...(spec.declaredLength === undefined ? [] : ["--length", String(spec.declaredLength)]),
  ];
}

describe("encode, then dump, is the identity", () => {
  it("of any frame, right or wrong", async () => {
    const property = fc.asyncProperty(anyFrame, async (spec) => {
      const { bytes } = await encode([...flagsOf(spec), "--raw"]);
      const { frames, end } = parse([bytes]);
      expect(end).toBeUndefined();
      expect(frames.map((frame) => ({ ...summary(frame), rules: [] }))).toEqual([
        expectedSummary(spec, []),
      ]);
    });
    await fc.assert(property, { numRuns: 40 });
  });

  it("of lengths that lie", async () => {
    const payload = Buffer.from("abc");
    for (const declaredLength of [4, 126, 65_536, 2 ** 40]) {
      for (const lengthForm of formsFor(declaredLength)) {
        const { bytes } = await encode([
          ...flagsOf({ opcode: 2, payload, declaredLength, lengthForm }),
          "--raw",
        ]);
        const frame = parse([bytes]).end?.frame;
        expect(frame && summary(frame)).toMatchObject({
          length: declaredLength,
          lengthForm,
          payload: "616263",
          payloadCut: true,
        });
      }
    }
  });

  it("of the NDJSON that dump prints, to the byte", async () => {
    const property = fc.asyncProperty(
      fc.array(anyFrame, { minLength: 1, maxLength: 5 }),
      async (specs) => {
        const bytes = concat(specs.map(encodeFrame));
        const events = await run(["--format", "ndjson", "--input-format", "binary"], {
          stdin: bytes,
        });
        const back = await encode(["--raw"], { stdin: events.out });
        expect([back.code, back.err, toHex(back.bytes)]).toEqual([0, "", toHex(bytes)]);
      },
    );
    await fc.assert(property, { numRuns: 10 });
  });

  it("of a compressed message", async () => {
    const { out } = await encode(["--text", "Hello".repeat(20), "--deflate", "--mask", "random"]);
    const shown = await run(["--deflate"], { stdin: out });
    expect(shown.out).toContain("Hello".repeat(20));
  });
});

describe("events", () => {
  const event = (fields: object) =>
    `${JSON.stringify({ v: "framecat.event/1", conn: "1", ...fields })}\n`;
  const text = (dir: string) =>
    event({ type: "message", dir, kind: "text", text: "Hello", length: 5 });
  const cut = event({
    type: "frame",
    dir: "in",
    fin: true,
    opcode: 1,
    length: 9,
    text: "a",
    payloadCut: true,
  });

  it("of messages become frames, masked where they went out", async () => {
    const stdin = text("in") + event({ type: "note", message: "x" }) + text("out");
    const { out } = await encode(["--mask", "37fa213d"], { stdin });
    expect(out).toBe("81 05 48 65 6c 6c 6f\n81 85 37 fa 21 3d 7f 9f 4d 51 58\n");
    const { bytes } = await encode(["--raw", file(text("out"))]);
    expect(parse([bytes]).frames[0]?.header.masked).toBe(true);
  });

  it.each([
    [cut, /stdin, line 1 at byte 0: the payload of the frame is not all there/],
    ["hello\n", /no whole line of JSON/],
    ['{"v":"fr', /the line is cut/],
    ['{"a":1}\n', /not an event of framecat\.event\/1/],
  ])("that are none, or not whole, are refused (%#)", async (stdin, message) => {
    const { code, out, err } = await encode([], { stdin });
    expect([code, out, err.split("\n").length]).toEqual([2, "", 2]);
    expect(err).toMatch(message);
  });
});

describe("what it refuses", () => {
  it.each([
    [["--rsv", "1"], "--rsv needs a frame"],
    [["--text", "a", "file"], 'unexpected argument "file": the flags tell the frame'],
    [["/nonexistent"], "cannot read /nonexistent"],
    [["--text", "a", "--length", "126", "--length-form", "7"], "does not fit the 7-bit form"],
    [["--text", "a", "--length", "18446744073709551616"], "does not fit the 64-bit form"],
  ])("%j", async (argv, message) => {
    const { code, out, err } = await encode(argv, { stdin: "" });
    expect([code, out, err.split("\n").length]).toEqual([2, "", 2]);
    expect(err).toContain(message);
  });

  it("bytes on a terminal", async () => {
    const { code, out, err } = await encode(["--text", "a", "--raw"], { tty: true });
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain("--raw bytes are not for a terminal");
  });
});

it("tells a person what it waits for", async () => {
  const io = memoryIo({ tty: true });
  const done = main(["frame-dump", "encode"], io);
  await io.seen(/end with Ctrl-D/);
  io.stdin.end();
  expect(await done).toBe(0);
});

it("has help", async () => {
  expectGolden("help/frame-dump-encode.txt", (await encode(["--help"])).out);
});
