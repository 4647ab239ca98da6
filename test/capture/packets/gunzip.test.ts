import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { gunzipped, isGzip } from "../../../src/capture/packets/gunzip.ts";
import type { CaptureNote } from "../../../src/capture/packets/packet.ts";
import { FramecatError } from "../../../src/errors.ts";
import { concat, hex, singly, utf8 } from "../../helpers/bytes.ts";
import { seededRandom } from "../../helpers/seeded-random.ts";

async function* each(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* pieces;
}

async function read(...pieces: readonly Uint8Array[]) {
  const notes: CaptureNote[] = [];
  const out: Uint8Array[] = [];
  let error: unknown;
  try {
    for await (const piece of gunzipped(each(pieces), (note) => notes.push(note), "x.gz")) {
      out.push(Uint8Array.from(piece));
    }
  } catch (thrown) {
    error = thrown;
  }
  return {
    bytes: Buffer.concat(out),
    largest: Math.max(0, ...out.map((p) => p.length)),
    notes,
    error,
  };
}

const random = seededRandom(1);
const NOISE = Uint8Array.from({ length: 50_000 }, () => Math.floor(random() * 64));
const ZIPPED = gzipSync(NOISE);

describe("a file that is not gzip'ed", () => {
  it.each([
    ["nothing", []],
    ["a byte of gzip's magic", [hex("1f")]],
    ["two", [hex("1f"), hex("8b")]],
    ["something else", [hex("1f 8b 07"), utf8("hello")]],
  ])("%s", async (_, pieces) => {
    const { bytes, notes, error } = await read(...pieces);
    expect(Uint8Array.from(bytes)).toEqual(concat(pieces));
    expect([notes, error]).toEqual([[], undefined]);
  });

  it("is passed on without a copy", async () => {
    const piece = utf8("hello");
    for await (const same of gunzipped(each([piece]), () => undefined)) expect(same).toBe(piece);
  });
});

describe("a gzip'ed file", () => {
  it("is inflated, in pieces of any size", async () => {
    const short = gzipSync("hello");
    expect(isGzip(short)).toBe(true);
    expect((await read(ZIPPED)).bytes.equals(NOISE)).toBe(true);
    expect((await read(...singly(short))).bytes.toString()).toBe("hello");
  });

  it("may have several members", async () => {
    const { bytes, notes } = await read(concat([gzipSync("hello "), gzipSync("world")]));
    expect([bytes.toString(), notes]).toEqual(["hello world", []]);
  });

  it.each([1, 2, 8, 5_000, 20_000, 30_000])(
    "gives what is there when %i bytes are cut",
    async (cut) => {
      const length = ZIPPED.length - cut;
      const { bytes, notes, error } = await read(ZIPPED.subarray(0, length));
      expect(notes).toEqual([{ type: "gzip-truncated", offset: length }]);
      expect(error).toBeUndefined();
      expect(bytes.equals(NOISE.subarray(0, bytes.length))).toBe(true);
      expect(bytes.length).toBeGreaterThan(NOISE.length - cut * 2 - 2000);
    },
  );

  it("that is damaged gives what lies before, and then an error", async () => {
    const damagedFile = Uint8Array.from(ZIPPED);
    damagedFile.set(new Uint8Array(200).fill(0xff), 30_000);
    const { bytes, notes, error } = await read(damagedFile);
    expect(bytes.length).toBeGreaterThan(20_000);
    expect(bytes.subarray(0, 20_000).equals(NOISE.subarray(0, 20_000))).toBe(true);
    expect(notes).toEqual([]);
    expect(error).toBeInstanceOf(FramecatError);
    expect(String(error)).toMatch(/x\.gz is damaged before byte \d+: .+ in its gzip data/);
  });

  it("with a wrong checksum is damaged as well", async () => {
    const wrong = Uint8Array.from(ZIPPED);
    wrong[wrong.length - 6]! ^= 1;
    const { bytes, error } = await read(wrong);
    expect(bytes.equals(NOISE.subarray(0, bytes.length))).toBe(true);
    expect(bytes.length).toBeGreaterThan(NOISE.length - 16 * 1024);
    expect(String(error)).toContain("incorrect data check");
  });

  it("that inflates to a thousand times its length never is in memory as a whole", async () => {
    const { bytes, largest } = await read(gzipSync(new Uint8Array(8 * 1024 * 1024)));
    expect(bytes).toHaveLength(8 * 1024 * 1024);
    expect(largest).toBeLessThanOrEqual(64 * 1024);
  });

  it("may be left before its end", async () => {
    for await (const piece of gunzipped(each([ZIPPED]), () => undefined)) {
      expect(piece.length).toBeGreaterThan(0);
      break;
    }
  });
});
