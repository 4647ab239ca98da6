import fc from "fast-check";
import { expect } from "vitest";
import { encodeFrame, type FrameSpec } from "../../src/protocol/encoder.ts";
import {
  type Frame,
  headerLength,
  type LengthForm,
  minimalLengthForm,
} from "../../src/protocol/frame.ts";
import { FrameParser, type FrameParserOptions } from "../../src/protocol/parser.ts";
import type { RuleId, Violation } from "../../src/protocol/rules.ts";
import { concat, toHex } from "./bytes.ts";

/** All that a stream gives, whatever pieces it came in. */
export interface Parsed {
  readonly frames: Frame[];
  readonly failure: Violation | undefined;
  readonly end: ReturnType<FrameParser["end"]>;
}

export function parse(pieces: readonly Uint8Array[], options?: FrameParserOptions): Parsed {
  const parser = new FrameParser(options);
  const frames = pieces.flatMap((piece) => parser.push(piece));
  return { frames, failure: parser.failure, end: parser.end() };
}

/** The one frame that `bytes` hold. */
export function parseOne(bytes: Uint8Array, options?: FrameParserOptions): Frame {
  const { frames, end } = parse([bytes], options);
  expect(frames).toHaveLength(1);
  expect(end).toBeUndefined();
  return frames[0]!;
}

/** What a frame comes to, in values that compare and print well. */
export function summary(frame: Frame) {
  const { header, headerBytes, payload, payloadCut, violations } = frame;
  const { fin, opcode, masked, maskKey, length, lengthForm, offset } = header;
  return {
    fin,
    rsv: reservedBits(header),
    opcode,
    masked,
    maskKey,
    length,
    lengthForm,
    offset,
    headerLength: header.headerLength,
    headerOctets: headerBytes.length,
    payload: toHex(payload),
    payloadCut,
    rules: rules(violations),
  };
}

export type FrameSummary = ReturnType<typeof summary>;

function reservedBits({ rsv1, rsv2, rsv3 }: Pick<FrameSpec, "rsv1" | "rsv2" | "rsv3">): number {
  return (rsv1 ? 4 : 0) | (rsv2 ? 2 : 0) | (rsv3 ? 1 : 0);
}

export function rules(violations: readonly Violation[]): RuleId[] {
  return violations.map(({ rule }) => rule);
}

/** The summary of the frame that `spec` describes, worked out without the parser or the encoder. */
export function expectedSummary(
  spec: FrameSpec,
  breaks: readonly RuleId[],
  offset = 0,
): FrameSummary {
  const { opcode, fin = true, maskKey, payload = new Uint8Array(0) } = spec;
  const length = Number(spec.declaredLength ?? payload.length);
  const lengthForm = spec.lengthForm ?? minimalLengthForm(length);
  const masked = maskKey !== undefined;
  const size = headerLength(lengthForm, masked);
  return {
    fin,
    rsv: reservedBits(spec),
    opcode,
    masked,
    maskKey: maskKey ?? 0,
    length,
    lengthForm,
    offset,
    headerLength: size,
    headerOctets: size,
    payload: toHex(payload),
    payloadCut: length > payload.length,
    rules: [...breaks],
  };
}

/** Asserts the fields that are named; the payload as text or bytes. */
export function expectFrame(
  frame: Frame | undefined,
  expected: Partial<FrameSummary> & { readonly text?: string },
): void {
  if (!frame) throw new Error("there is no frame");
  const { text, ...fields } = expected;
  expect(summary(frame)).toMatchObject(fields);
  if (text !== undefined) expect(Buffer.from(frame.payload).toString("utf8")).toBe(text);
}

/** Asserts that a strict parser stops at `bytes`, for this reason and with no frame of it given. */
export function expectFailsWith(
  bytes: Uint8Array,
  closeCode: number,
  rule: RuleId,
  options: Omit<FrameParserOptions, "mode"> = {},
): void {
  const { frames, failure, end } = parse([bytes], { ...options, mode: "strict" });
  expect(failure).toMatchObject({ rule, closeCode, severity: "error" });
  expect(frames).toEqual([]);
  expect(end).toBeUndefined();
}

/** The forms that can hold `length`, the minimal one first. */
export function formsFor(length: number): LengthForm[] {
  const forms: readonly LengthForm[] = [7, 16, 64];
  return forms.slice(forms.indexOf(minimalLengthForm(length)));
}

const maskKeys = fc.oneof(fc.constant(0), fc.constant(0xffffffff), fc.nat(0xffffffff));

function framesWith(payloads: fc.Arbitrary<Uint8Array>): fc.Arbitrary<FrameSpec> {
  const fields = fc.record({
    opcode: fc.nat(15),
    fin: fc.boolean(),
    rsv1: fc.boolean(),
    rsv2: fc.boolean(),
    rsv3: fc.boolean(),
    maskKey: fc.option(maskKeys, { nil: undefined }),
    payload: payloads,
    form: fc.nat(2),
  });
  return fields.map(({ form, ...spec }) => {
    const forms = formsFor(spec.payload.length);
    return { ...spec, lengthForm: forms[form % forms.length]! };
  });
}

/** Any frame that can be written at all, with every bit, opcode and form of length; up to 300 bytes. */
export const anyFrame = framesWith(fc.uint8Array({ maxLength: 300 }));

/** The same about the border between 16 and 64 bits of length. */
export const anyLargeFrame = framesWith(fc.uint8Array({ minLength: 65_530, maxLength: 65_545 }));

/** Random bytes hold few frames in a row; therefore also frames with a few octets changed. */
export const anyStream: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.uint8Array({ maxLength: 300, size: "max" }),
  fc
    .tuple(
      fc.array(anyFrame, { maxLength: 6, size: "max" }),
      fc.array(fc.tuple(fc.nat(2000), fc.nat(255)), { maxLength: 3 }),
    )
    .map(([specs, changes]) => {
      const bytes = concat(specs.map(encodeFrame));
      for (const [at, octet] of changes) {
        if (at < bytes.length) bytes[at] = octet;
      }
      return bytes;
    }),
);

/** Options of every kind but for the mode. */
export const anyOptions = fc.record({
  sender: fc.constantFrom("client" as const, "server" as const, "unknown" as const),
  deflate: fc.boolean(),
  keepPayload: fc.nat(300),
  maxFrameLength: fc.constantFrom(100, 200, Number.POSITIVE_INFINITY),
});
