import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gzipSync } from "node:zlib";
import { CaptureDecoder } from "../../src/capture/read-capture.ts";
import type { FrameEvent } from "../../src/transport/events.ts";
import { concat, toHex } from "../helpers/bytes.ts";
import { pcap } from "../helpers/packets.ts";
import {
  captureOf,
  fromClient,
  fromServer,
  hear,
  inShort,
  request,
  response,
  Talk,
} from "../helpers/talk.ts";
import { data as dataFrame, Http2Talk, type Wire } from "./http2/wire.ts";
import { tlsTraffic } from "./tls/traffic.ts";

const CLOSE = { opcode: 8, payload: Uint8Array.from([3, 232]) };

describe("a capture", () => {
  it("becomes the events of its connections, named in order of appearance", async () => {
    const a = new Talk({ port: 1 }).open("/a").client(fromClient("hi")).server(fromServer("ho"));
    const b = new Talk({ port: 2, serverPort: 81, ms: 1000 }).open("/b").server(fromServer("two"));
    a.client(fromClient("", CLOSE)).server(fromServer("", CLOSE)).close("server");
    const { events, report } = await hear([...a.packets, ...b.packets]);
    expect(inShort(events)).toEqual([
      "1 handshake ws://example.test/a 101",
      "1 → text@0 hi",
      "1 ← text@0 ho",
      "1 → 0x8@8 \u0003\u00e8",
      "1 ← 0x8@4 \u0003\u00e8",
      "1 close 1000 local clean",
      "2 handshake ws://example.test/b 101",
      "2 ← text@0 two",
      "2 note the end of this connection is not in the capture",
    ]);
    expect(report.connections).toMatchObject({ connections: 2, webSocket: 2 });
  });

  it("has the times of the packets that completed things, and round trips", async () => {
    const talk = new Talk().open().server(fromServer("x", { opcode: 9 }));
    talk
      .wait(10)
      .client(fromClient("x", { opcode: 10 }).slice(0, 3))
      .wait(5);
    talk.client(fromClient("x", { opcode: 10 }).slice(3));
    const { events } = await hear(talk);
    const [handshake, ping, pong] = events;
    expect(handshake).toMatchObject({ timings: { upgrade: 1 }, remote: "10.0.0.2:9000" });
    expect(ping!.at).toEqual({ epochUs: 1_700_000_000_005_000, ns: 1_700_000_000_005_000_000n });
    expect(pong).toMatchObject({ rttMs: 17, dir: "out" });
  });

  it("that is gzip'ed is the same", async () => {
    const talk = new Talk().open().client(fromClient("hi"));
    const plain = await hear(talk);
    expect(await hear(gzipSync(captureOf(talk)))).toEqual(plain);
  });

  it("that is damaged tells what lies before, and throws", async () => {
    const file = captureOf(new Talk().open().client(fromClient("hi")));
    const decoder = new CaptureDecoder({ name: "x.pcap" });
    expect(() => decoder.push(concat([file, new Uint8Array(16).fill(255)]))).toThrow(
      `x.pcap is damaged at byte ${file.length}`,
    );
    decoder.close();
    expect(inShort(decoder.take())).toContain("1 → text@0 hi");
  });

  it("says where it was cut", async () => {
    const file = captureOf(new Talk().open().client(fromClient("hi")));
    const { report } = await hear(file.subarray(0, -3));
    expect(report.notes).toMatchObject([{ type: "truncated" }]);
  });

  it("tells a watcher everything in its order", async () => {
    const talk = new Talk().open().client(fromClient("hi")).lost("server", 50).close("server");
    const told: string[] = [];
    await hear(talk, {
      watcher: {
        event: ({ type }) => void told.push(type),
        bytesBeforeResponse: (_, count) => void told.push(`early ${count}`),
        gap: (_, dir) => void told.push(`gap ${dir}`),
        directionEnd: (_, dir, how) => void told.push(`${dir} ${how}`),
        connectionEnd: (conn) => void told.push(`end ${conn}`),
      },
    });
    expect(told).toEqual([
      "handshake",
      "frame",
      "out fin",
      "gap in",
      "note",
      "in fin",
      "close",
      "end 1",
    ]);
  });
});

interface Said {
  readonly from: "client" | "server";
  readonly bytes: Uint8Array;
  readonly payload: string;
}

const anyTalk = fc.array(
  fc.record({
    from: fc.constantFrom("client" as const, "server" as const),
    opcode: fc.constantFrom(1, 2, 9, 10),
    length: fc.oneof(fc.nat(20), fc.nat(125), fc.integer({ min: 126, max: 3000 })),
    seed: fc.nat(255),
    cut: fc.integer({ min: 1, max: 1500 }),
  }),
  { minLength: 1, maxLength: 12 },
);

