import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FrameScanner, type FrameSink } from "../../src/protocol/scanner.ts";
import { hex, singly, splitAt, splitPoints, toHex, twoWaySplits } from "../helpers/bytes.ts";
import { type FrameExample, WHOLE_FRAMES } from "../helpers/frame-corpus.ts";
import { anyStream, expectedSummary, parse } from "../helpers/frames.ts";

/** Writes down what the scanner tells; pieces of one payload are joined. */
function recorder() {
  const seen: string[] = [];
  let payload = "";
  const sink: FrameSink = {
    header: (scanner, bytes, start, end) =>
      seen.push(`header ${toHex(bytes.subarray(start, end))} at ${scanner.offset}`),
    payload: (bytes, start, end) => {
      payload += toHex(bytes.subarray(start, end));
    },
    end: () => {
      seen.push(`payload ${payload}`);
      payload = "";
    },
  };
  return { seen, sink };
}

const PING_AND_TEXT = hex("89 00", "81 83 37 fa 21 3d 7f 9f 4d", "82 7e 00 01 2a");

const SEEN = [
  "header 8900 at 0",
  "payload ",
  "header 818337fa213d at 2",
  "payload 7f9f4d",
  "header 827e0001 at 11",
  "payload 2a",
];

describe("FrameScanner", () => {
  it("tells headers and payloads, still masked, in whatever pieces they come", () => {
    for (const pieces of [singly(PING_AND_TEXT), ...twoWaySplits(PING_AND_TEXT)]) {
      const { seen, sink } = recorder();
      const scanner = new FrameScanner();
      for (const piece of pieces) scanner.scan(piece, sink);
      expect(seen).toEqual(SEEN);
      expect(scanner.position).toBe(PING_AND_TEXT.length);
      expect(scanner.atBoundary).toBe(true);
    }
  });

  it.each(WHOLE_FRAMES)("fills in the fields of: $name", ({ wire, spec }: FrameExample) => {
    const scanner = new FrameScanner();
    scanner.scan(wire, recorder().sink);
    const { fin, opcode, masked, maskKey, length, lengthForm } = expectedSummary(spec, []);
    const { rsv1 = false, rsv2 = false, rsv3 = false } = spec;
    expect(scanner).toMatchObject({ fin, opcode, masked, maskKey, length, lengthForm });
    expect(scanner).toMatchObject({ rsv1, rsv2, rsv3 });
  });

  it("scans a part of a buffer alone", () => {
    const { seen, sink } = recorder();
    const scanner = new FrameScanner();
    const buffer = hex("ff ff ff", PING_AND_TEXT, "ff ff");
    scanner.scan(buffer, sink, 3, 3 + PING_AND_TEXT.length);
    expect(seen).toEqual(SEEN);
  });

  it("tells where the payload lies without copying it", () => {
    const places: [Uint8Array, number, number][] = [];
    const sink: FrameSink = {
      header: () => {},
      payload: (...place) => void places.push(place),
      end: () => {},
    };
    const piece = hex("89 00 82 03 01 02 03");
    new FrameScanner().scan(piece, sink);
    expect(places).toEqual([[piece, 4, 7]]);
    expect(places[0]![0]).toBe(piece);
  });

  it("fills in one header object for all frames", () => {
    const scanner = new FrameScanner();
    const { sink } = recorder();
    const told: unknown[] = [];
    scanner.scan(PING_AND_TEXT, { ...sink, header: (header) => told.push(header) });
    expect(told).toHaveLength(3);
    for (const header of told) expect(header).toBe(scanner);
    expect(scanner).toMatchObject({ opcode: 2, fin: true, masked: false, maskKey: 0, length: 1 });
  });

  it("follows a length of 2^63 and more without taking memory for it", () => {
    const { seen, sink } = recorder();
    const scanner = new FrameScanner();
    scanner.scan(hex("82 7f ff ff ff ff ff ff ff ff", "00 01 02"), sink);
    expect(seen).toEqual(["header 827fffffffffffffffff at 0"]);
    expect(scanner.length).toBeGreaterThanOrEqual(2 ** 63);
    expect(scanner.payloadDue).toBeGreaterThan(2 ** 62);
    expect(scanner.position).toBe(13);
  });

  it("tells what it waits for", () => {
    const scanner = new FrameScanner(100);
    const { sink } = recorder();
    expect(scanner.atBoundary).toBe(true);
    scanner.scan(hex("82 7e 01"), sink);
    expect(scanner).toMatchObject({ atBoundary: false, payloadDue: 0 });
    expect(toHex(scanner.partialHeader)).toBe("827e01");
    scanner.scan(hex("00 aa bb"), sink);
    expect(scanner).toMatchObject({ atBoundary: false, payloadDue: 254, offset: 100 });
    expect(scanner.partialHeader).toHaveLength(0);
  });

  it("stops for good once it is halted", () => {
    const { seen, sink } = recorder();
    const scanner = new FrameScanner();
    const stopAtText: FrameSink = {
      ...sink,
      header: (header, ...place) => {
        sink.header(header, ...place);
        if (header.opcode === 1) scanner.halt();
      },
    };
    scanner.scan(PING_AND_TEXT, stopAtText);
    scanner.scan(PING_AND_TEXT, stopAtText);
    expect(seen).toEqual(SEEN.slice(0, 3));
  });

  it("finds the borders that the parser finds, at any split", () => {
    const property = fc.property(anyStream, splitPoints, (bytes, points) => {
      const offsets: number[] = [];
      let ends = 0;
      const scanner = new FrameScanner();
      const sink: FrameSink = {
        header: ({ offset }) => void offsets.push(offset),
        payload: () => {},
        end: () => void ends++,
      };
      for (const piece of splitAt(bytes, points)) scanner.scan(piece, sink);
      const { frames, end } = parse([bytes]);
      const last = end?.frame ? [end.frame] : [];
      expect(offsets).toEqual([...frames, ...last].map(({ header }) => header.offset));
      expect(ends).toBe(frames.length);
      expect(scanner.position + scanner.partialHeader.length).toBe(bytes.length);
    });
    fc.assert(property, { numRuns: 500 });
  });
});
