import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { detectInput, type InputFormat, readInput } from "../../src/capture/input.ts";
import { Lookahead } from "../../src/capture/lookahead.ts";
import { FramecatError } from "../../src/errors.ts";
import { filler, hex, singly, toHex, utf8 } from "../helpers/bytes.ts";

/** The bytes that an input of frames tells, piece by piece. */
async function readPieces(pieces: readonly Uint8Array[], format?: InputFormat) {
  const content = await readInput(new Lookahead(Readable.from(pieces)), "x.bin", format);
  if (content.kind === "capture") throw new Error("it tells packets");
  const bytes: Uint8Array[] = [];
  if (content.kind === "bytes") for await (const chunk of content.chunks) bytes.push(chunk);
  else for (const run of content.runs) bytes.push(run.bytes);
  return bytes;
}

async function read(pieces: readonly Uint8Array[], format?: InputFormat): Promise<string> {
  return toHex(Buffer.concat(await readPieces(pieces, format)));
}

async function expectUsage(pieces: readonly Uint8Array[], message: string, format?: InputFormat) {
  const thrown: unknown = await read(pieces, format).catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(FramecatError);
  expect(thrown).toMatchObject({ code: "usage", message });
}

describe("the bytes of frames", () => {
  const frame = hex("8105 68656c6c6f");

  it("gives raw bytes as they come", async () => {
    const pieces = await readPieces(singly(frame));
    expect(pieces.map(toHex)).toEqual(singly(frame).map(toHex));
  });

  it("reads hex, in one piece and in many", async () => {
    expect(await read([utf8("81 05 68656c6c6f\n")])).toBe(toHex(frame));
    expect(await read(singly(utf8("81 05 68656c6c6f\n")))).toBe(toHex(frame));
  });

  it("changes its mind when what looked like text is none, and loses nothing", async () => {
    const bytes = hex(utf8("A".repeat(100)), "00", utf8("B"));
    expect(await read(singly(bytes))).toBe(toHex(bytes));
    expect(await read([utf8("8105"), hex("c3")])).toBe(toHex(hex(utf8("8105"), "c3")));
  });

  it("believes what it is told", async () => {
    expect(await read([utf8("8105")], "binary")).toBe(toHex(utf8("8105")));
    expect(await read([hex("d4c3b2a1")], "binary")).toBe("d4c3b2a1");
    await expectUsage(
      [frame],
      'x.bin, line 1, column 1: "\ufffd\\u0005hello" is not hex'.replace(
        "\\u0005",
        String.raw`\u0005`,
      ),
      "hex",
    );
  });

  it("refuses nothing at all", async () => {
    await expectUsage([], "x.bin is empty");
    await expectUsage([], "x.bin is empty", "binary");
    await expectUsage([utf8("// only a comment\n")], "x.bin holds no bytes");
  });

  it("tells the place where text is no hex", async () => {
    await expectUsage([utf8("81 05\nhello")], 'x.bin, line 2, column 1: "hello" is not hex');
  });

  it("refuses text without end", async () => {
    const spaces = new Uint8Array(32 * 1024 * 1024).fill(0x20);
    await expectUsage([spaces, spaces, utf8(" ")], "x.bin is text of more than 64 MiB");
  });

  it("passes bytes of any length on", async () => {
    const pieces = Array.from({ length: 64 }, () => filler(65_536));
    const came = await readPieces(pieces);
    expect(came.reduce((sum, { length }) => sum + length, 0)).toBe(64 * 65_536);
  });
});

describe("detectInput", () => {
  it.each([
    ["pcap", hex("d4c3b2a1 02000400")],
    ["har", utf8('{"log": {"entries": []}}')],
    ["ndjson", utf8('{"v":"framecat.event/1"}')],
    ["text or binary", hex("8105 68656c6c6f")],
    ["text or binary", hex("0a")],
    ["text or binary", hex("")],
  ])("%s, in one piece and in many", async (found, bytes) => {
    for (const pieces of [[bytes], singly(bytes)]) {
      expect(await detectInput(new Lookahead(Readable.from(pieces)))).toBe(found);
    }
  });

  it("asks for no more than it needs", async () => {
    const source = new Lookahead(Readable.from(singly(hex("8100 8101 41"))));
    expect(await detectInput(source)).toBe("text or binary");
    expect(source.length).toBe(1);
  });
});

describe("readInput", () => {
  it.each([
    ["bytes", hex("8105 68656c6c6f")],
    ["frames", utf8("81 05")],
    ["capture", utf8("0x0000:  4500 0014 0000 0000 4006 0000 0a00 0001\n0x0010:  0a00 0002")],
  ])("gives %s", async (kind, bytes) => {
    const content = await readInput(new Lookahead(Readable.from(singly(bytes))), "x");
    expect(content.kind).toBe(kind);
  });

  it("names what it cannot read", async () => {
    const source = new Lookahead(Readable.from([hex("504b0304 0000")]));
    const thrown: unknown = await readInput(source, "x").catch((error: unknown) => error);
    expect(thrown).toMatchObject({ code: "usage", message: "x is a zip archive" });
  });
});