/** The frames of both sides, in packets that begin and end anywhere. */
function talkOf(specs: typeof anyTalk extends fc.Arbitrary<infer T> ? T : never) {
  const talk = new Talk().open();
  const said: Said[] = specs.map(({ from, opcode, length, seed }, i) => {
    const size = opcode > 2 ? Math.min(length, 125) : length;
    const payload = Uint8Array.from({ length: size }, (_, at) =>
      opcode === 1 ? 97 + ((at * 7 + seed) % 26) : (at * 31 + seed * at * at) & 255,
    );
    const maskKey = (0x1234567 * (i + 1) * (seed + 1)) >>> 0;
    const bytes =
      from === "client"
        ? fromClient(payload, { opcode, maskKey })
        : fromServer(payload, { opcode });
    return { from, bytes, payload: toHex(payload) };
  });
  said.forEach(({ from, bytes }, i) => {
    const { cut } = specs[i]!;
    for (let at = 0; at < bytes.length; at += cut) talk[from](bytes.slice(at, at + cut));
  });
  talk.close("server");
  return { talk, said };
}

/** What was sent at each place of a direction. */
function sentAt(said: readonly Said[], from: string): ReadonlyMap<number, string> {
  let offset = 0;
  return new Map(
    said
      .filter((one) => one.from === from)
      .map(({ bytes, payload }) => {
        offset += bytes.length;
        return [offset - bytes.length, payload];
      }),
  );
}

/** Nothing but what was sent, or the beginning of it where it is cut, at its place. */
function expectSent(frames: readonly FrameEvent[], said: readonly Said[], placed = true): void {
  for (const { dir, frame, message, violations } of frames) {
    const sent = sentAt(said, dir === "out" ? "client" : "server");
    const found = toHex(frame.payload);
    const candidates = placed ? [sent.get(frame.header.offset)] : [...sent.values()];
    const matches = candidates.filter((payload) =>
      frame.payloadCut ? payload?.startsWith(found) : payload === found,
    );
    expect(matches.length).toBeGreaterThan(0);
    if (message) expect(message.cut || toHex(message.data) === found).toBe(true);
    expect(violations.filter(({ rule }) => rule !== "frame-truncated")).toEqual([]);
  }
}

const framesOf = (events: Awaited<ReturnType<typeof hear>>["events"]) =>
  events.filter((event) => event.type === "frame");

describe("nothing is invented, and nothing breaks", () => {
  it("whole captures give all that was sent", async () => {
    await fc.assert(
      fc.asyncProperty(anyTalk, async (specs) => {
        const { talk, said } = talkOf(specs);
        const frames = framesOf((await hear(talk)).events);
        expect(frames).toHaveLength(said.length);
        expectSent(frames, said);
      }),
      { numRuns: 40 },
    );
  });

  it("packets that are lost, repeated or swapped", async () => {
    const damage = fc.array(fc.tuple(fc.constantFrom("drop", "repeat", "swap"), fc.nat(60)), {
      maxLength: 5,
    });
    await fc.assert(
      fc.asyncProperty(anyTalk, damage, async (specs, damages) => {
        const { talk, said } = talkOf(specs);
        const packets = [...talk.packets];
        for (const [kind, place] of damages) {
          // The handshake stays whole: what is behind it has a certain place then.
          const at = 4 + (place % Math.max(1, packets.length - 4));
          const [packet] = packets.slice(at, at + 1);
          if (!packet) continue;
          if (kind === "drop") packets.splice(at, 1);
          else if (kind === "repeat") packets.splice(at, 0, packet);
          else packets.splice(at, 2, ...packets.slice(at, at + 2).toReversed());
        }
        expectSent(framesOf((await hear(packets)).events), said);
      }),
      { numRuns: 100 },
    );
  });

  it("files that are cut, small snap lengths, one direction only, a late beginning", async () => {
    const options = fc.record({
      snap: fc.constantFrom(96, 150, 400, 65_536),
      side: fc.constantFrom("client", "server", "both"),
      from: fc.nat(12),
      cut: fc.nat(100),
    });
    await fc.assert(
      fc.asyncProperty(anyTalk, options, async (specs, { snap, side, from, cut }) => {
        const { talk, said } = talkOf(specs);
        const packets = talk.packets
          .slice(from)
          .filter((packet) => side === "both" || packet.from === side)
          .map(({ data, ns }) => ({
            data: data.slice(0, snap),
            originalLength: data.length,
            ns: ns!,
          }));
        const file = pcap(packets);
        const { events } = await hear(file.subarray(0, Math.max(24, file.length - cut)), {
          assumeWebSocket: [9000],
        });
        expectSent(framesOf(events), said, false);
      }),
      { numRuns: 150 },
    );
  });

  it("octets that are changed anywhere", async () => {
    const changes = fc.array(fc.tuple(fc.nat(1e6), fc.nat(255)), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(anyTalk, changes, async (specs, all) => {
        const file = captureOf(talkOf(specs).talk);
        for (const [at, octet] of all) file[at % file.length] = octet;
        const decoder = new CaptureDecoder({ assumeWebSocket: [9000] });
        try {
          decoder.push(file);
          decoder.end();
        } catch (thrown) {
          expect(String(thrown)).toMatch(/the capture is (damaged|neither)/);
          decoder.close();
        }
        expect(decoder.take()).toBeInstanceOf(Array);
      }),
      { numRuns: 100 },
    );
  });
});

