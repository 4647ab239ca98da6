import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeFrame } from "../../src/protocol/encoder.ts";
import type { Frame } from "../../src/protocol/frame.ts";
import { formatMaskKey } from "../../src/protocol/mask.ts";
import { isControl } from "../../src/protocol/opcodes.ts";
import { FrameParser } from "../../src/protocol/parser.ts";
import { RULES, type Violation } from "../../src/protocol/rules.ts";
import {
  concat,
  filler,
  hex,
  maskNaively,
  singly,
  splitAt,
  splitPoints,
  toHex,
  twoWaySplits,
  utf8,
} from "../helpers/bytes.ts";
import { CUT_FRAMES, type FrameExample, WHOLE_FRAMES } from "../helpers/frame-corpus.ts";
import {
  anyFrame,
  anyLargeFrame,
  anyOptions,
  anyStream,
  expectedSummary,
  expectFailsWith,
  expectFrame,
  type FrameSummary,
  parse,
  type Parsed,
  parseOne,
  rules,
  summary,
} from "../helpers/frames.ts";
import { sendWithWs } from "../helpers/ws.ts";

/** The ways in which each literal is fed: splits are tried all where there are not too many. */
function feedings(wire: Uint8Array): Uint8Array[][] {
  const pairs = wire.length <= 400 ? twoWaySplits(wire) : [];
  return [[wire], singly(wire), ...pairs];
}

describe("frames by their hex literals", () => {
  it.each(WHOLE_FRAMES)("$name", ({ wire, spec, breaks }: FrameExample) => {
    const expected = [expectedSummary(spec, breaks)];
    for (const pieces of feedings(wire)) {
      const { frames, end } = parse(pieces);
      expect(frames.map(summary)).toEqual(expected);
      expect(end).toBeUndefined();
    }
  });

  it("keeps the very octets of each header", () => {
    const wire = hex("81 fe 00 05 37 fa 21 3d 7f 9f 4d 51 58");
    for (const pieces of feedings(wire)) {
      expect(toHex(parse(pieces).frames[0]!.headerBytes)).toBe("81fe000537fa213d");
    }
  });

  it("all in a row, with the offsets that follow", () => {
    let offset = 0;
    const expected = WHOLE_FRAMES.map(({ spec, breaks, wire }) => {
      const frame = expectedSummary(spec, breaks, offset);
      offset += wire.length;
      return frame;
    });
    const { frames, end } = parse([concat(WHOLE_FRAMES.map(({ wire }) => wire))]);
    expect(frames.map(summary)).toEqual(expected);
    expect(end).toBeUndefined();
  });

  it("counts offsets from the position that it is given", () => {
    const { frames } = parse([hex("89 00 89 00")], { position: 1000 });
    expect(frames.map(({ header }) => header.offset)).toEqual([1000, 1002]);
  });
});

describe("a stream that ends within a frame", () => {
  it.each(CUT_FRAMES)("$name", ({ wire, spec, breaks }: FrameExample) => {
    const expected = expectedSummary(spec, [...breaks, "frame-truncated"]);
    for (const pieces of feedings(wire)) {
      const { frames, end } = parse(pieces);
      expect(frames).toEqual([]);
      expect(end?.violation).toMatchObject({ rule: "frame-truncated", closeCode: 1006 });
      expect(summary(end!.frame!)).toEqual(expected);
    }
  });

  it("tells a header that is cut apart from a payload that is cut", () => {
    for (const wire of [hex("81"), hex("81 7e 01"), hex("81 85 37 fa 21")]) {
      const { end } = parse([hex("89 00"), wire]);
      expect(end?.frame).toBeUndefined();
      const found = wire.length === 1 ? "1 byte" : `${wire.length} bytes`;
      expect(end?.violation.message).toContain(`Found: ${found} of a header`);
    }
  });

  it("tells what the octets of a header break, and where it begins", () => {
    for (const pieces of feedings(hex("89 80 00 00 00 00", "b9 7e 00"))) {
      const { end } = parse(pieces, { position: 100, sender: "client" });
      if (!end || end.frame) throw new Error("no header is cut");
      expect(end.offset).toBe(106);
      expect(rules(end.breaches)).toEqual([
        "client-frame-unmasked",
        "rsv-not-negotiated",
        "control-too-long",
      ]);
    }
  });

  it.each([
    ["82 7f 00 20 00 00 00 00 00 01", "1 of 9007199254740993 bytes of payload"],
    ["89 7f 7f ff ff ff ff ff ff ff", "Found: 9223372036854775807 bytes."],
    ["82 ff ff ff ff ff ff ff ff ff 01 02 03 04", "1 of 18446744073709551615 bytes of payload"],
    ["82 7f 7f ff ff ff ff ff ff fe", "9223372036854775806 bytes, limit 9"],
  ])("tells a length that no number holds exactly: %s", (header, words) => {
    for (const pieces of feedings(hex(header, "61"))) {
      const { end } = parse(pieces, { maxFrameLength: 9 });
      const told = end!.frame!.violations.map(({ message }) => message).join(" ");
      expect(told).toContain(words);
    }
  });

  it("tells how much of the payload came", () => {
    const { end } = parse([hex("89 00", "81 85 37 fa 21 3d 7f 9f")], { position: 100 });
    expect(end!.violation.message).toContain("2 of 5 bytes of payload");
  });

  it("takes 2^63 - 1 for legal, though a double cannot hold it", () => {
    const { end } = parse([hex("82 7f 7f ff ff ff ff ff ff ff")]);
    expect(rules(end!.frame!.violations)).toEqual(["frame-truncated"]);
    expect(end!.frame!.header.length).toBeLessThan(2 ** 63);
  });

  it("allocates for the bytes that came, not for those announced", () => {
    const { end } = parse([hex("82 7f 00 00 01 00 00 00 00 00"), filler(10)]);
    expect(end!.frame!.header.length).toBe(2 ** 40);
    expect(end!.frame!.payload.buffer.byteLength).toBeLessThanOrEqual(20);
  });
});

