import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  Http2FrameReader,
  type Http2FrameSink,
} from "../../../src/capture/http2/http2-frame-reader.ts";
import type { Direction } from "../../../src/transport/events.ts";
import { concat, filler, hex, singly, splitAt, splitPoints, toHex } from "../../helpers/bytes.ts";
import { frame, PREFACE, settings } from "./wire.ts";

/** Everything that is told, in short; data in one where it came in pieces. */
class Told implements Http2FrameSink {
  readonly lines: string[] = [];
  #data = "";

  data(_: Direction, stream: number, bytes: Uint8Array, start: number, end: number): void {
    const last = `data ${stream}: ${this.#data}`;
    if (this.lines.at(-1) === last) this.lines.pop();
    else this.#data = "";
    this.#data += toHex(bytes.subarray(start, end));
    this.lines.push(`data ${stream}: ${this.#data}`);
  }

  dataGap(_: Direction, stream: number, length: number): void {
    this.lines.push(`gap ${stream}: ${length}`);
  }

  headers(
    _: Direction,
    { stream, promise, bytes }: Parameters<Http2FrameSink["headers"]>[1],
  ): void {
    const what = promise ? "promise" : "headers";
    this.lines.push(`${what} ${stream}: ${bytes ? toHex(bytes) : "lost"}`);
  }

  endStream(_: Direction, stream: number): void {
    this.lines.push(`end ${stream}`);
  }

  settings(_: Direction, values: ReadonlyMap<number, number> | undefined): void {
    this.lines.push(`settings ${values ? JSON.stringify([...values]) : "lost"}`);
  }

  reset(_: Direction, stream: number, code: number | undefined): void {
    this.lines.push(`reset ${stream}: ${code}`);
  }

  goAway(_: Direction, code: number): void {
    this.lines.push(`away: ${code}`);
  }
}

type Step = Uint8Array | { readonly gap: number };

function read(steps: readonly Step[], dir: Direction = "in") {
  const told = new Told();
  const reader = new Http2FrameReader(dir, told);
  const kept = steps.map((step) =>
    "gap" in step ? reader.gap(step.gap) : reader.push(step, 0, step.length),
  );
  return { lines: told.lines, fault: reader.fault, kept, reader };
}

const EVERYTHING = concat([
  settings({ 8: 1, 5: 70_000 }),
  frame(4, 1, 0),
  frame(8, 0, 0, hex("0000ffff")),
  frame(1, 0x4, 1, hex("8286")),
  frame(1, 0x28, 3, hex("02 00000001 10 82 0000")),
  frame(9, 0, 3, hex("86")),
  frame(9, 0, 3),
  frame(9, 0x4, 3, hex("84")),
  frame(0, 0, 1, hex("010203")),
  frame(0, 0x8, 1, hex("02 0405 0000")),
  frame(0, 0x8, 1, hex("00 06")),
  frame(0, 0x8, 1, hex("00")),
  frame(6, 0, 0, filler(8)),
  frame(2, 0, 5, hex("0000000310")),
  frame(0, 0x9, 1, hex("01 00")),
  frame(5, 0x4, 3, hex("00000002 82")),
  frame(0xbe, 0xff, 9, filler(300)),
  frame(1, 0x5, 2, hex("88")),
  frame(3, 0, 3, hex("00000008")),
  frame(7, 0, 0, hex("00000003 0000000b 6f6f")),
]);
const TOLD = [
  "settings [[5,70000],[8,1]]",
  "headers 1: 8286",
  "headers 3: 828684",
  "data 1: 010203040506",
  "end 1",
  "promise 3: 82",
  "headers 2: 88",
  "end 2",
  "reset 3: 8",
  "away: 11",
];

describe("frames", () => {
  it("tell what matters to WebSocket", () => {
    expect(read([EVERYTHING])).toMatchObject({ lines: TOLD, fault: undefined });
  });

  it("come in pieces of any size, after the preface of a client", () => {
    const ask = concat([PREFACE, settings(), frame(1, 0x5, 1, hex("82")), frame(0, 1, 3)]);
    expect(read(singly(ask), "out").lines).toEqual([
      "settings []",
      "headers 1: 82",
      "end 1",
      "end 3",
    ]);
    expect(read(singly(EVERYTHING)).lines).toEqual(TOLD);
    fc.assert(
      fc.property(splitPoints, (points) => {
        expect(read(splitAt(EVERYTHING, points)).lines).toEqual(TOLD);
      }),
    );
  });

  it("hold only what is not complete", () => {
    const { reader } = read([settings(), frame(0, 0, 1, filler(9000), 10_000)]);
    expect(reader.held).toBe(0);
    const open = read([settings(), frame(1, 0, 1, filler(100)), frame(9, 0, 1, filler(10), 20)]);
    expect(open.reader.held).toBe(110);
  });
});

