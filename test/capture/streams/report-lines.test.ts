import { beforeAll, describe, expect, it } from "vitest";
import { newConnectionCounts } from "../../../src/capture/streams/connection-counts.ts";
import { undecodedLines } from "../../../src/capture/streams/report-lines.ts";
import type { CaptureReport } from "../../../src/capture/read-capture.ts";
import { utf8 } from "../../helpers/bytes.ts";
import { hear, Talk } from "../../helpers/talk.ts";
import { tlsTraffic, type Traffic, type TrafficOptions } from "../tls/traffic.ts";

const NOTHING: CaptureReport = {
  connections: newConnectionCounts(),
  packets: {
    packets: 3,
    segments: 3,
    fragments: 0,
    malformed: 0,
    late: 0,
    unknownLinkTypes: new Map(),
  },
  incompletePackets: 0,
  notes: [],
};

it("nothing is said where all was decoded", () => {
  expect(undecodedLines(NOTHING)).toEqual([]);
});

it("why TLS was not decrypted is told, and what to do", () => {
  const connections = {
    ...newConnectionCounts(),
    tlsWithoutKeys: 4,
    tlsFailures: new Map([
      ["the key log has no secret for it", 2],
      ["it is damaged", 1],
    ]),
  };
  const relay = "framecat listen --mode relay between the two shows what is inside";
  expect(undecodedLines({ ...NOTHING, connections })).toEqual([
    `2 TLS connections not decrypted: the key log has no secret for it; ${relay}`,
    `1 TLS connection not decrypted: it is damaged; ${relay}`,
    "1 TLS connection without keys: give --keylog FILE, or put framecat listen --mode relay between",
  ]);
});

describe("where there is nothing", () => {
  const of = (packets: Partial<CaptureReport["packets"]>, notes: CaptureReport["notes"] = []) =>
    undecodedLines({ ...NOTHING, packets: { ...NOTHING.packets, segments: 0, ...packets }, notes });

  it.each([
    [{ packets: 0 }, ["the capture holds no packets"]],
    [{ packets: 1 }, ["no TCP in the capture: 1 packet of other protocols"]],
    [{ packets: 3 }, ["no TCP in the capture: 3 packets of other protocols"]],
    [{ packets: 3, fragments: 1 }, []],
    [{ packets: 3, malformed: 3 }, ["3 packets with cut or malformed IP or TCP headers"]],
  ])("%j", (packets, lines) => expect(of(packets)).toEqual(lines));

  it("not even a whole header", () => {
    const cut = { type: "truncated" as const, offset: 0, present: 10, missing: 14 };
    expect(of({ packets: 0 }, [cut])).toEqual([
      "the file is cut within its header, of which there are 10 bytes, at least 14 are missing",
    ]);
  });
});

it("everything else has its line", () => {
  const connections = {
    ...newConnectionCounts(),
    webSocket: 4,
    http: 2,
    empty: 1,
    tlsWithoutKeys: 1,
    likelyWebSocket: new Set([9001, 80]),
  };
  const packets = {
    ...NOTHING.packets,
    malformed: 1,
    late: 3,
    unknownLinkTypes: new Map([[147, 2]]),
  };
  const notes = [
    { type: "truncated" as const, offset: 1000, present: 20, missing: 5 },
    { type: "gzip-truncated" as const, offset: 77 },
  ];
  expect(undecodedLines({ connections, packets, notes, incompletePackets: 2 })).toEqual([
    "the file is cut within a packet: of the record at byte 1000 there are 20 bytes, at least 5 are missing",
    "the file is cut: its gzip data ends after 77 bytes",
    "2 packets of link type 147, which is not known here",
    "1 packet with cut or malformed IP or TCP headers",
    "3 packets with data for connections that were over",
    "2 IP packets with fragments missing",
    "3 connections without WebSocket: 2 with plain HTTP, 1 with no data",
    "1 TLS connection without keys: give --keylog FILE, or put framecat listen --mode relay between",
    "connections to port 80 look like WebSocket whose handshake is not in the capture: try --assume-websocket 80",
    "connections to port 9001 look like WebSocket whose handshake is not in the capture: try --assume-websocket 9001",
  ]);
});