describe("a strict parser", () => {
  it.each(WHOLE_FRAMES.filter(({ breaks }) => breaks.length > 0))(
    "stops at: $name",
    ({ wire, breaks }: FrameExample) => {
      expectFailsWith(wire, 1002, breaks[0]!);
    },
  );

  it("stops at a frame over the limit, at one byte more than it", () => {
    const options = { maxFrameLength: 5 };
    expectFailsWith(hex("82 06", filler(6)), 1009, "length-over-limit", options);
    expectFrame(parseOne(hex("82 05", filler(5)), { ...options, mode: "strict" }), { rules: [] });
  });

  it("stops at a header, before any payload has come", () => {
    expectFailsWith(hex("82 7f 80 00 00 00 00 00 00 00"), 1002, "length-top-bit");
  });

  it("wants a mask from clients and none from servers", () => {
    expectFailsWith(hex("81 00"), 1002, "client-frame-unmasked", { sender: "client" });
    expectFailsWith(hex("81 80 00 00 00 00"), 1002, "server-frame-masked", { sender: "server" });
  });

  it("takes RSV1 where permessage-deflate was negotiated, on first data frames alone", () => {
    const options = { deflate: true };
    expectFrame(parseOne(hex("c1 00"), { ...options, mode: "strict" }), { rsv: 4, rules: [] });
    expectFailsWith(hex("c9 00"), 1002, "rsv1-on-control", options);
    expectFailsWith(hex("c0 00"), 1002, "rsv1-on-continuation", options);
    expectFailsWith(hex("e1 00"), 1002, "rsv-not-negotiated", options);
  });

  it("gives the frames before the failure, and nothing after it", () => {
    const parser = new FrameParser({ mode: "strict" });
    const frames = parser.push(hex("81 01 61", "83 01 62", "81 01 63"));
    expect(frames.map(summary)).toMatchObject([{ payload: "61" }]);
    expect(parser.push(hex("81 01 64"))).toEqual([]);
    expect(parser.failure?.rule).toBe("opcode-reserved");
    expect(parser.end()).toBeUndefined();
  });
});

describe("payloads", () => {
  it("keeps the beginning where a frame is longer than what is to be kept", () => {
    const wire = hex("82 8a 37 fa 21 3d", "7f 9f 4d 51 58", "00 00 00 00 00", "89 01 2a");
    for (const pieces of feedings(wire)) {
      const [data, ping] = parse(pieces, { keepPayload: 5 }).frames;
      expectFrame(data, { text: "Hello", payloadCut: true, length: 10 });
      expectFrame(ping, { payload: "2a", payloadCut: false });
    }
  });

  it("keeps control frames whole, whatever is to be kept of data", () => {
    const close = parseOne(hex("88 05 03 e9 62 79 65"), { keepPayload: 0 });
    expectFrame(close, { payload: "03e9627965", payloadCut: false });
    const long = parseOne(hex("89 7e 00 c8", filler(200)), { keepPayload: 3 });
    expectFrame(long, { payload: toHex(filler(125)), payloadCut: true });
  });

  it("outlives the buffer that the bytes came in", () => {
    const buffer = Buffer.from("8185 37fa213d 7f9f4d5158".replaceAll(" ", ""), "hex");
    const { frames } = parse([buffer]);
    buffer.fill(0);
    expectFrame(frames[0], { text: "Hello" });
    expect(toHex(frames[0]!.headerBytes)).toBe("818537fa213d");
  });

  it("leaves the bytes that it is given as they are", () => {
    const wire = hex("81 85 37 fa 21 3d 7f 9f 4d 51 58");
    const before = toHex(wire);
    parse([wire]);
    expect(toHex(wire)).toBe(before);
  });
});

