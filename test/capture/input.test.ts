import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { type InputFormat, readBytes } from "../../src/capture/input.ts";
import { FramecatError } from "../../src/errors.ts";
import { filler, hex, singly, toHex, utf8 } from "../helpers/bytes.ts";

async function read(pieces: readonly Uint8Array[], format?: InputFormat): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of readBytes(Readable.from(pieces), "x.bin", format)) chunks.push(chunk);
  return toHex(Buffer.concat(chunks));
}

async function expectUsage(pieces: readonly Uint8Array[], message: string, format?: InputFormat) {
  const thrown: unknown = await read(pieces, format).catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(FramecatError);
  expect(thrown).toMatchObject({ code: "usage", message });
}

describe("readBytes", () => {
  const frame = hex("8105 68656c6c6f");

  it("gives raw bytes as they come", async () => {
    const pieces: string[] = [];
    for await (const chunk of readBytes(Readable.from(singly(frame)), "x"))
      pieces.push(toHex(chunk));
    expect(pieces).toEqual(singly(frame).map(toHex));
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

  it("refuses captures, which hold more than frames", async () => {
    await expectUsage([hex("d4c3b2a1 02000400")], "x.bin is a pcap capture, not raw frames");
  });

  it("refuses text without end", async () => {
    const spaces = new Uint8Array(32 * 1024 * 1024).fill(0x20);
    await expectUsage([spaces, spaces, utf8(" ")], "x.bin is text of more than 64 MiB");
  });

  it("passes bytes of any length on", async () => {
    const pieces = Array.from({ length: 64 }, () => filler(65_536));
    let length = 0;
    for await (const chunk of readBytes(Readable.from(pieces), "x")) length += chunk.length;
    expect(length).toBe(64 * 65_536);
  });
});