describe("of TLS it is said", () => {
  const MESSAGES = [{ dir: "c2s" as const, bytes: utf8("GET / HTTP/1.1\r\n\r\n") }];
  const RELAY = "framecat listen --mode relay between the two shows what is inside";
  const KEYLESS =
    "1 TLS connection without keys: give --keylog FILE, or put framecat listen --mode relay between";
  const SHOWN = "1 connection without WebSocket: 1 with TLS without WebSocket in it";
  const failed = (why: string) => `1 TLS connection not decrypted: ${why}; ${RELAY}`;
  const NO_HANDSHAKE = failed(
    "the handshake is not in the capture, without which no key log helps",
  );

  const SESSIONS = {
    newest: { version: "TLSv1.3" },
    psk: { version: "TLSv1.2", ciphers: "PSK-AES128-GCM-SHA256", usePsk: true },
    older: { version: "TLSv1.2", ciphers: "ECDHE-ECDSA-AES128-GCM-SHA256" },
    cbc: { version: "TLSv1.2", ciphers: "ECDHE-ECDSA-AES128-SHA" },
    oldest: { version: "TLSv1.1" },
  } as const satisfies Record<string, TrafficOptions>;
  type Name = keyof typeof SESSIONS | "resumed13" | "resumed12";
  const traffic = {} as Record<Name, Traffic>;

  beforeAll(async () => {
    for (const [name, session] of Object.entries(SESSIONS)) {
      traffic[name as Name] = await tlsTraffic({ ...session, messages: MESSAGES });
    }
    for (const [name, first] of [
      ["resumed13", "newest"],
      ["resumed12", "older"],
    ] as const) {
      const { session } = traffic[first];
      traffic[name] = await tlsTraffic({
        ...SESSIONS[first],
        messages: MESSAGES,
        session: session!,
      });
    }
  });

  /** @param missing segments at the beginning that are not in the capture */
  function capture(name: Name, missing: readonly number[] = []): Talk {
    const talk = missing.includes(-1) ? new Talk() : new Talk().connect();
    for (const [i, { dir, bytes }] of traffic[name].segments.entries()) {
      const from = dir === "c2s" ? "client" : "server";
      if (!missing.includes(i)) talk[from](bytes);
      else if (!missing.includes(-1)) talk.lost(from, bytes.length);
    }
    return talk.close();
  }

  /** The key log of a session, or one that somebody wrote. */
  function keylogOf(log: Name | { readonly text: string } | undefined): string | undefined {
    return typeof log === "string" ? traffic[log].keyLog : log?.text;
  }

  type Log = Parameters<typeof keylogOf>[0];

  it("sessions that are resumed among them", () => {
    expect([traffic.resumed13.resumed, traffic.resumed12.resumed]).toEqual([true, true]);
  });

  it.each<[string, Name, readonly number[], Log, string]>([
    ["no key log", "newest", [], undefined, KEYLESS],
    ["its key log", "newest", [], "newest", SHOWN],
    [
      "the key log of another session",
      "newest",
      [],
      "older",
      failed("the key log has no secret for it"),
    ],
    [
      "the key log of the session that is resumed",
      "resumed13",
      [],
      "newest",
      failed("the key log has no secret for it"),
    ],
    ["its own, of a session that is resumed", "resumed13", [], "resumed13", SHOWN],
    ["the same in TLS 1.2", "resumed12", [], "resumed12", SHOWN],
    ["its own, with a key that both had before", "psk", [], "psk", SHOWN],
    [
      "a key log without secrets",
      "newest",
      [],
      { text: "# SSL/TLS secrets log file\n" },
      failed("the key log holds no secret of TLS"),
    ],
    [
      "a suite that is not decrypted",
      "cbc",
      [],
      "cbc",
      failed(
        "cipher suite TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA is not supported: only AEAD suites are, CBC is not",
      ),
    ],
    ["a version that is not", "oldest", [], "oldest", failed("TLS 1.1 cannot be decrypted")],
    ["a capture that begins later, no key log", "newest", [-1, 0, 1, 2], undefined, NO_HANDSHAKE],
    ["a capture that begins later, its key log", "newest", [-1, 0, 1, 2], "newest", NO_HANDSHAKE],
    [
      "a lost ClientHello",
      "newest",
      [0],
      "newest",
      failed("the ClientHello is not in the capture, without which no key log helps"),
    ],
    [
      "a lost ServerHello",
      "newest",
      [1],
      undefined,
      failed("the ServerHello is not in the capture, without which no key log helps"),
    ],
  ])("%s", async (_, name, missing, log, line) => {
    const keylog = keylogOf(log);
    const { report } = await hear(capture(name, missing), keylog === undefined ? {} : { keylog });
    expect(undecodedLines(report)).toEqual([line]);
  });
});
