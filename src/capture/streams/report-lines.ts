import type { CaptureReport } from "../read-capture.ts";
import type { ConnectionCounts, ConnectionKind } from "./connection-counts.ts";

/** What of a capture was not decoded and why, with what to try, a line for each. */
export function undecodedLines(report: CaptureReport): string[] {
  const packets = packetLines(report);
  const cut = report.notes.map(cutLine);
  return [
    ...cut,
    ...(cut.length + packets.length === 0 ? withoutTcpLines(report) : packets),
    ...connectionLines(report.connections),
    ...hintLines(report.connections),
  ];
}

function cutLine(note: CaptureReport["notes"][number]): string {
  if (note.type === "gzip-truncated") {
    return `the file is cut: its gzip data ends after ${note.offset} bytes`;
  }
  const { offset, present, missing } = note;
  if (offset === 0) {
    return `the file is cut within its header, of which there are ${present} bytes, at least ${missing} are missing`;
  }
  return `the file is cut within a packet: of the record at byte ${offset} there are ${present} bytes, at least ${missing} are missing`;
}

function packetLines({ packets, incompletePackets }: CaptureReport): string[] {
  const { malformed, late, unknownLinkTypes } = packets;
  const lines = [...unknownLinkTypes].map(
    ([type, count]) => `${counted(count, "packet")} of link type ${type}, which is not known here`,
  );
  if (malformed > 0)
    lines.push(`${counted(malformed, "packet")} with cut or malformed IP or TCP headers`);
  if (late > 0) lines.push(`${counted(late, "packet")} with data for connections that were over`);
  if (incompletePackets > 0) {
    lines.push(`${counted(incompletePackets, "IP packet")} with fragments missing`);
  }
  return lines;
}

/** Why there is nothing at all. */
function withoutTcpLines({ packets: { packets, segments, fragments } }: CaptureReport): string[] {
  if (packets === 0) return ["the capture holds no packets"];
  if (segments + fragments > 0) return [];
  return [`no TCP in the capture: ${counted(packets, "packet")} of other protocols`];
}

const KINDS: readonly (readonly [ConnectionKind, string])[] = [
  ["http", "plain HTTP"],
  ["http2", "HTTP/2"],
  ["tlsOther", "TLS without WebSocket in it"],
  ["other", "other protocols"],
  ["empty", "no data"],
];

function connectionLines(counts: ConnectionCounts): string[] {
  const found = KINDS.flatMap(([kind, words]) => {
    const count = counts[kind];
    return count > 0 ? [{ count, words }] : [];
  });
  const total = found.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return [];
  const parts = found.map(({ count, words }) => `${count} with ${words}`);
  return [`${counted(total, "connection")} without WebSocket: ${parts.join(", ")}`];
}

function hintLines({ tlsWithoutKeys, tlsFailures, likelyWebSocket }: ConnectionCounts): string[] {
  const failed = [...tlsFailures.values()].reduce((sum, count) => sum + count, 0);
  const keyless = tlsWithoutKeys - failed;
  const ports = [...likelyWebSocket].toSorted((a, b) => a - b);
  return [
    ...[...tlsFailures].map(
      ([reason, count]) =>
        `${counted(count, "TLS connection")} not decrypted: ${reason}; framecat listen --mode relay between the two shows what is inside`,
    ),
    ...(keyless > 0
      ? [
          `${counted(keyless, "TLS connection")} without keys: give --keylog FILE, or put framecat listen --mode relay between`,
        ]
      : []),
    ...ports.map(
      (port) =>
        `connections to port ${port} look like WebSocket whose handshake is not in the capture: try --assume-websocket ${port}`,
    ),
  ];
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