describe("properties", () => {
  it("what was encoded is what is parsed, at any split", () => {
    const frames = fc.array(fc.oneof({ weight: 30, arbitrary: anyFrame }, anyLargeFrame), {
      maxLength: 6,
    });
    const property = fc.property(frames, splitPoints, (specs, points) => {
      const wires = specs.map(encodeFrame);
      const parsed = parse(splitAt(concat(wires), points));
      expect(parsed.end).toBeUndefined();
      expect(parsed.frames.map(withoutRules)).toEqual(
        specs.map((spec, i) => {
          const offset = wires.slice(0, i).reduce((sum, { length }) => sum + length, 0);
          return { ...expectedSummary(spec, []), offset };
        }),
      );
    });
    fc.assert(property, { numRuns: 300 });
  });

  it("any bytes are parsed alike at any split", () => {
    const modes = fc.constantFrom("lenient" as const, "strict" as const);
    const property = fc.property(
      anyStream,
      splitPoints,
      anyOptions,
      modes,
      (bytes, points, options, mode) => {
        const pieces = parse(splitAt(bytes, points), { ...options, mode });
        expect(comparable(pieces)).toEqual(comparable(parse([bytes], { ...options, mode })));
      },
    );
    fc.assert(property, { numRuns: 1000 });
  });

  it("any bytes make frames which, put together, are those bytes again", () => {
    const property = fc.property(anyStream, (bytes) => {
      const { end } = parse([bytes]);
      const whole = concat(allFrames(parse([bytes])).flatMap(octets));
      expect(toHex(whole)).toBe(toHex(bytes.subarray(0, whole.length)));
      const headerCut = end !== undefined && end.frame === undefined;
      expect(whole.length < bytes.length).toBe(headerCut);
    });
    fc.assert(property, { numRuns: 1000 });
  });

  it("no frame holds more than is to be kept of it", () => {
    const property = fc.property(anyStream, anyOptions, splitPoints, (bytes, options, points) => {
      const { frames, end } = parse(splitAt(bytes, points), options);
      for (const { header, payload, payloadCut } of frames) {
        const floor = isControl(header.opcode) ? 125 : 0;
        const kept = Math.min(header.length, Math.max(options.keepPayload, floor));
        expect(payload.length).toBe(kept);
        expect(payload.buffer.byteLength).toBe(kept);
        expect(payloadCut).toBe(header.length > kept);
      }
      const { payload } = end?.frame ?? { payload: new Uint8Array(0) };
      expect(payload.buffer.byteLength).toBeLessThanOrEqual(8 * payload.length);
    });
    fc.assert(property, { numRuns: 1000 });
  });

  it("a strict parser gives what a lenient one gives before the first error", () => {
    const property = fc.property(anyStream, anyOptions, (bytes, options) => {
      const lenient = parse([bytes], { ...options, mode: "lenient" });
      const strict = parse([bytes], { ...options, mode: "strict" });
      const errors = allFrames(lenient).map(({ violations }) =>
        violations.find(({ rule }) => rule !== "frame-truncated"),
      );
      const first = errors.findIndex((error) => error !== undefined);
      expect(strict.failure).toEqual(errors[first]);
      expect(strict.frames).toEqual(first === -1 ? lenient.frames : lenient.frames.slice(0, first));
    });
    fc.assert(property, { numRuns: 1000 });
  });

  it("a failure is a documented rule with the close code to answer", () => {
    const property = fc.property(anyStream, anyOptions, (bytes, options) => {
      const { failure } = parse([bytes], { ...options, mode: "strict" });
      fc.pre(failure !== undefined);
      const { severity, section, closeCode } = RULES[failure.rule] as Partial<Violation>;
      expect(failure).toMatchObject({ severity, section, closeCode });
      expect(closeCode).toBe(failure.rule === "length-over-limit" ? 1009 : 1002);
    });
    fc.assert(property, { numRuns: 300 });
  });
});

function withoutRules(frame: Frame): FrameSummary {
  return { ...summary(frame), rules: [] };
}

