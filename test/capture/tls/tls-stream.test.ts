import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { readTcpCapture } from "../../../src/capture/packets/tcp-capture.ts";
import { KeyLog } from "../../../src/capture/tls/key-log.ts";
import type { TlsDirection, TlsEvent } from "../../../src/capture/tls/conversation.ts";
import { TlsStream, waitingBudget } from "../../../src/capture/tls/tls-stream.ts";
import { FrameParser } from "../../../src/protocol/parser.ts";
import { concat, filler, hex, singly, splitAt, splitPoints } from "../../helpers/bytes.ts";
import { EARLY_DATA, Forge, record, serverHello, handshake, RETRY_RANDOM } from "./forge.ts";
import {
  dataOf,
  decryptAll,
  notesOf,
  type Segment,
  tlsTraffic,
  type Traffic,
  wireOf,
} from "./traffic.ts";

const CAPTURE = "../shared/captures/22-wss-tls13";

const MESSAGES = [
  { dir: "c2s", bytes: Buffer.from("hello") },
  { dir: "s2c", bytes: filler(70_000) },
  { dir: "c2s", bytes: filler(20_000) },
  { dir: "s2c", bytes: Buffer.from("bye") },
] as const;

function keyLog(...texts: readonly string[]): KeyLog {
  const keys = new KeyLog();
  for (const text of texts) keys.add(text);
  return keys;
}

function decrypt(segments: readonly Segment[], log: string): TlsEvent[] {
  return decryptAll(new TlsStream(keyLog(log)), segments);
}

/** Buffers are compared as wholes, because comparing them element by element is slow. */
function expectData(events: readonly TlsEvent[], expected: Readonly<Record<TlsDirection, Buffer>>) {
  for (const dir of ["c2s", "s2c"] as const) {
    const data = dataOf(events, dir);
    expect(data.length).toBe(expected[dir].length);
    expect(data.equals(expected[dir])).toBe(true);
  }
}

/** What was told, in short. */
function told(events: readonly TlsEvent[]): string[] {
  return events.map(inShort).filter((line) => line !== "");
}

function inShort(event: TlsEvent): string {
  switch (event.type) {
    case "facts":
      return "";
    case "data":
      return `${event.dir} ${Buffer.from(event.bytes).toString("latin1")}`;
    case "gap":
      return `${event.dir} gap ${event.exact ? "" : "<="}${event.length}`;
    case "end":
      return `${event.dir} end${event.clean ? "" : " cut"}`;
    case "note":
      return event.code;
    default:
      throw new Error("no such event");
  }
}

/** Without what is lost of a connection that nothing is decrypted of. */
function whole(lines: readonly string[]): string[] {
  return lines.filter((line) => !line.includes(" gap "));
}

const CUT = ["c2s end cut", "s2c end cut"];
const CLOSE_NOTIFY = hex("0100");

