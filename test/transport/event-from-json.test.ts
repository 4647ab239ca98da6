import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { violation } from "../../src/protocol/rules.ts";
import {
  eventFromJson,
  parseAgreedDeflate,
  parseIsoMicroseconds,
} from "../../src/transport/event-from-json.ts";
import { eventToJson, isoMicroseconds } from "../../src/transport/event-json.ts";
import type { Event } from "../../src/transport/events.ts";
import { hex, utf8 } from "../helpers/bytes.ts";
import { frameEvents, type FrameSketch } from "../helpers/frame-events.ts";
import { http2Handshake } from "../helpers/http2-handshake.ts";

const COMMON = { conn: "7", at: { epochUs: 1_700_000_000_123_456, ns: 12_345_678_901_234_567n } };

/** What stands in the file. */
function written(event: Event): unknown {
  return JSON.parse(JSON.stringify(eventToJson(event, { showSecrets: true })));
}

function read(fields: object): Event | undefined {
  return eventFromJson({ v: "framecat.event/1", conn: "1", ...fields }, "x, line 3");
}

function expectKept(event: Event): void {
  const json = written(event);
  const back = eventFromJson(json, "x");
  expect(back && written(back)).toEqual(json);
}

const direction = fc.constantFrom("in" as const, "out" as const);
const bytes = fc.uint8Array({ maxLength: 200 });
const ms = fc.double({ min: 0, max: 1e6, noNaN: true }).map(Math.abs);
const optional = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined });
/** Fields that are undefined are left out, as those who make events do. */
function arbitrary<T>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<Event> {
  return fc.record<T>(fields).map((made) => {
    const present = Object.entries(made as object).filter(([, value]) => value !== undefined);
    return { ...COMMON, ...Object.fromEntries(present) } as Event;
  });
}
const type = <T extends Event["type"]>(name: T) => fc.constant(name);
const header = fc.tuple(fc.string(), fc.string());
const head = fc.record({ startLine: fc.string(), headers: fc.array(header) });
const bits = fc.integer({ min: 8, max: 15 });

const handshakes = arbitrary({
  type: type("handshake"),
  role: fc.constantFrom("client", "server"),
  url: fc.webUrl(),
  remote: fc.string(),
  request: fc.oneof(head, fc.constant(http2Handshake().request)),
  response: fc.oneof(
    head,
    fc.constant({ startLine: "HTTP/1.1 101 Ok", headers: [] }),
    fc.constant(http2Handshake().response),
  ),
  body: optional(bytes),
  timings: fc.record({ dns: ms, tcp: ms, tls: ms, upgrade: ms }, { requiredKeys: [] }),
  tls: optional(
    fc.record(
      {
        version: fc.string(),
        cipher: fc.string(),
        authorized: fc.boolean(),
        peer: fc.constant({
          subject: "s",
          issuer: "i",
          validFrom: "f",
          validTo: "t",
          fingerprint256: "p",
        }),
      },
      { requiredKeys: ["version", "cipher"] },
    ),
  ),
  subprotocol: optional(fc.string()),
  deflate: optional(
    fc.record({
      serverNoContextTakeover: fc.boolean(),
      clientNoContextTakeover: fc.boolean(),
      serverMaxWindowBits: bits,
      clientMaxWindowBits: bits,
      tellServerMaxWindowBits: fc.boolean(),
    }),
  ),
  violations: fc.subarray([violation("response-accept", "none"), violation("text-utf8")]),
});