it("one direction alone is decoded as far as it goes", async () => {
  const talk = new Talk().open("/x").client(fromClient("hello")).server(fromServer("world"));
  const only = (side: string) => talk.packets.filter(({ from }) => from === side);
  expect(inShort((await hear(only("client"))).events)).toEqual([
    "1 note GET /x HTTP/1.1: the response to it is not in the capture",
    "1 → text@0 hello",
    "1 note from the server: 129 B are missing in the capture; no certain frame border came after it",
    "1 note the end of this connection is not in the capture",
  ]);
  expect(inShort((await hear(only("server"))).events).slice(0, 2)).toEqual([
    "1 note HTTP/1.1 101 Switching Protocols: the request that it answers is not in the capture",
    "1 ← text@0 world",
  ]);
  expect([request(), response()].every((head) => head.endsWith("\r\n\r\n"))).toBe(true);
});

describe("WebSocket over HTTP/2", () => {
  /** Two streams, of which one says hi and one ho. */
  function streams(): readonly Extract<Wire, { bytes: Uint8Array }>[] {
    const { wire } = new Http2Talk()
      .open(1, 3)
      .client(dataFrame(3, fromClient("hi")))
      .server(dataFrame(1, fromServer("ho")))
      .client(dataFrame(1, fromClient("", CLOSE), { end: true }))
      .server(dataFrame(1, fromServer("", CLOSE), { end: true }));
    return wire.flatMap((item) => ("bytes" in item ? [item] : []));
  }

  function packets(wire: ReturnType<typeof streams>): Talk {
    return wire.reduce(
      (talk, { dir, bytes }) => (dir === "out" ? talk.client(bytes) : talk.server(bytes)),
      new Talk().connect(),
    );
  }

  const said = (scheme: string) => [
    `1.1 handshake ${scheme}://example.test/chat 200`,
    `1.3 handshake ${scheme}://example.test/chat 200`,
    "1.3 → text@0 hi",
    "1.1 ← text@0 ho",
    "1.1 → 0x8@0 \u0003\u00e8",
    "1.1 ← 0x8@4 \u0003\u00e8",
    "1.1 close 1000 local clean",
    "1.3 note the end of this connection is not in the capture",
  ];

  it("is found with prior knowledge, a connection for each stream", async () => {
    const { events, report } = await hear(packets(streams()), { lint: true });
    expect(inShort(events)).toEqual(said("ws"));
    expect(report.connections).toMatchObject({ connections: 1, webSocket: 1, http2: 0 });
  });

  it("is found though the server speaks first, and though nobody saw who called whom", async () => {
    const [ask, settle, ...rest] = streams();
    const swapped = [settle!, ask!, ...rest];
    for (const wire of [swapped, streams()]) {
      // Without the SYN.
      const { events } = await hear(packets(wire).packets.slice(2));
      expect(inShort(events)).toEqual(said("ws"));
      expect(events[0]).toMatchObject({ remote: "10.0.0.2:9000" });
    }
  });

  it("is found inside TLS", async () => {
    const { segments, keyLog } = await tlsTraffic({
      version: "TLSv1.3",
      messages: streams().map(({ dir, bytes }) => ({ dir: dir === "out" ? "c2s" : "s2c", bytes })),
    });
    const wire = segments.map(({ dir, bytes }) => ({
      dir: dir === "c2s" ? ("out" as const) : ("in" as const),
      bytes,
    }));
    const { events } = await hear(packets(wire), { keylog: keyLog });
    // Below TLS the scheme of the request counts, and the end is told by close_notify.
    expect(inShort(events).slice(0, 7)).toEqual(said("ws").slice(0, 7));
    expect(events[0]).toMatchObject({ tls: { version: "TLS 1.3" } });
    const { report } = await hear(packets(wire), {
      keylog: `CLIENT_RANDOM ${"0".repeat(64)} ${"0".repeat(96)}`,
    });
    expect([...report.connections.tlsFailures]).toEqual([["the key log has no secret for it", 1]]);
  });
});