/** The frames of a stream, the one that it ends in included. */
function allFrames({ frames, end }: Parsed): Frame[] {
  return end?.frame ? [...frames, end.frame] : frames;
}

function comparable({ frames, failure, end }: Parsed) {
  const last = end && { ...end, frame: end.frame && summary(end.frame) };
  return { frames: frames.map(summary), failure, last };
}

/** A frame as it was on the wire. */
function octets({ header, headerBytes, payload }: Frame): Uint8Array[] {
  return [headerBytes, maskNaively(payload, header.maskKey)];
}

describe("frames that the Sender of ws makes", () => {
  const KINDS = ["text", "binary", "ping", "pong", "close"] as const;
  const OPCODES = { text: 1, binary: 2, ping: 9, pong: 10, close: 8 };

  it("are parsed to what was sent, with no violation", async () => {
    const message = fc.record({
      kind: fc.constantFrom(...KINDS),
      text: fc.string({ unit: "binary", maxLength: 30 }),
      large: fc.boolean(),
    });
    const property = fc.asyncProperty(
      message,
      fc.boolean(),
      async ({ kind, text, large }, mask) => {
        const data = utf8(large && OPCODES[kind] < 8 ? text.repeat(3000) : text);
        const wire = await sendWithWs([{ kind, data }], { mask });
        const sender = mask ? "client" : "server";
        const frame = parseOne(wire, { sender, mode: "strict" });
        const payload = toHex(kind === "close" ? hex("03 e8", data) : data);
        expectFrame(frame, { opcode: OPCODES[kind], fin: true, masked: mask, payload, rules: [] });
      },
    );
    await fc.assert(property, { numRuns: 200 });
  });
});

interface CapturedFrame {
  readonly dir: "c2s" | "s2c";
  readonly offset: number;
  readonly fin: boolean;
  readonly rsv: number;
  readonly opcode: number;
  readonly masked: boolean;
  readonly masking_key?: string;
  readonly length: number;
  readonly length_form: number;
  readonly payload?: { readonly hex?: string; readonly sha256_16: string };
}

const CAPTURES = "../shared/captures";

/** The frames of one direction, as other software decoded them. */
function capturedFrames(dir: CapturedFrame["dir"]): CapturedFrame[] {
  const decode = JSON.parse(readFileSync(`${CAPTURES}/01-basic-ws.expect.json`, "utf8")) as {
    streams: { frames: CapturedFrame[] }[];
  };
  return decode.streams[0]!.frames.filter((frame) => frame.dir === dir);
}

function sha256Start(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex").slice(0, 16);
}

function expectCaptured({ header, payload, violations }: Frame, captured: CapturedFrame): void {
  const { offset, fin, rsv, opcode, masked, length, length_form: lengthForm } = captured;
  const { maskKey, rsv1, rsv2, rsv3 } = header;
  expect(header).toMatchObject({ offset, fin, opcode, masked, length, lengthForm });
  expect([rsv1, rsv2, rsv3].map(Number).join("")).toBe(rsv.toString(2).padStart(3, "0"));
  if (masked) expect(formatMaskKey(maskKey)).toBe(captured.masking_key);
  expect(payload).toHaveLength(length);
  if (captured.payload) expect(sha256Start(payload)).toBe(captured.payload.sha256_16);
  if (captured.payload?.hex) expect(toHex(payload)).toBe(captured.payload.hex);
  expect(violations).toEqual([]);
}

describe("real traffic", () => {
  const absent = !existsSync(CAPTURES);
  const note = absent ? ` (skipped: no ${CAPTURES})` : "";

  it.skipIf(absent)(`a server's frames are decoded as by others${note}`, () => {
    const wire = readFileSync(`${CAPTURES}/textforms/01-basic.server-frames.bin`);
    expectDecodedAsCaptured(wire, "s2c");
  });

  it.skipIf(absent)(`a client's frames are decoded as by others${note}`, () => {
    const text = readFileSync(`${CAPTURES}/textforms/01-basic.client-frames.hex`, "utf8");
    expectDecodedAsCaptured(hex(text), "c2s");
  });

  function expectDecodedAsCaptured(wire: Uint8Array, dir: CapturedFrame["dir"]): void {
    const captured = capturedFrames(dir);
    const sender = dir === "c2s" ? "client" : "server";
    for (const pieces of [[wire], singly(wire)]) {
      const { frames, end } = parse(pieces, { sender });
      expect(end).toBeUndefined();
      expect(frames).toHaveLength(captured.length);
      frames.forEach((frame, i) => expectCaptured(frame, captured[i]!));
    }
  }
});
