import { eventToJson } from "../../src/transport/event-json.ts";
import type { Event } from "../../src/transport/events.ts";
import { frameEvents, type FrameSketch } from "./frame-events.ts";

/** The moment that many milliseconds after the recording began. */
export function after(ms: number): Event["at"] {
  const us = Math.round(ms * 1000);
  return { epochUs: 1_700_000_000_000_000 + us, ns: 5_000_000_000n + BigInt(us) * 1000n };
}

/** An event as a line of a recording. */
export function recorded(event: Event): string {
  return `${JSON.stringify(eventToJson(event))}\n`;
}

export function openLine(ms: number, conn = "1"): string {
  return recorded({ type: "state", state: "OPEN", conn, at: after(ms) });
}

export function messageLine(
  ms: number,
  dir: "in" | "out",
  data: string | Uint8Array,
  conn = "1",
): string {
  const kind = typeof data === "string" ? "text" : "binary";
  return recorded({ type: "message", dir, kind, data: Buffer.from(data), conn, at: after(ms) });
}

/** Frames that went over the wire one millisecond after the other. */
export function frameLines(
  ms: number,
  dir: "in" | "out",
  sketches: readonly FrameSketch[],
  conn = "1",
): string[] {
  return frameEvents(sketches).map((event, i) =>
    recorded({ ...event, dir, conn, at: after(ms + i) }),
  );
}