describe("traffic of node:tls", () => {
  it.each([
    ["TLSv1.3", "TLS_AES_128_GCM_SHA256", "TLS_AES_128_GCM_SHA256"],
    ["TLSv1.3", "TLS_AES_256_GCM_SHA384", "TLS_AES_256_GCM_SHA384"],
    ["TLSv1.3", "TLS_CHACHA20_POLY1305_SHA256", "TLS_CHACHA20_POLY1305_SHA256"],
    ["TLSv1.3", "TLS_AES_128_CCM_SHA256", "TLS_AES_128_CCM_SHA256"],
    ["TLSv1.3", "TLS_AES_128_CCM_8_SHA256", "TLS_AES_128_CCM_8_SHA256"],
    ["TLSv1.2", "ECDHE-ECDSA-AES128-GCM-SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"],
    ["TLSv1.2", "ECDHE-ECDSA-AES256-GCM-SHA384", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"],
    ["TLSv1.2", "ECDHE-ECDSA-CHACHA20-POLY1305", "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"],
    ["TLSv1.2", "ECDHE-ECDSA-AES128-CCM", "TLS_ECDHE_ECDSA_WITH_AES_128_CCM"],
    ["TLSv1.2", "ECDHE-ECDSA-AES256-CCM8", "TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8"],
    ["TLSv1.2", "PSK-AES256-GCM-SHA384", "TLS_PSK_WITH_AES_256_GCM_SHA384"],
    ["TLSv1.2", "ECDHE-PSK-CHACHA20-POLY1305", "TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256"],
  ] as const)("%s %s", async (version, ciphers, name) => {
    const usePsk = ciphers.includes("PSK");
    const traffic = await tlsTraffic({ version, ciphers, usePsk, messages: MESSAGES });
    const events = decrypt(traffic.segments, traffic.keyLog);
    expectData(events, traffic.sent);
    expect(events[0]).toEqual({
      type: "facts",
      version: version.replace("v", " "),
      cipherSuite: name,
      sni: "localhost",
      alpn: "http/1.1",
      client: "c2s",
    });
    expect(events.filter(({ type }) => type === "end")).toEqual([
      { type: "end", dir: "c2s", clean: true },
      { type: "end", dir: "s2c", clean: true },
    ]);
    expect(notesOf(events)).toEqual([]);
  });

  it.each(["TLSv1.2", "TLSv1.3"] as const)("%s resumed", async (version) => {
    const { session } = await tlsTraffic({ version, messages: MESSAGES });
    const traffic = await tlsTraffic({ version, messages: MESSAGES, session: session! });
    expect(traffic.resumed).toBe(true);
    expectData(decrypt(traffic.segments, traffic.keyLog), traffic.sent);
  });

  describe.each(["TLSv1.2", "TLSv1.3"] as const)("%s", (version) => {
    const messages = [
      { dir: "c2s", bytes: Buffer.from("GET / HTTP/1.1\r\n\r\n") },
      { dir: "s2c", bytes: filler(300) },
    ] as const;
    let traffic: Traffic;
    beforeAll(async () => {
      traffic = await tlsTraffic({ version, messages });
    });

    it("byte by byte", () => {
      const segments = traffic.segments.flatMap(({ dir, bytes }) =>
        singly(bytes).map((piece) => ({ dir, bytes: piece })),
      );
      expectData(decrypt(segments, traffic.keyLog), traffic.sent);
    });

    it("at any splits, whichever direction comes first", () => {
      fc.assert(
        fc.property(splitPoints, splitPoints, fc.boolean(), (c2s, s2c, serverFirst) => {
          const pieces = (dir: TlsDirection, points: readonly number[]) =>
            splitAt(wireOf(traffic.segments, dir), points).map((bytes) => ({ dir, bytes }));
          const both = [pieces("c2s", c2s), pieces("s2c", s2c)];
          const segments = (serverFirst ? both.toReversed() : both).flat();
          expectData(decrypt(segments, traffic.keyLog), traffic.sent);
        }),
        { numRuns: 40 },
      );
    });

    it("secrets in any order, one after the other, after all bytes", () => {
      const lines = traffic.keyLog.trim().split("\n");
      fc.assert(
        fc.property(fc.shuffledSubarray(lines, { minLength: lines.length }), (shuffled) => {
          const keys = new KeyLog();
          const stream = new TlsStream(keys);
          const pushed = traffic.segments.flatMap(({ dir, bytes }) => stream.push(dir, bytes, 0n));
          expect(dataOf(pushed, "s2c")).toHaveLength(0);
          expect(stream.waiting).toBe(true);
          const added = shuffled.flatMap((line) => {
            keys.add(line);
            return stream.secretsAdded();
          });
          expectData([...added, ...stream.close()], traffic.sent);
          expect(stream.waiting).toBe(false);
        }),
        { numRuns: 10 },
      );
    });

    it("the two directions under each other's name", () => {
      const swapped = traffic.segments.map(({ dir, bytes }) => ({
        dir: dir === "c2s" ? ("s2c" as const) : ("c2s" as const),
        bytes,
      }));
      const events = decrypt(swapped, traffic.keyLog);
      expectData(events, { c2s: traffic.sent.s2c, s2c: traffic.sent.c2s });
      expect(events[0]).toMatchObject({ type: "facts", client: "s2c" });
    });

    it("changed bytes are never told as data", () => {
      const place = fc.nat({ max: traffic.segments.length - 1 });
      fc.assert(
        fc.property(place, fc.nat(5000), fc.integer({ min: 1, max: 255 }), (index, at, flip) => {
          const segments = traffic.segments.map((segment, i) => {
            if (i !== index || segment.bytes.length === 0) return segment;
            const bytes = Uint8Array.from(segment.bytes);
            bytes[at % bytes.length]! ^= flip;
            return { ...segment, bytes };
          });
          for (const event of decrypt(segments, traffic.keyLog)) {
            if (event.type !== "data") continue;
            expect(traffic.sent[event.dir].includes(Buffer.from(event.bytes))).toBe(true);
          }
        }),
        { numRuns: 20 },
      );
    });
  });
});

const SUITES = [
  ["TLS 1.3 GCM", 0x1301, 0n],
  ["TLS 1.3 ChaCha20", 0x1303, 0n],
  ["TLS 1.3 CCM", 0x1304, 0n],
  ["TLS 1.2 GCM", 0xc02f, 0n],
  ["TLS 1.2 GCM, nonces from a random number on", 0xc02f, 0x1234_5678_9abc_def0n],
  ["TLS 1.2 ChaCha20", 0xcca8, 0n],
] as const;

describe.each(SUITES)("%s", (_, suite, explicit) => {
  const make = () => {
    const forge = new Forge(suite, explicit);
    const stream = new TlsStream(keyLog(forge.keyLog));
    for (const { dir, bytes } of forge.open()) stream.push(dir, bytes, 0n);
    const push = (segment: Segment) => stream.push(segment.dir, segment.bytes, 1n);
    return { forge, stream, push, say: (text: string) => push(forge.seal("s2c", text)) };
  };

  it("goes on behind records that are missing", () => {
    const { forge, stream, push, say } = make();
    const events = [...say("one")];
    const lost = concat(["two", "three"].map((text) => forge.seal("s2c", text).bytes));
    events.push(...stream.gap("s2c", lost.length), ...say("four"), ...say("five"));
    events.push(...push(forge.seal("s2c", CLOSE_NOTIFY, { type: 21 })));
    expect(told(events)).toEqual(["s2c one", "s2c gap <=8", "s2c four", "s2c five", "s2c end"]);
  });

  it("goes on behind a gap that ends within a record", () => {
    const { forge, stream, say } = make();
    const events = [...say("one")];
    const [lost, cut] = [forge.seal("s2c", "two"), forge.seal("s2c", filler(3000))];
    events.push(...stream.gap("s2c", lost.bytes.length + 100));
    events.push(...stream.push("s2c", cut.bytes.subarray(100), 1n), ...say("four"), ...say("five"));
    expect(told(events)).toEqual(["s2c one", "s2c gap <=3003", "s2c four", "s2c five"]);
  });

  it("loses one record alone where the gap lies within it", () => {
    const { forge, stream, say } = make();
    const events = [...say("one")];
    const cut = forge.seal("s2c", filler(3000)).bytes;
    events.push(...stream.push("s2c", cut.subarray(0, 1000), 1n));
    events.push(...stream.gap("s2c", 1400), ...stream.push("s2c", cut.subarray(2400), 1n));
    const limit = forge.is13 ? "<=" : "";
    expect(told([...events, ...say("three")])).toEqual([
      "s2c one",
      `s2c gap ${limit}3000`,
      "s2c three",
    ]);
  });

  it("goes on behind a damaged record, and tells where it is", () => {
    const { forge, push, say } = make();
    const events = [...say("one")];
    const damaged = forge.seal("s2c", "two");
    damaged.bytes[damaged.bytes.length - 1]! ^= 1;
    events.push(...push(damaged), ...say("three"));
    const limit = forge.is13 ? "<=3" : "3";
    expect(told(events)).toEqual(["s2c one", "bad-record", `s2c gap ${limit}`, "s2c three"]);
    expect(events[1]).toMatchObject({ dir: "s2c", offset: expect.any(Number) as number });
  });

  it("tells what is missing at the end", () => {
    const { forge, stream, say } = make();
    const events = [...say("one")];
    const { length } = forge.seal("s2c", "two").bytes;
    events.push(...stream.gap("s2c", length), ...stream.end("s2c"));
    expect(told(events)).toEqual(["s2c one", "s2c gap <=3", "s2c end cut"]);
  });

  it("gives up where nothing verifies", () => {
    const forge = new Forge(suite, explicit);
    const other = forge.keyLog.replace(/[0-9a-f](?=\s*$)/gm, (digit) =>
      digit === "0" ? "1" : "0",
    );
    const events = decrypt(
      [...forge.open(), forge.seal("c2s", "one"), forge.seal("s2c", "two")],
      other,
    );
    const notes = new Set(notesOf(events));
    expect(notes).toEqual(new Set(["bad-record"]));
    expect(events.some(({ type }) => type === "data")).toBe(false);
  });
});

describe("TLS 1.3", () => {
  it("takes new keys at a KeyUpdate, any number of times", () => {
    const forge = new Forge();
    const segments = forge.open();
    for (const text of ["one", "two", "three"]) {
      segments.push(forge.seal("c2s", text), forge.keyUpdate("c2s"));
    }
    segments.push(forge.seal("c2s", "four"), forge.seal("s2c", "old keys"));
    expect(told(decrypt(segments, forge.keyLog))).toEqual([
      "c2s one",
      "c2s two",
      "c2s three",
      "c2s four",
      "s2c old keys",
      ...CUT,
    ]);
  });

  it.each([0x1301, 0x1303])("finds the keys where the KeyUpdate is missing, %i", (suite) => {
    const forge = new Forge(suite);
    const stream = new TlsStream(keyLog(forge.keyLog));
    const push = ({ dir, bytes }: Segment) => stream.push(dir, bytes, 0n);
    const events = [...forge.open(), forge.seal("c2s", "one")].flatMap(push);
    const lost = [forge.keyUpdate("c2s"), forge.seal("c2s", "two")];
    events.push(...stream.gap("c2s", concat(lost.map(({ bytes }) => bytes)).length));
    events.push(...push(forge.seal("c2s", "three")), ...push(forge.seal("c2s", "four")));
    expect(told(events)).toEqual(["c2s one", "c2s gap <=30", "c2s three", "c2s four"]);
  });

  it.each([0x1301, 0x1303])("finds the keys where Finished is missing, %i", (suite) => {
    const forge = new Forge(suite);
    const segments = forge.open();
    const finished = segments.pop()!;
    const stream = new TlsStream(keyLog(forge.keyLog));
    const push = ({ dir, bytes }: Segment) => stream.push(dir, bytes, 0n);
    const events = segments.flatMap(push);
    events.push(...stream.gap("c2s", finished.bytes.length));
    events.push(...push(forge.seal("c2s", "one")));
    expect(told(events)).toEqual(["c2s one"]);
  });

  it("cuts the padding off, and takes records of padding and of nothing for nothing", () => {
    const forge = new Forge();
    const segments = [
      ...forge.open(),
      forge.seal("c2s", "one", { padding: 300 }),
      forge.seal("c2s", "", { padding: 40 }),
      forge.seal("c2s", "\0\0", { type: 0 }),
      forge.seal("c2s", ""),
      { dir: "c2s" as const, bytes: record(20, hex("01")) },
      forge.seal("c2s", "two\0\0", { padding: 1 }),
    ];
    expect(told(decrypt(segments, forge.keyLog))).toEqual(["c2s one", "c2s two\0\0", ...CUT]);
  });

  it("takes the hellos behind a HelloRetryRequest", () => {
    const forge = new Forge();
    const [client, ...rest] = forge.open();
    const retry = record(22, handshake(2, serverHello(RETRY_RANDOM, 0x1302)));
    const change = { dir: "s2c" as const, bytes: concat([retry, record(20, hex("01"))]) };
    const segments = [client!, change, forge.clientHello(), ...rest, forge.seal("c2s", "one")];
    expect(told(decrypt(segments, forge.keyLog))).toEqual(["c2s one", ...CUT]);
  });

  it.each([
    ["passes over 0-RTT data that is refused", [], []],
    ["tells 0-RTT data that is taken as a gap", [EARLY_DATA], ["c2s gap <=50"]],
  ])("%s", (_, accepted, gap) => {
    const forge = new Forge();
    const early = new Forge(0x1303).seal("c2s", filler(50 - 17)).bytes;
    const list = concat([hex("00 00"), ...accepted]);
    list[1] = list.length - 2;
    const segments = [
      forge.clientHello(EARLY_DATA),
      { dir: "c2s" as const, bytes: early },
      forge.serverHello(),
      forge.seal("s2c", handshake(8, list), { type: 22 }),
      forge.finished("s2c"),
      forge.finished("c2s"),
      forge.seal("c2s", "one"),
    ];
    expect(told(decrypt(segments, forge.keyLog))).toEqual([
      "early-data",
      ...gap,
      "c2s one",
      ...CUT,
    ]);
  });

  it("does without the secrets of the handshake", () => {
    const forge = new Forge();
    const segments = [...forge.open(), forge.seal("c2s", "one"), forge.seal("s2c", "two")];
    const log = forge.line("CLIENT_TRAFFIC_SECRET_0") + forge.line("SERVER_TRAFFIC_SECRET_0");
    expect(told(decrypt(segments, log))).toEqual(["c2s one", "s2c two", ...CUT]);
  });

  it("decrypts one direction where the log has but its secrets", () => {
    const forge = new Forge();
    const segments = [...forge.open(), forge.seal("c2s", "one"), forge.seal("s2c", "two")];
    expect(told(decrypt(segments, forge.line("CLIENT_TRAFFIC_SECRET_0")))).toEqual([
      "c2s one",
      "c2s end cut",
      "no-key",
      "s2c gap <=1010",
      "s2c end cut",
    ]);
  });

  it("goes on with one direction where the other one has waited too long for its secrets", () => {
    const forge = new Forge();
    const keys = keyLog(forge.line("SERVER_TRAFFIC_SECRET_0"));
    const stream = new TlsStream(keys, waitingBudget({ maxOfStream: 1000 }));
    const push = ({ dir, bytes }: Segment) => told(stream.push(dir, bytes, 0n));
    forge.open().forEach(push);
    expect(push(forge.seal("c2s", filler(1000)))).toEqual(["no-key", "c2s gap <=1075"]);
    expect(push(forge.seal("s2c", "two"))).toEqual(["s2c two"]);
    expect(push(forge.seal("c2s", filler(1000)))).toEqual([]);
    expect(stream.waiting).toBe(false);
    expect(told(stream.close())).toEqual(["c2s gap <=1017", ...CUT]);
  });

  it("knows its secrets by the first record that verifies", () => {
    const forge = new Forge();
    const stream = new TlsStream(keyLog(forge.keyLog));
    const [client, server, ...rest] = forge.open();
    const push = ({ dir, bytes }: Segment) => stream.push(dir, bytes, 0n);
    [client!, server!].forEach(push);
    expect(stream.verified).toBe(false);
    rest.forEach(push);
    expect(stream.verified).toBe(true);
  });

  it("joins handshake messages that lie across records", () => {
    const forge = new Forge();
    const message = handshake(4, new Uint8Array(100));
    const [start, end] = [message.subarray(0, 2), message.subarray(2)];
    const segments = [
      ...forge.open(),
      forge.seal("s2c", start, { type: 22 }),
      forge.seal("s2c", end, { type: 22 }),
      forge.keyUpdate("s2c"),
      forge.seal("s2c", "one"),
    ];
    expect(told(decrypt(segments, forge.keyLog))).toEqual(["s2c one", ...CUT]);
  });
});

describe("TLS 1.2", () => {
  it("follows renegotiations", () => {
    const forge = new Forge(0xc02f);
    const segments = [...forge.open(), forge.seal("c2s", "one"), ...forge.renegotiate()];
    segments.push(forge.seal("c2s", "two"), forge.seal("s2c", "three"), ...forge.renegotiate());
    segments.push(forge.seal("s2c", "four"), forge.seal("c2s", "five"));
    const data = ["c2s one", "c2s two", "s2c three", "s2c four", "c2s five"];
    expect(told(decrypt(segments, forge.keyLog))).toEqual([...data, ...CUT]);
  });

  it("says where a renegotiation has no keys", () => {
    const forge = new Forge(0xc02f);
    const segments = [
      ...forge.open(),
      forge.seal("c2s", "one"),
      forge.seal("c2s", handshake(1, new Uint8Array(50)), { type: 22 }),
      forge.seal("c2s", hex("01"), { type: 20 }),
      forge.seal("c2s", "two"),
      forge.seal("s2c", "three"),
    ];
    expect(told(decrypt(segments, forge.keyLog))).toEqual([
      "c2s one",
      "s2c three",
      "s2c end cut",
      "renegotiation",
      "c2s gap <=3",
      "c2s end cut",
    ]);
  });

  it("finds the numbers where ChangeCipherSpec and Finished are missing", () => {
    const forge = new Forge(0xc02f);
    const [client, server, ...rest] = forge.open();
    const stream = new TlsStream(keyLog(forge.keyLog));
    const push = ({ dir, bytes }: Segment) => stream.push(dir, bytes, 0n);
    const events = [client!, server!].flatMap(push);
    events.push(...stream.gap("s2c", wireOf(rest, "s2c").length));
    events.push(...push(forge.seal("s2c", "one")), ...push(forge.seal("s2c", "two")));
    expect(told(events)).toEqual(["s2c one", "s2c two"]);
  });
});

describe("what cannot be decrypted", () => {
  const open = (suite?: number) => {
    const forge = new Forge(suite);
    return { forge, segments: [...forge.open(), forge.seal("c2s", "one")] };
  };

  it("without a key, the client random is told", () => {
    const { forge, segments } = open();
    const events = decrypt(segments, new Forge().keyLog.replaceAll(/ [0-9a-f]{8}/g, " 00000000"));
    expect(whole(told(events))).toEqual(["no-key", ...CUT]);
    const random = Buffer.from(forge.clientRandom).toString("hex");
    expect(events[1]).toMatchObject({
      text: `without a key: the key log has no secret for client random ${random}`,
    });
    expect(decrypt(segments, "# nothing")[1]).toMatchObject({
      code: "no-key",
      text: "without a key: the key log holds no secret of TLS",
    });
    expect(decryptAll(new TlsStream(new KeyLog()), segments)[1]).toMatchObject({
      code: "no-key-log",
      text: "without a key: there is no key log",
    });
  });

  it("without the hellos", () => {
    const { forge, segments } = open();
    for (const absent of ["c2s", "s2c"]) {
      const [client, server, ...rest] = segments;
      const left = absent === "c2s" ? [server!, ...rest] : [client!, ...rest];
      expect(whole(told(decrypt(left, forge.keyLog)))).toEqual(["no-handshake", ...CUT]);
    }
  });

  it.each([
    [0xc013, "unsupported-suite", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"],
    [0xc07c, "unsupported-suite", "0xc07c"],
  ])("cipher suite %i", (suite, code, name) => {
    const hello = record(22, handshake(2, serverHello(filler(32), suite)));
    const segments = [new Forge().clientHello(), { dir: "s2c" as const, bytes: hello }];
    const events = decrypt(segments, new Forge().keyLog);
    expect(told(events)).toEqual([code, ...CUT]);
    expect(events[0]).toMatchObject({ type: "facts", cipherSuite: name });
    expect(events[1]).toMatchObject({ text: expect.stringContaining(name) as string });
  });

  it("TLS 1.1", () => {
    const body = serverHello(filler(32), 0x002f);
    body[1] = 2;
    const bytes = record(22, handshake(2, body), 0x0302);
    const events = decrypt([new Forge().clientHello(), { dir: "s2c", bytes }], "");
    expect(events[1]).toMatchObject({
      code: "unsupported-version",
      text: "TLS 1.1 cannot be decrypted",
    });
  });

  it("a fatal alert is told by its name", () => {
    const alert = { dir: "s2c" as const, bytes: record(21, hex("0228")) };
    const events = decrypt([new Forge().clientHello(), alert], "");
    expect(events[0]).toMatchObject({
      code: "alert",
      text: "the server sends the alert handshake_failure (40)",
    });
  });

  it("bytes that are no TLS", () => {
    const events = decrypt([{ dir: "c2s", bytes: filler(1000) }], "");
    expect(told(events)).toEqual(["no-record", ...CUT]);
  });
});

describe("memory", () => {
  it("what waits for secrets is limited, for one and for all connections", () => {
    const budget = waitingBudget({ maxOfStream: 10_000, maxOfAll: 20_000 });
    const start = () => {
      const forge = new Forge();
      const stream = new TlsStream(new KeyLog(), budget);
      const push = ({ dir, bytes }: Segment) => stream.push(dir, bytes, 0n);
      forge.open().forEach(push);
      return { stream, send: () => whole(told(push(forge.seal("s2c", filler(6000))))) };
    };
    const [first, second] = [start(), start()];
    expect([first.send(), second.send()]).toEqual([[], []]);
    expect(budget.held).toBeGreaterThan(12_000);
    expect(first.send()).toEqual(["no-key-log"]);
    expect(first.send()).toEqual([]);
    expect(first.stream.waiting).toBe(false);
    expect(budget.held).toBeLessThan(9000);
    const third = start();
    expect(third.send()).toEqual([]);
    expect(start().send()).toEqual(["no-key-log"]);
    expect(whole(told(second.stream.close()))).toEqual(["no-key-log", ...CUT]);
    third.stream.close();
    expect(budget.held).toBe(0);
  });
});

describe("any bytes", () => {
  const forge = new Forge(0x1301);
  const opening = forge.open();
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.constantFrom(
      ...opening.map(({ bytes }) => bytes),
      forge.seal("s2c", "one").bytes,
      hex("17 03 03 00 00"),
      hex("17 03 03 00 20"),
      hex("16 03 03 ff ff"),
    ),
  );
  const step = fc.record({
    dir: fc.constantFrom("c2s" as const, "s2c" as const),
    bytes: piece,
    gap: fc.nat(2),
  });

  it("are survived", () => {
    fc.assert(
      fc.property(fc.boolean(), fc.array(step, { maxLength: 12 }), (isOpen, steps) => {
        const budget = waitingBudget({ maxOfStream: 4096 });
        const stream = new TlsStream(keyLog(forge.keyLog), budget);
        if (isOpen) for (const { dir, bytes } of opening) stream.push(dir, bytes, 0n);
        for (const { dir, bytes, gap } of steps) {
          stream.push(dir, bytes, 0n);
          stream.gap(dir, gap * 50);
          expect(budget.held).toBeLessThan(4096 + 20_000);
        }
        const ends = stream.close().filter(({ type }) => type === "end");
        expect(ends.length).toBeLessThanOrEqual(2);
        expect(budget.held).toBe(0);
      }),
      { numRuns: 150 },
    );
  });
});

interface Expected {
  readonly streams: readonly {
    readonly request: { readonly line: string };
    readonly response: { readonly line: string };
    readonly frames: readonly {
      readonly dir: TlsDirection;
      readonly opcode: number;
      readonly length: number;
      readonly payload: { readonly len: number; readonly sha256_16: string };
    }[];
  }[];
}

describe("a capture", () => {
  const absent = !existsSync(`${CAPTURE}.pcap`);
  const note = absent ? ` (skipped: no ${CAPTURE}.pcap)` : "";

  it.skipIf(absent)(`of a WebSocket in TLS 1.3${note}`, async () => {
    const stream = new TlsStream(keyLog(readFileSync(`${CAPTURE}.keys`, "latin1")));
    const events: TlsEvent[] = [];
    const dirOf = ({ dir }: { dir: 0 | 1 }) => (dir === 0 ? "c2s" : "s2c");
    async function* chunks() {
      yield readFileSync(`${CAPTURE}.pcap`);
    }
    await readTcpCapture(chunks(), {
      open: () => ({
        data: (flow, bytes, start, end) =>
          void events.push(...stream.push(dirOf(flow), bytes.subarray(start, end), flow.tsNs)),
        gap: (flow, length) => void events.push(...stream.gap(dirOf(flow), length)),
        fin: (flow) => void events.push(...stream.end(dirOf(flow))),
        reset: () => {},
        end: () => void events.push(...stream.close()),
      }),
      secrets: () => {},
      note: () => {},
    });
    expect(notesOf(events)).toEqual([]);
    const { streams } = JSON.parse(readFileSync(`${CAPTURE}.expect.json`, "utf8")) as Expected;
    const [{ request, response, frames }] = streams as [Expected["streams"][number]];
    for (const [dir, line] of [
      ["c2s", request.line],
      ["s2c", response.line],
    ] as const) {
      const data = dataOf(events, dir);
      const bodyAt = data.indexOf("\r\n\r\n") + 4;
      expect(data.subarray(0, line.length).toString()).toBe(line);
      const decoded = new FrameParser().push(data.subarray(bodyAt));
      expect(decoded.map(({ header, payload }) => describeFrame(header, payload))).toEqual(
        frames
          .filter((frame) => frame.dir === dir)
          .map(({ opcode, length, payload }) => [opcode, length, payload.sha256_16]),
      );
    }
  });
});

function describeFrame(header: { opcode: number; length: number }, payload: Uint8Array) {
  const digest = createHash("sha256").update(payload).digest("hex");
  return [header.opcode, header.length, digest.slice(0, 16)];
}
