import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { constants, deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RawFrames } from "../../src/capture/frames.ts";
import { formatMaskKey } from "../../src/protocol/mask.ts";
import type { FrameEvent } from "../../src/transport/events.ts";
import { createInflate } from "../../src/transport/inflater.ts";
import { concat, filler, hex, singly, splitAt, splitPoints, utf8 } from "../helpers/bytes.ts";
import { frameBytes, frameEvents } from "../helpers/frame-events.ts";

const KEY = 0x37fa213d;
const rulesOf = (event: FrameEvent | undefined) => event?.violations.map(({ rule }) => rule);
const textOf = (event: FrameEvent | undefined) =>
  event?.message && Buffer.from(event.message.data).toString("utf8");

describe("directions", () => {
  it("are told by the mask", () => {
    const events = frameEvents([
      { opcode: 1, maskKey: KEY, payload: "a" },
      { opcode: 1, payload: "b" },
    ]);
    expect(events.map(({ dir }) => dir)).toEqual(["out", "in"]);
    expect(events.flatMap(rulesOf)).toEqual([]);
  });

  it("are put together apart", () => {
    const events = frameEvents([
      { opcode: 1, fin: false, maskKey: KEY, payload: "ping" },
      { opcode: 1, fin: false, payload: "po" },
      { opcode: 0, maskKey: KEY, payload: "!" },
      { opcode: 0, payload: "ng" },
    ]);
    expect(events.map(({ fragment }) => fragment)).toEqual([1, 1, 2, 2]);
    expect(events.map(textOf)).toEqual([undefined, undefined, "ping!", "pong"]);
    expect(events.flatMap(rulesOf)).toEqual([]);
  });
});

describe("violations", () => {
  it("of a frame and of its place are both told", () => {
    const [event] = frameEvents([{ opcode: 0, rsv2: true }]);
    expect(rulesOf(event)).toEqual(["rsv-not-negotiated", "continuation-without-start"]);
  });

  it("of a limit of ours are not blamed on the peer", () => {
    const [first, second] = frameEvents(
      [
        { opcode: 2, fin: false, payload: filler(80) },
        { opcode: 0, payload: filler(80) },
      ],
      { maxMessageLength: 100 },
    );
    expect([...rulesOf(first)!, ...rulesOf(second)!]).toEqual([]);
    expect(second?.message?.cut).toBe(true);
  });
});

describe("compression", () => {
  const deflate = (text: string) =>
    deflateRawSync(text, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);

  it("is a violation unless it was negotiated", () => {
    const sketch = { opcode: 1, rsv1: true, payload: deflate("hello") };
    const [event] = frameEvents([sketch]);
    expect(rulesOf(event)).toEqual(["rsv-not-negotiated"]);
    const [agreed] = frameEvents([sketch], { createInflate });
    expect(rulesOf(agreed)).toEqual([]);
    expect(textOf(agreed)).toBe("hello");
  });

  it("keeps a context for each direction", () => {
    const events = frameEvents(
      [
        { opcode: 1, rsv1: true, payload: hex("f248cdc9c90700") },
        { opcode: 1, rsv1: true, maskKey: KEY, payload: hex("f200110000") },
        { opcode: 1, rsv1: true, payload: hex("f200110000") },
      ],
      { createInflate },
    );
    expect(textOf(events[0])).toBe("Hello");
    expect(rulesOf(events[1])).toEqual(["deflate-corrupt"]);
    expect(textOf(events[2])).toBe("Hello");
  });

  it("tells of a bomb", () => {
    const payload = deflate("x".repeat(10_000));
    const [event] = frameEvents([{ opcode: 1, rsv1: true, payload }], {
      createInflate,
      maxMessageLength: 1000,
    });
    expect(rulesOf(event)).toEqual(["length-over-limit"]);
  });
});

describe("memory", () => {
  it("is bounded by what is kept of each frame", () => {
    const [event] = frameEvents([{ opcode: 2, payload: filler(1000) }], { keepPayload: 10 });
    expect(event?.frame.payload).toHaveLength(10);
    expect(event?.frame.payloadCut).toBe(true);
    expect(event?.message).toMatchObject({ cut: true, wireLength: 1000 });
  });
});

