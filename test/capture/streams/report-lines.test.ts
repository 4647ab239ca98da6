import { expect, it } from "vitest";
import { newConnectionCounts } from "../../../src/capture/streams/connection-counts.ts";
import { undecodedLines } from "../../../src/capture/streams/report-lines.ts";
import type { CaptureReport } from "../../../src/capture/read-capture.ts";

const NOTHING: CaptureReport = {
  connections: newConnectionCounts(),
  packets: { packets: 3, segments: 3, fragments: 0, malformed: 0, unknownLinkTypes: new Map() },
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

it("everything else has its line", () => {
  const connections = {
    ...newConnectionCounts(),
    webSocket: 4,
    http: 2,
    empty: 1,
    tlsWithoutKeys: 1,
    likelyWebSocket: new Set([9001, 80]),
  };
  const packets = { ...NOTHING.packets, malformed: 1, unknownLinkTypes: new Map([[147, 2]]) };
  const notes = [
    { type: "truncated" as const, offset: 1000, present: 20, missing: 5 },
    { type: "gzip-truncated" as const, offset: 77 },
  ];
  expect(undecodedLines({ connections, packets, notes, incompletePackets: 2 })).toEqual([
    "the file is cut within a packet: of the record at byte 1000 there are 20 bytes, at least 5 are missing",
    "the file is cut: its gzip data ends after 77 bytes",
    "2 packets of link type 147, which is not known here",
    "1 packet with cut or malformed IP or TCP headers",
    "2 IP packets with fragments missing",
    "3 connections without WebSocket: 2 with plain HTTP, 1 with no data",
    "1 TLS connection without keys: give --keylog FILE, or put framecat listen --mode relay between",
    "connections to port 80 look like WebSocket whose handshake is not in the capture: try --assume-websocket 80",
    "connections to port 9001 look like WebSocket whose handshake is not in the capture: try --assume-websocket 9001",
  ]);
});