const others = fc.oneof(
  arbitrary({
    type: type("message"),
    dir: direction,
    kind: fc.constantFrom("text", "binary"),
    data: bytes,
    omitted: optional(fc.integer({ min: 1, max: 1e9 })),
    wireLength: optional(fc.nat()),
    fragments: optional(fc.nat()),
    heartbeat: fc.constantFrom(true, undefined),
    rttMs: optional(ms),
  }),
  arbitrary({ type: type("ping"), dir: direction, data: bytes }),
  arbitrary({ type: type("pong"), dir: direction, data: bytes, rttMs: optional(ms) }),
  arbitrary({
    type: type("close"),
    code: fc.integer({ min: 1000, max: 4999 }),
    reason: fc.string(),
    initiator: fc.constantFrom("local", "peer"),
    clean: fc.boolean(),
    durationMs: optional(ms),
  }),
  arbitrary({
    type: type("state"),
    state: fc.constantFrom("CONNECTING", "OPEN", "CLOSING", "CLOSED"),
  }),
  arbitrary({
    type: type("reconnect"),
    attempt: fc.nat(),
    tries: optional(fc.nat()),
    delayMs: ms,
    reason: optional(fc.string()),
  }),
  arbitrary({
    type: type("reconnected"),
    lost: fc.string(),
    attempt: fc.nat(),
    offlineMs: ms,
    queued: fc.nat(),
  }),
  arbitrary({
    type: type("finding"),
    violation: fc.constantFrom(violation("mask-key-repeated"), violation("close-twice", "x")),
    part: fc.constantFrom("frame", "request"),
    dir: optional(fc.constantFrom("in", "out")),
    frame: optional(fc.nat()),
    offset: optional(fc.nat()),
  }),
  arbitrary({
    type: type("error"),
    code: fc.constantFrom("protocol", "tls"),
    message: fc.string(),
  }),
  arbitrary({ type: type("note"), message: fc.string() }),
);

const sketches: fc.Arbitrary<FrameSketch> = fc.record({
  opcode: fc.integer({ min: 0, max: 15 }),
  fin: fc.boolean(),
  rsv1: fc.boolean(),
  rsv3: fc.boolean(),
  maskKey: optional(fc.integer({ min: 0, max: 0xffff_ffff })),
  payload: bytes.map((data) => data.subarray(0, 125)),
  lengthForm: fc.constantFrom(7 as const, 16 as const, 64 as const),
});

