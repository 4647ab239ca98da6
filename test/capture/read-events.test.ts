import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readCaptureEvents } from "../../src/capture/read-capture.ts";
import {
  type EventFormat,
  type FoundFormat,
  INPUT_FORMATS,
  readEvents,
} from "../../src/capture/read-events.ts";
import { FramecatError } from "../../src/errors.ts";
import { formatMaskKey } from "../../src/protocol/mask.ts";
import { eventToJson } from "../../src/transport/event-json.ts";
import type { Event, FrameEvent } from "../../src/transport/events.ts";
import { concat, hex, singly, splitAt, splitPoints, toHex, utf8 } from "../helpers/bytes.ts";
import { ethernet, ipv4, pcap, tcp } from "../helpers/packets.ts";

interface Read {
  readonly format: FoundFormat | undefined;
  readonly events: readonly Event[];
  /** What was thrown, as one line. */
  readonly error?: string;
}

async function read(pieces: readonly Uint8Array[], format?: EventFormat): Promise<Read> {
  let found: FoundFormat | undefined;
  const events: Event[] = [];
  try {
    const reading = readEvents(Readable.from(pieces), {
      name: "x",
      format,
      readCapture: (chunks) =>
        readCaptureEvents(chunks, { name: "x", assumeWebSocket: [80] }).batches(),
      onFormat: (each) => (found = each),
    });
    for await (const event of reading) events.push(event);
  } catch (thrown) {
    if (!(thrown instanceof FramecatError)) throw thrown;
    return { format: found, events, error: thrown.message };
  }
  return { format: found, events };
}

const HELLO = hex("8105 68656c6c6f");
const STATE: Event = { type: "state", conn: "7", at: { epochUs: 0, ns: 0n }, state: "OPEN" };
const NDJSON = utf8(`${JSON.stringify(eventToJson(STATE))}\n`);
const HAR = utf8(
  JSON.stringify({
    log: {
      entries: [
        { request: { url: "http://a/" } },
        {
          startedDateTime: "2026-11-21T00:00:00.000Z",
          request: { method: "GET", url: "ws://a/", headers: [] },
          response: { status: 101, headers: [] },
          _webSocketMessages: [{ type: "send", time: 1, opcode: 1, data: "hello" }],
        },
      ],
    },
  }),
);
const PACKET = ipv4(tcp({ payload: HELLO }));

const typesOf = ({ events }: Read) => events.map(({ type }) => type);
const notesOf = ({ events }: Read) =>
  events.flatMap((event) => (event.type === "note" ? [event.message] : []));

describe("what comes is found by its content", () => {
  const inputs: readonly (readonly [FoundFormat, string, Uint8Array, readonly string[]])[] = [
    ["frames", "bytes", HELLO, ["frame"]],
    ["frames", "hex", utf8("81 05 68656c6c6f"), ["frame"]],
    ["frames", "base64", utf8("gQVoZWxsbw==\n"), ["frame"]],
    ["ndjson", "events", NDJSON, ["state"]],
    ["har", "a HAR", HAR, ["handshake", "message", "note"]],
    ["pcap", "a capture", pcap([{ data: ethernet(PACKET) }]), []],
    ["packets", "packets in text", utf8(`0x0000:  ${spaced(PACKET)}`), []],
  ];

  it.each(inputs)("%s: %s, in any pieces and in gzip", async (format, _, bytes, types) => {
    const packed = gzipSync(bytes);
    for (const pieces of [[bytes], singly(bytes), [packed], singly(packed)]) {
      const result = await read(pieces);
      expect(result.error).toBeUndefined();
      expect(result.format).toBe(format);
      if (types.length > 0) expect(typesOf(result)).toEqual(types);
    }
  });

  it("or told", async () => {
    expect(typesOf(await read([utf8("gQVoZWxsbw")], "base64"))).toEqual(["frame"]);
    expect(typesOf(await read([utf8("81 00")], "binary"))).toEqual(["frame", "note"]);
    expect((await read([gzipSync(HELLO)], "binary")).events[0]).toMatchObject({
      frame: { header: { opcode: 15 } },
    });
    expect((await read([HELLO], "pcap")).error).toBe("x is neither pcap nor pcapng");
    expect((await read([HELLO], "ndjson")).error).toBeUndefined();
  });
});

describe("as it comes", () => {
  it.each([
    ["a frame", HELLO, 1],
    ["a frame of two bytes", hex("8100"), 1],
    ["an event", NDJSON, 1],
  ])("%s is told before more is there", async (_, bytes) => {
    const chunks = (async function* () {
      yield bytes;
      await new Promise(() => undefined);
    })();
    const reading = readEvents(chunks, { name: "x", readCapture: () => Readable.from([]) });
    expect((await reading.next()).done).toBe(false);
  });
});

describe("notes", () => {
  it.each([
    ["an input that ends within a frame", hex("8105 68"), "the input ends within the payload"],
    [
      "lines of unknown events",
      concat([
        NDJSON,
        utf8(
          '{"v":"framecat.event/1","t":"2026-11-21T00:00:00.000000Z","ns":"0","conn":"1","type":"new"}\n',
        ),
      ]),
      "1 lines of x have events of a type that is not known",
    ],
    ["a line that is cut", concat([NDJSON, utf8('{"v":"fra')]), "x, line 2 at byte"],
    ["other entries of a HAR", HAR, "1 entries of x are no WebSocket connections"],
    ["gzip that is cut", gzipSync(HELLO).subarray(0, -4), "x is cut: its gzip data ends at byte"],
  ])("tell %s", async (_, bytes, message) => {
    const result = await read([bytes]);
    expect(result.error).toBeUndefined();
    expect(notesOf(result).at(-1)).toContain(message);
  });
});

