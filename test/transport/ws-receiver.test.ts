import type { Writable } from "node:stream";
import { constants, createDeflateRaw, deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeFrame } from "../../src/protocol/encoder.ts";
import { Opcode } from "../../src/protocol/opcodes.ts";
import { createDeflate, PerMessageDeflate } from "../../src/transport/ws-parts.ts";
import { Receiver } from "../../src/transport/ws-receiver.ts";
import { concat, hex, singly, splitAt, splitPoints, twoWaySplits, utf8 } from "../helpers/bytes.ts";

const PARAMS = {
  serverNoContextTakeover: false,
  clientNoContextTakeover: false,
  serverMaxWindowBits: 15,
  clientMaxWindowBits: 15,
};
const MASK_KEY = 0x01020304;
const SYNC = { finishFlush: constants.Z_SYNC_FLUSH };
const TAIL_LENGTH = 4;

/** A server's receiver, and what it has told. Without compression it has no queue of its own. */
function receiving({ compression = true } = {}) {
  const deflate = createDeflate(PARAMS, { isServer: true, maxPayload: 0 });
  const extensions = compression ? { [PerMessageDeflate.extensionName]: deflate } : {};
  const limits = { maxPayload: 0, maxBufferedChunks: 0, maxFragments: 0 };
  const receiver = new Receiver({ isServer: true, extensions, ...limits });
  const messages: string[] = [];
  const errors: (string | undefined)[] = [];
  receiver.on("message", (data) => messages.push(data.toString()));
  receiver.on("error", ({ code }) => errors.push(code));
  const ended = new Promise<void>((resolve) => receiver.on("close", resolve));
  /** Resolves when it is done with the bytes, to the error that they were. */
  const take = (bytes: Uint8Array): Promise<string | undefined> =>
    compression ? queued(Buffer.from(bytes)) : pushed(Buffer.from(bytes));
  const queued = (bytes: Buffer): Promise<string | undefined> =>
    new Promise((resolve) => {
      const stream = receiver as unknown as Writable;
      const done = (error?: Error & { code?: string }): void => resolve(error?.code);
      stream.write(bytes, done as (error?: Error | null) => void);
    });
  const pushed = async (bytes: Buffer): Promise<string | undefined> => {
    if (!receiver.destroyed) receiver.push(bytes);
    await new Promise((told) => setImmediate(told));
    return errors[0];
  };
  return { receiver, messages, errors, ended, take, cleanup: () => deflate.cleanup() };
}

function masked(opcode: number, payload: Uint8Array, more: object = {}): Buffer {
  return Buffer.from(encodeFrame({ opcode, maskKey: MASK_KEY, payload, ...more }));
}

it("pieces that wait while a message inflates are passed over once one of them is wrong", async () => {
  const { receiver, errors, ended } = receiving();
  const long = deflateRawSync(Buffer.alloc(4_000_000), SYNC).subarray(0, -TAIL_LENGTH);
  receiver.write(masked(Opcode.binary, long, { rsv1: true }));
  for (let i = 0; i < 20; i++) receiver.write(masked(Opcode.text, Buffer.alloc(200, 0xff)));
  await ended;
  expect(errors).toEqual(["WS_ERR_INVALID_UTF8"]);
});

it("inflates nothing while it is suspended, nor hands on what is behind that", async () => {
  const { receiver, messages, take } = receiving();
  const deflated = (text: string) =>
    masked(Opcode.text, deflateRawSync(text, SYNC).subarray(0, -TAIL_LENGTH), { rsv1: true });
  receiver.suspend();
  const taken = take(concat([masked(Opcode.text, utf8("a")), deflated("b"), deflated("c")]));
  const behind = take(masked(Opcode.text, utf8("d")));
  expect(messages).toEqual(["a"]);
  receiver.proceed();
  await taken;
  await behind;
  expect(messages).toEqual(["a", "b", "c", "d"]);
});

describe.each([true, false])("a length, with compression: %s,", (compression) => {
  const sent = (lengthForm: 7 | 16 | 64, length: number) =>
    masked(Opcode.binary, Buffer.alloc(length, "a"), { lengthForm });

  it.each([
    [16, 0],
    [16, 1],
    [16, 125],
    [64, 0],
    [64, 125],
    [64, 126],
    [64, 65_535],
  ] as const)("of %d bits is wrong for %d", async (form, length) => {
    for (const pieces of [[sent(form, length)], singly(sent(form, length).subarray(0, 14))]) {
      const { take, messages } = receiving({ compression });
      const codes = await Promise.all(pieces.map(take));
      expect(codes.find((code) => code !== undefined)).toBe("WS_ERR_INVALID_PAYLOAD_LENGTH");
      expect(messages).toEqual([]);
    }
  });

  it.each([
    [7, 0],
    [7, 125],
    [16, 126],
    [16, 65_535],
    [64, 65_536],
  ] as const)("of %d bits is right for %d", async (form, length) => {
    const { take, messages, errors } = receiving({ compression });
    await take(sent(form, length));
    expect([messages.map((text) => text.length), errors]).toEqual([[length], []]);
  });
});