describe("input that ends too early", () => {
  const cutAt = (
    digits: string,
    push: (bytes: Uint8Array) => Uint8Array[] = (bytes) => [bytes],
  ) => {
    const frames = new RawFrames();
    for (const piece of push(hex(digits))) frames.push(piece);
    return frames.end();
  };

  it.each([
    ["between two frames", "8100 8100", undefined],
    ["nothing at all", "", undefined],
    ["one octet of a header", "8100 81", { offset: 2, part: "header", present: 1, missing: 1 }],
    ["in a length", "8100 81fe01", { offset: 2, part: "header", present: 3, missing: 5 }],
    ["in a 64-bit length", "827f00", { offset: 0, part: "header", present: 3, missing: 7 }],
    ["in a masking key", "8185 37fa", { offset: 0, part: "header", present: 4, missing: 2 }],
    ["before the payload", "8105", { offset: 0, part: "payload", present: 0, missing: 5 }],
    ["in the payload", "8100 810568", { offset: 2, part: "payload", present: 1, missing: 4 }],
  ])("%s", (_, digits, cut) => {
    expect(cutAt(digits)?.cut).toEqual(cut);
    expect(cutAt(digits, singly)?.cut).toEqual(cut);
  });

  it.each([
    ["8100 b9", undefined, ["rsv-not-negotiated"]],
    ["8100 898000000000 09", undefined, ["control-fragmented"]],
    ["83fe", "out", ["opcode-reserved"]],
    ["897e", "in", ["control-too-long"]],
    ["81fe00", "out", []],
  ] as const)("of half a header %s tells what it breaks", (digits, dir, broken) => {
    for (const ended of [cutAt(digits), cutAt(digits, singly)]) {
      if (!ended || ended.event) throw new Error("no header is cut");
      const rules = ended.breaches.map(({ rule }) => rule);
      expect([ended.dir, rules]).toEqual([dir, [...broken, "frame-truncated"]]);
    }
  });

  it("gives the frame with what is there of it", () => {
    const ended = cutAt("8185 37fa213d 7f9f");
    expect(ended?.event).toMatchObject({ dir: "out", fragment: 1 });
    expect(ended?.event?.message).toBeUndefined();
    expect(ended?.event && Buffer.from(ended.event.frame.payload).toString()).toBe("He");
    expect(rulesOf(ended?.event)).toEqual(["frame-truncated"]);
  });

  it("does not blame the peer for a Close that is cut", () => {
    expect(rulesOf(cutAt("8802 03")?.event)).toEqual(["frame-truncated"]);
  });
});

describe("any bytes", () => {
  it("give the same events however they are split", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), splitPoints, (bytes, points) => {
        const whole = new RawFrames({ createInflate });
        const split = new RawFrames({ createInflate });
        const events = splitAt(bytes, points).flatMap((piece) => split.push(piece));
        expect(events).toEqual(whole.push(bytes));
        expect(split.end()).toEqual(whole.end());
      }),
    );
  });

  it("account for every byte", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const frames = new RawFrames();
        const lengths = frames
          .push(bytes)
          .map(({ frame: { header } }) => header.headerLength + header.length);
        const end = frames.end();
        const header = end?.event?.frame.header.headerLength ?? 0;
        const rest = end ? end.cut.present + header : 0;
        expect(lengths.reduce((sum, length) => sum + length, rest)).toBe(bytes.length);
      }),
    );
  });
});

const CAPTURES = fileURLToPath(new URL("../../../shared/captures/", import.meta.url));

interface Expected {
  readonly dir: "c2s" | "s2c";
  readonly offset: number;
  readonly fin: boolean;
  readonly rsv: number;
  readonly opcode: number;
  readonly masked: boolean;
  readonly masking_key?: string;
  readonly length: number;
  readonly length_form: number;
  readonly payload?: { readonly len: number; readonly hex?: string };
}

describe.skipIf(!existsSync(CAPTURES))(
  "a real capture (skipped without ../shared/captures)",
  () => {
    const expected = (dir: string): Expected[] => {
      const file = readFileSync(`${CAPTURES}01-basic-ws.expect.json`, "utf8");
      const { streams } = JSON.parse(file) as { streams: { frames: Expected[] }[] };
      return streams[0]!.frames.filter((frame) => frame.dir === dir);
    };
    const decode = (name: string, encoding: "hex" | "latin1"): FrameEvent[] => {
      const file = readFileSync(`${CAPTURES}textforms/01-basic.${name}`, "latin1");
      return new RawFrames().push(Buffer.from(file.trimEnd(), encoding));
    };

    it.each([
      ["c2s", decode.bind(null, "client-frames.hex", "hex")],
      ["s2c", decode.bind(null, "server-frames.hex", "hex")],
    ])("%s is what others decoded", (dir, events) => {
      const decoded = events().map(({ frame: { header, payload } }) => ({
        dir: header.masked ? "c2s" : "s2c",
        offset: header.offset,
        fin: header.fin,
        rsv: (header.rsv1 ? 4 : 0) + (header.rsv2 ? 2 : 0) + (header.rsv3 ? 1 : 0),
        opcode: header.opcode,
        masked: header.masked,
        ...(header.masked && { masking_key: formatMaskKey(header.maskKey) }),
        length: header.length,
        length_form: header.lengthForm,
        hex: Buffer.from(payload).toString("hex"),
      }));
      const known = expected(dir);
      expect(decoded).toHaveLength(known.length);
      for (const [i, { payload, ...facts }] of known.entries()) {
        const { hex: content, ...fields } = decoded[i]!;
        expect(facts).toMatchObject(fields);
        if (payload?.hex !== undefined) expect(content).toBe(payload.hex);
      }
    });
  },
);

describe("frames one after another", () => {
  it("keep their offsets over the pieces", () => {
    const frames = new RawFrames();
    const bytes = concat([
      frameBytes({ opcode: 9 }),
      frameBytes({ opcode: 1, payload: utf8("hi") }),
    ]);
    const events = singly(bytes).flatMap((piece) => frames.push(piece));
    expect(events.map(({ frame }) => frame.header.offset)).toEqual([0, 2]);
  });
});