describe("a wrong frame", () => {
  it.each<[string, Uint8Array]>([
    ["HEADERS comes before the first SETTINGS", frame(1, 4, 1, hex("82"))],
    ["SETTINGS comes before the first SETTINGS", frame(4, 1, 0)],
    ["DATA belongs to no stream", concat([settings(), frame(0, 0, 0)])],
    ["CONTINUATION continues no header block", concat([settings(), frame(9, 4, 1)])],
    [
      "CONTINUATION comes within a header block",
      concat([settings(), frame(1, 0, 1), frame(9, 4, 3)]),
    ],
    ["DATA comes within a header block", concat([settings(), frame(1, 0, 1), frame(0, 0, 1)])],
    ["HEADERS has too much padding", concat([settings(), frame(1, 0xc, 1, hex("02 82"))])],
    [
      "DATA has nothing but padding, and too much of it",
      concat([settings(), frame(0, 8, 1, hex("03 0000"))]),
    ],
  ])("%s", (fault, bytes) => {
    const after = concat([bytes, frame(0, 0, 1, hex("01"))]);
    for (const steps of [[after], singly(after)]) {
      expect(read(steps).fault).toBe(fault);
      expect(read(steps).lines.filter((line) => !line.startsWith("settings"))).toEqual([]);
    }
  });

  it("is one longer than the receiver takes", () => {
    const { reader } = read([settings()]);
    reader.maxFrameLength = 16_384;
    reader.push(frame(0, 0, 1, hex("01"), 16_384), 0, 10);
    expect(reader.fault).toBeUndefined();
    reader.push(filler(16_383), 0, 16_383);
    reader.push(frame(0, 0, 1, hex("01"), 16_385), 0, 10);
    expect(reader.fault).toBe("DATA has a length of 16385, over the 16384 agreed on");
  });

  it("is another preface", () => {
    const wrong = concat([PREFACE.subarray(0, 20), hex("00")]);
    expect(read(singly(wrong), "out").fault).toBe("the connection preface is wrong");
  });
});

describe("missing octets", () => {
  const after = frame(0, 1, 1, hex("ff"));
  it.each<[string, Step[], string[]]>([
    [
      "within DATA",
      [frame(0, 0, 1, hex("0102"), 6), { gap: 3 }, hex("06"), after],
      ["data 1: 0102", "gap 1: 3", "data 1: 06ff", "end 1"],
    ],
    [
      "to the very end of DATA",
      [frame(0, 1, 1, hex("0102"), 6), { gap: 4 }, frame(0, 0, 3, hex("ff"))],
      ["data 1: 0102", "gap 1: 4", "end 1", "data 3: ff"],
    ],
    [
      "of DATA and its padding",
      [frame(0, 8, 1, hex("02 0102"), 8), { gap: 4 }, hex("00"), after],
      ["data 1: 0102", "gap 1: 3", "data 1: ff", "end 1"],
    ],
    [
      "of padding alone",
      [frame(0, 8, 1, hex("02 01"), 4), { gap: 2 }, after],
      ["data 1: 01ff", "end 1"],
    ],
    [
      "of headers",
      [frame(1, 4, 1, hex("82"), 6), { gap: 4 }, hex("00"), after],
      ["headers 1: lost", "data 1: ff", "end 1"],
    ],
    [
      "of a part of headers",
      [frame(1, 1, 3, hex("82"), 6), { gap: 5 }, frame(9, 4, 3, hex("82")), after],
      ["headers 3: lost", "end 3", "data 1: ff", "end 1"],
    ],
    [
      "of SETTINGS",
      [frame(4, 0, 0, hex("00"), 6), { gap: 5 }, after],
      ["settings lost", "data 1: ff", "end 1"],
    ],
    [
      "of RST_STREAM",
      [frame(3, 0, 3, hex("00"), 4), { gap: 3 }, after],
      ["reset 3: undefined", "data 1: ff", "end 1"],
    ],
    ["of GOAWAY", [frame(7, 0, 0, hex("00"), 8), { gap: 7 }, after], ["data 1: ff", "end 1"]],
    ["of PING", [frame(6, 0, 0, hex("00"), 8), { gap: 7 }, after], ["data 1: ff", "end 1"]],
  ])("%s leave the frames in step", (_, steps, lines) => {
    const found = read([settings(), ...steps]);
    expect(found.lines.slice(1)).toEqual(lines);
    expect(found.fault).toBeUndefined();
  });

  it.each<[string, Step[]]>([
    ["between frames", [{ gap: 1 }]],
    ["within a header", [hex("000001"), { gap: 1 }]],
    ["past the end of a frame", [frame(0, 0, 1, hex("01"), 3), { gap: 3 }]],
    ["with the length of the padding", [frame(0, 8, 1, new Uint8Array(0), 3), { gap: 1 }]],
  ])("%s put them out of step", (_, steps) => {
    expect(read([settings(), ...steps]).kept.at(-1)).toBe(false);
  });
});

describe("limits", () => {
  it("a header block is not kept beyond 256 KiB, in one frame or in many", () => {
    const one = read([settings(), frame(1, 4, 1, filler(300_000)), frame(0, 0, 1, hex("01"))]);
    expect(one.lines.slice(1)).toEqual(["headers 1: lost", "data 1: 01"]);
    const more = Array.from({ length: 30 }, () => frame(9, 0, 1, filler(10_000)));
    const many = read([settings(), frame(1, 0, 1), ...more]);
    expect(many.reader.held).toBeLessThanOrEqual(256 * 1024);
    many.reader.push(frame(9, 4, 1), 0, 9);
    expect(many.lines.at(-1)).toBe("headers 1: lost");
  });
});

it("any octets and gaps neither throw nor hang", () => {
  const header = fc
    .tuple(fc.nat(40), fc.nat(10), fc.nat(255), fc.nat(3), fc.uint8Array({ maxLength: 40 }))
    .map(([length, type, flags, stream, payload]) => frame(type, flags, stream, payload, length));
  const step = fc.oneof(header, fc.uint8Array({ maxLength: 30 }), fc.record({ gap: fc.nat(20) }));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), fc.constantFrom("in", "out"), (steps, dir) => {
      const begun = dir === "in" ? settings() : concat([PREFACE, settings()]);
      expect(read([begun, ...steps], dir).lines[0]).toBe("settings []");
    }),
    { numRuns: 300 },
  );
});