/** How the fragments of a text are sent: as they are, or each one compressed up to its end. */
const WAYS = [
  ["plain", (pieces: readonly Uint8Array[]) => Promise.resolve(pieces)],
  ["compressed", compressedPieces],
] as const;

/** Each piece behind what was before it, as `Z_SYNC_FLUSH` leaves it. */
async function compressedPieces(pieces: readonly Uint8Array[]): Promise<Uint8Array[]> {
  const deflate = createDeflateRaw();
  let out: Buffer[] = [];
  deflate.on("data", (bytes: Buffer) => out.push(bytes));
  const compressed: Uint8Array[] = [];
  for (const piece of pieces) {
    deflate.write(piece);
    await new Promise<void>((resolve) => deflate.flush(constants.Z_SYNC_FLUSH, resolve));
    compressed.push(Buffer.concat(out));
    out = [];
  }
  deflate.close();
  return compressed;
}

/** Frames of one text that does not end with them. */
function beginning(payloads: readonly Uint8Array[], rsv1: boolean): Buffer[] {
  return payloads.map((payload, i) =>
    masked(i === 0 ? Opcode.text : Opcode.continuation, payload, {
      fin: false,
      rsv1: rsv1 && i === 0,
    }),
  );
}

/** Which of the pieces is the first by which the platform's decoder knows that it is no text. */
function firstWrong(pieces: readonly Uint8Array[]): number {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  return pieces.findIndex((piece) => {
    try {
      decoder.decode(piece, { stream: true });
      return false;
    } catch {
      return true;
    }
  });
}

/** Which of the fragments fails the connection, before there are others; -1 for none. */
async function failsAt(
  frames: readonly Uint8Array[],
  { octetByOctet, compression }: { octetByOctet: boolean; compression: boolean },
): Promise<number> {
  const { take, cleanup } = receiving({ compression });
  for (const [i, frame] of frames.entries()) {
    const codes = await Promise.all((octetByOctet ? singly(frame) : [frame]).map(take));
    const code = codes.find((one) => one !== undefined);
    if (code === undefined) continue;
    expect(code).toBe("WS_ERR_INVALID_UTF8");
    return i;
  }
  cleanup();
  return -1;
}

const KOSME = utf8("κόσμε");
/** How many octets it takes to know that no text goes on so; 0 where one may. */
const SEQUENCES = [
  ["two octets", "c2 a9", 0],
  ["three octets", "e2 89 a0", 0],
  ["four octets", "f0 9f 98 80", 0],
  ["the last there is", "f4 8f bf bf", 0],
  ["before the surrogates", "ed 9f bf", 0],
  ["a continuation of nothing", "80", 1],
  ["overlong, two octets", "c0 af", 1],
  ["overlong, three octets", "e0 9f bf", 2],
  ["overlong, four octets", "f0 8f bf bf", 2],
  ["a surrogate", "ed a0 80", 2],
  ["a pair of surrogates", "ed a0 80 ed b0 80", 2],
  ["above U+10FFFF", "f4 90 80 80", 2],
  ["a lead of five octets", "f8 88 80 80 80", 1],
  ["an octet that never occurs", "ff", 1],
  ["a lead that is cut short", "e2 89 41", 3],
] as const;

