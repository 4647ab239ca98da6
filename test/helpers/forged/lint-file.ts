import { main } from "../../../src/cli.ts";
import { eventToJson } from "../../../src/transport/event-json.ts";
import type { Event } from "../../../src/transport/events.ts";
import { memoryIo } from "../memory-io.ts";
import { type PacketSpec, pcap } from "../packets.ts";
import { hear } from "../talk.ts";

/** What `--format ndjson` says of broken rules. */
interface Told extends Partial<Blame> {
  readonly type: string;
  readonly conn: string;
  readonly dir?: "in" | "out";
  readonly part?: string;
  readonly frame?: number;
  readonly offset?: number;
  readonly violations?: readonly Blame[];
}

interface Blame {
  readonly rule: string;
  readonly severity: string;
}

/**
 * Every finding in short: the connection unless it is the first, severity, rule, `→` from the client
 * or `←` from the server, the number of the frame there and the byte at which it begins.
 */
function findingsOf(events: readonly Told[]): string[] {
  const numbers = new Map<string, number>();
  return events.flatMap((event) => {
    const { type, conn, dir, part, offset, violations = [], rule, severity } = event;
    const arrow = dir === undefined ? "" : dir === "out" ? " →" : " ←";
    const number = type === "frame" ? (numbers.get(conn + dir) ?? 0) : event.frame;
    if (type === "frame") numbers.set(conn + dir, (number ?? 0) + 1);
    const at = type === "frame" || part === "frame" ? ` ${number}@${offset}` : "";
    const blames = type === "finding" ? [{ rule, severity }] : violations;
    const who = /^1(?:\.|$)/.test(conn) ? "" : `${conn} `;
    return blames.map((blame) => `${who}${blame.severity} ${blame.rule}${arrow}${at}`);
  });
}

/** What `frame-dump --lint` finds in a capture of these packets, and its exit code. */
export async function lintByMain(packets: readonly PacketSpec[]) {
  const io = memoryIo({ stdin: pcap(packets) });
  const code = await main(["frame-dump", "--lint", "--format", "ndjson"], io);
  const lines = io.out().trimEnd().split("\n");
  return { code, found: findingsOf(lines.map((line) => JSON.parse(line) as Told)) };
}

/** The same by the library, which takes less time. */
export async function lintPackets(packets: readonly PacketSpec[]): Promise<string[]> {
  return findingsIn((await hear(packets, { lint: true })).events);
}

export function findingsIn(events: readonly Event[]): string[] {
  return findingsOf(events.map((event) => eventToJson(event) as unknown as Told));
}