describe("what cannot be read", () => {
  it.each([
    ["nothing", hex(""), "x is empty"],
    ["nothing in gzip", gzipSync(hex("")), "x is empty"],
    ["gzip in gzip", gzipSync(gzipSync(HELLO)), "x is gzip"],
    ["a zip archive", hex("504b0304 0000"), "x is a zip archive"],
    ["JSON", utf8('{"a":1}'), "x is JSON, but neither a HAR nor NDJSON of framecat"],
    ["words", utf8("hello\n"), 'x, line 1, column 1: "hello" is not hex'],
  ])("%s", async (_, bytes, message) => {
    for (const pieces of [[bytes], singly(bytes)]) {
      expect(await read(pieces)).toEqual({ format: undefined, events: [], error: message });
    }
  });

  it.each(INPUT_FORMATS)("nothing, for %s", async (format) => {
    expect((await read([], format)).error).toBe("x is empty");
  });

  it("leaves the source", async () => {
    let left = false;
    const chunks = (async function* () {
      try {
        yield hex("504b0304");
        yield HELLO;
      } finally {
        left = true;
      }
    })();
    const reading = readEvents(chunks, { name: "x", readCapture: () => Readable.from([]) });
    await expect(reading.next()).rejects.toBeInstanceOf(FramecatError);
    expect(left).toBe(true);
  });
});

describe("any bytes", () => {
  const beginnings = [HELLO, NDJSON, HAR, pcap([{ data: PACKET }]), utf8("81 05"), utf8("gQA=")];
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.string({ maxLength: 200 }).map((text) => utf8(text)),
    fc
      .tuple(fc.constantFrom(...beginnings), fc.nat(400), fc.uint8Array({ maxLength: 40 }))
      .map(([begun, length, rest]) => concat([begun.subarray(0, length), rest])),
  );

  it.each(INPUT_FORMATS)("declared as %s are events or one error", async (format) => {
    await fc.assert(
      fc.asyncProperty(bytes, splitPoints, fc.boolean(), async (input, points, packed) => {
        const whole = packed ? gzipSync(input, { level: 0 }) : input;
        const { error } = await read(splitAt(whole, points), format);
        expect(error ?? "x").toMatch(/^[^\n]+$/);
      }),
      { numRuns: 60 },
    );
  });
});

const CAPTURES = fileURLToPath(new URL("../../../shared/captures/", import.meta.url));
const FORMS = `${CAPTURES}textforms/`;

describe.skipIf(!existsSync(FORMS))("real pastes (skipped without ../shared/captures)", () => {
  const names = existsSync(FORMS) ? readdirSync(FORMS) : [];
  const expected = () =>
    JSON.parse(readFileSync(`${CAPTURES}01-basic-ws.expect.json`, "utf8")) as {
      readonly streams: readonly [{ readonly frames: readonly ExpectedFrame[] }];
    };

  it.each(names)("%s holds the frames of the capture", async (name) => {
    const result = await read([readFileSync(FORMS + name)]);
    expect(result.error).toBeUndefined();
    const isCut = name.includes("c-array");
    for (const [dir, mark, side] of DIRECTIONS) {
      const found = result.events.filter((event) => event.type === "frame" && event.dir === dir);
      const facts = (found as readonly FrameEvent[]).map(factsOf);
      const frames = expected().streams[0].frames.filter((frame) => frame.dir === mark);
      const wanted = name.includes(side) || name.includes("tcpdump") ? frames.map(wantedFacts) : [];
      // The arrays are of the first 80 bytes: their last frame is cut.
      const length = isCut && wanted.length > 0 ? facts.length - 1 : wanted.length;
      expect(isCut ? facts.slice(0, length) : facts).toEqual(wanted.slice(0, length));
    }
    expect(typesOf(result).filter((type) => type === "frame").length).toBeGreaterThan(3);
    expect(notesOf(result)).toHaveLength(isCut ? 1 : 0);
  });
});

const DIRECTIONS = [
  ["out", "c2s", "client"],
  ["in", "s2c", "server"],
] as const;

interface ExpectedFrame {
  readonly dir: "c2s" | "s2c";
  readonly offset: number;
  readonly fin: boolean;
  readonly opcode: number;
  readonly masking_key?: string;
  readonly length: number;
  readonly payload?: { readonly sha256_16: string };
}

function wantedFacts({ offset, fin, opcode, masking_key: key, length, payload }: ExpectedFrame) {
  return { offset, fin, opcode, key, length, sha256: payload?.sha256_16 };
}

function factsOf({ frame: { header, payload } }: FrameEvent) {
  const { offset, fin, opcode, masked, maskKey, length } = header;
  const digest = createHash("sha256").update(payload).digest("hex").slice(0, 16);
  const sha256 = length === 0 ? undefined : digest;
  return { offset, fin, opcode, key: masked ? formatMaskKey(maskKey) : undefined, length, sha256 };
}

function spaced(bytes: Uint8Array): string {
  return toHex(bytes)
    .match(/.{1,4}/g)!
    .join(" ");
}