describe.each(WAYS)("a fragmented text, %s, is judged as its fragments come", (way, prepare) => {
  const compression = way === "compressed";
  const fail = async (pieces: readonly Uint8Array[], octetByOctet = false): Promise<number> =>
    failsAt(beginning(await prepare(pieces), compression), { octetByOctet, compression });

  it.each(SEQUENCES)("%s: %s", async (_, octets, known) => {
    const sequence = hex(octets);
    for (const parts of [singly(sequence), ...twoWaySplits(sequence)]) {
      const pieces = [KOSME, ...parts];
      // The fragment with the octet that tells; where there is none, no fragment fails.
      const ends = parts.map((_part, i) => concat(parts.slice(0, i + 1)).length);
      const wrong = known === 0 ? -1 : 1 + ends.findIndex((end) => end >= known);
      expect(firstWrong(pieces)).toBe(wrong);
      expect(await fail(pieces)).toBe(wrong);
    }
    const octetByOctet = [KOSME, ...singly(sequence)];
    expect(await fail(octetByOctet, true)).toBe(known === 0 ? -1 : known);
  });

  it("as the platform's decoder judges, however it is cut", async () => {
    const octets = fc.constantFrom(...hex("41 7f 80 8f 90 9f a0 bf c1 c2 df e0 ed ef f0 f4 f5"));
    const anyText = fc.oneof(
      fc.array(octets, { maxLength: 8 }).map((some) => Uint8Array.from(some)),
      fc.string({ unit: "binary", maxLength: 12 }).map(utf8),
    );
    const property = fc.asyncProperty(anyText, splitPoints, async (bytes, points) => {
      const pieces = splitAt(bytes, points);
      expect(await fail(pieces)).toBe(firstWrong(pieces));
    });
    // Each piece that is compressed waits for a thread, twice.
    await fc.assert(property, { numRuns: way === "compressed" ? 20 : 200 });
  });

  it("and told when it is whole, with the next one judged by itself", async () => {
    const { take, messages, errors, cleanup } = receiving({ compression });
    const ended = async (pieces: readonly Uint8Array[]): Promise<void> => {
      const payloads = [...(await prepare(pieces))];
      if (compression) payloads.push(payloads.pop()!.subarray(0, -TAIL_LENGTH));
      const frames = beginning(payloads, compression);
      frames[frames.length - 1]![0]! |= 0x80;
      for (const frame of frames) await take(frame);
    };
    await ended(singly(KOSME));
    await ended([hex(""), KOSME, hex(""), KOSME, hex("")]);
    await ended([utf8("in one go")]);
    expect([messages, errors]).toEqual([["κόσμε", "κόσμεκόσμε", "in one go"], []]);
    await ended([KOSME, hex("e2")]);
    expect([messages.length, errors]).toEqual([3, ["WS_ERR_INVALID_UTF8"]]);
    cleanup();
  });
});

it("what is no text is not judged, nor a ping between fragments", async () => {
  const { take, messages, errors } = receiving();
  const frames = [
    masked(Opcode.binary, hex("ff"), { fin: false }),
    masked(Opcode.ping, hex("ff")),
    masked(Opcode.continuation, hex("c0")),
    masked(Opcode.text, hex("e2"), { fin: false }),
    masked(Opcode.ping, hex("ff")),
    masked(Opcode.continuation, hex("89 a0")),
  ];
  for (const frame of frames) await take(frame);
  expect([messages.length, messages[1], errors]).toEqual([2, "≠", []]);
});

it("a text that is compressed as a whole is judged the same, whatever its fragments", async () => {
  for (const [plain, told, code] of [
    [KOSME, ["κόσμε"], []],
    [concat([KOSME, hex("eda080"), KOSME]), [], ["WS_ERR_INVALID_UTF8"]],
  ] as const) {
    const { take, messages, errors, cleanup } = receiving();
    const frames = beginning(singly(deflateRawSync(plain, SYNC).subarray(0, -TAIL_LENGTH)), true);
    frames.at(-1)![0]! |= 0x80;
    for (const frame of frames) await take(frame);
    expect([messages, errors]).toEqual([told, code]);
    cleanup();
  }
});

it("frames come out whole, however what is read is cut, with compression or without", async () => {
  const frame = fc.record({
    opcode: fc.constantFrom(Opcode.text, Opcode.binary),
    length: fc.oneof(fc.integer({ min: 0, max: 12 }), fc.constantFrom(125, 126, 65_535, 65_536)),
  });
  const frames = fc.array(frame, { minLength: 1, maxLength: 6 });
  const property = fc.asyncProperty(frames, fc.array(fc.nat()), async (sent, cuts) => {
    const bytes = concat(
      sent.map(({ opcode, length }) => masked(opcode, Buffer.alloc(length, "abc"))),
    );
    const points = cuts.map((cut) => cut % (bytes.length + 1));
    for (const compression of [true, false]) {
      const { take, messages, errors } = receiving({ compression });
      for (const piece of splitAt(bytes, points)) await take(piece);
      expect(errors).toEqual([]);
      expect(messages.map((text) => text.length)).toEqual(sent.map(({ length }) => length));
      expect(messages.every((text) => "abc".repeat(22_000).startsWith(text))).toBe(true);
    }
  });
  await fc.assert(property, { numRuns: 60 });
});