describe("eventFromJson", () => {
  it("keeps all that was written", () => {
    fc.assert(fc.property(fc.oneof(handshakes, others), expectKept));
  });

  it("keeps frames, their very bytes too", () => {
    fc.assert(
      fc.property(sketches, (sketch) => {
        const [event] = frameEvents([sketch], { keepPayload: 100 });
        expectKept(event!);
        expect(eventFromJson(written(event!), "x")).toMatchObject({
          frame: {
            header: event!.frame.header,
            headerBytes: event!.frame.headerBytes,
            payloadCut: event!.frame.payloadCut,
          },
        });
      }),
    );
  });

  it("does with what cannot be missing", () => {
    const at = { epochUs: 0, ns: 0n };
    expect(read({ type: "message", dir: "out", kind: "text", text: "hällo" })).toEqual({
      type: "message",
      conn: "1",
      at,
      dir: "out",
      kind: "text",
      data: Buffer.from("hällo"),
    });
    expect(read({ type: "handshake", extensions: 7, request: { headers: [7] } })).toEqual({
      type: "handshake",
      conn: "1",
      at,
      role: "client",
      url: "",
      remote: "",
      request: { startLine: "", headers: [["", ""]] },
      response: { startLine: "", headers: [] },
      timings: {},
      violations: [],
    });
    expect(read({ type: "close" })).toMatchObject({ code: 0, initiator: "peer", clean: false });
  });

  it("takes the wall clock where no monotonic time is told", () => {
    const t = "2023-11-14T22:13:20.123456Z";
    const at = { epochUs: COMMON.at.epochUs, ns: BigInt(COMMON.at.epochUs) * 1000n };
    expect(read({ type: "note", t })).toMatchObject({ at });
    expect(read({ type: "note", t, ns: "-1" })).toMatchObject({ at });
    expect(read({ type: "note", t, ns: "17" })).toMatchObject({ at: { ...at, ns: 17n } });
  });

  it("corrects a header that no frame could have", () => {
    const frame = { type: "frame", dir: "in", opcode: 2, length: 300, base64: "" };
    for (const headerLength of [0, 2, 7, 1e9]) {
      expect(read({ ...frame, headerLength })).toMatchObject({
        frame: { header: { lengthForm: 16, headerLength: 4 }, headerBytes: hex("027e012c") },
      });
    }
    expect(read({ ...frame, headerLength: 10, length: 2 ** 63 })).toMatchObject({
      frame: { headerBytes: hex("027f8000000000000000"), payloadCut: true },
    });
  });

  it("knows that a message or a frame is not whole", () => {
    expect(read({ type: "message", dir: "in", kind: "text", text: "ab", length: 5 })).toMatchObject(
      {
        omitted: 3,
      },
    );
    expect(
      read({ type: "frame", dir: "in", opcode: 1, text: "ab", length: 5, headerLength: 2 }),
    ).toMatchObject({ frame: { payloadCut: true, payload: Buffer.from("ab") } });
  });

  it.each(["news", "toString", "__proto__"])("passes over the type %s", (name) => {
    expect(read({ type: name })).toBeUndefined();
  });

  const MESSAGE = { type: "message", dir: "out", kind: "text", text: "x" };
  const FRAME = { type: "frame", dir: "in", opcode: 1, length: 1, text: "x" };

  it.each<[unknown, string]>([
    [null, "not an event of framecat.event/1"],
    [[], "not an event of framecat.event/1"],
    [7, "not an event of framecat.event/1"],
    [{ v: "framecat.event/2", conn: "1", type: "note" }, "not an event of framecat.event/1"],
    [{ v: "framecat.event/1", type: "note" }, "not an event of framecat.event/1"],
    [{ v: "framecat.event/1", conn: "1" }, "not an event of framecat.event/1"],
    [{ ...MESSAGE, dir: "up" }, "neither in nor out"],
    [{ ...MESSAGE, kind: "blob" }, "the kind is not known"],
    [{ ...MESSAGE, text: 1 }, "neither text nor base64"],
    [{ ...MESSAGE, length: 0 }, "the payload is longer than its length"],
    [{ ...FRAME, opcode: 16 }, "a frame of no opcode"],
    [{ ...FRAME, opcode: undefined }, "a frame of no opcode"],
    [{ ...FRAME, length: -1 }, "a frame of no length"],
    [{ ...FRAME, length: 1.5 }, "a frame of no length"],
    [{ ...FRAME, length: 2 ** 64 }, "a frame of no length"],
    [{ ...FRAME, length: 0 }, "the payload is longer than its length"],
    [{ ...FRAME, text: undefined }, "neither text nor base64"],
    [{ type: "ping", dir: "in" }, "neither text nor base64"],
    [{ type: "state", state: "AJAR" }, "the state is not known"],
    [{ type: "error", code: "toString" }, "the code is not known"],
    [{ type: "handshake", body: {} }, "neither text nor base64"],
  ])("refuses %j", (value, message) => {
    const isBody =
      typeof value === "object" && value !== null && "type" in value && !("v" in value);
    const given = isBody ? { v: "framecat.event/1", conn: "1", ...value } : value;
    expect(() => eventFromJson(given, "x, line 3")).toThrow(
      expect.objectContaining({ code: "usage", message: `x, line 3: ${message}` }),
    );
  });

  it("gives an event or one error, whatever stands in the file", () => {
    const names = ["handshake", "frame", "message", "ping", "close", "state", "error", "note"];
    const keys = ["dir", "kind", "opcode", "length", "text", "base64", "t", "ns", "tls", "timings"];
    const fields = fc.dictionary(fc.constantFrom(...keys, "violations", "request"), fc.jsonValue());
    fc.assert(
      fc.property(fc.constantFrom(...names), direction, fields, (name, dir, rest) => {
        try {
          expect(read({ dir, text: utf8("x"), ...rest, type: name })).toMatchObject({ type: name });
        } catch (thrown) {
          expect(thrown).toMatchObject({ code: "usage" });
        }
      }),
    );
  });
});

it.each([
  ["", undefined],
  ["permessage-foo", undefined],
  ["permessage-deflate; what", undefined],
  ["permessage-deflate; ;;=", undefined],
  ["x, permessage-deflate; client_max_window_bits=9", { clientMaxWindowBits: 9 }],
  ["permessage-deflate; server_max_window_bits=15", { tellServerMaxWindowBits: true }],
])("%j agrees on %o", (extensions, agreed) => {
  const deflate = parseAgreedDeflate(extensions);
  if (agreed) expect(deflate).toMatchObject(agreed);
  else expect(deflate).toBeUndefined();
});

it.each([
  ["2023-11-14T22:13:20.000010Z", 1_700_000_000_000_010],
  ["2023-11-14T22:13:20.5Z", 1_700_000_000_500_000],
  ["2023-11-14T22:13:20Z", 1_700_000_000_000_000],
  ["2023-11-14T23:13:20.1234+01:00", 1_700_000_000_123_400],
  ["", undefined],
  ["yesterday", undefined],
])("%s is %s µs", (iso, epochUs) => expect(parseIsoMicroseconds(iso)).toBe(epochUs));

it("reads the times that are written", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4e15 }), (epochUs) => {
      expect(parseIsoMicroseconds(isoMicroseconds(epochUs))).toBe(epochUs);
    }),
  );
});
