import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readCaptureEvents, readEvents } from "../../src/index.ts";
import { lintEvents } from "../../src/transport/lint-events.ts";
import type { Event } from "../../src/transport/events.ts";
import { CAPTURES } from "../helpers/captures.ts";
import { closeAt } from "../helpers/connect-events.ts";
import { captureEvents } from "../helpers/dump-events.ts";
import { frameEvents } from "../helpers/frame-events.ts";

async function* once(bytes: Uint8Array) {
  yield bytes;
}

async function found(events: Iterable<Event> | AsyncIterable<Event>, options = {}) {
  const findings: string[] = [];
  for await (const { violation: broken, part, conn } of lintEvents(events, options)) {
    findings.push(`${conn} ${part} ${broken.rule}`);
  }
  return findings;
}

describe("lintEvents", () => {
  it("gives what frames break, and what the conversation does", async () => {
    const frames = frameEvents([
      { opcode: 3 },
      { opcode: 1, fin: false },
      { opcode: 1, payload: "x" },
    ]);
    const findings = await found([...frames, { ...closeAt(0), conn: frames[0]!.conn }]);
    expect(findings.map((one) => one.split(" ")[2])).toEqual([
      "opcode-reserved",
      "message-interrupted",
      "tcp-without-close",
    ]);
    expect(findings.every((one) => / (frame|end) /.test(one))).toBe(true);
  });

  it("gives what the handshake tells of itself", async () => {
    const rules = captureEvents().flatMap((event) =>
      event.type === "handshake" ? event.violations.map(({ rule }) => rule) : [],
    );
    const findings = await found(captureEvents());
    for (const rule of rules) expect(findings.join()).toContain(rule);
  });

  it("takes limits of its own", async () => {
    const [frame] = frameEvents([{ opcode: 2, payload: Buffer.alloc(100) }]);
    expect(await found([frame!])).toEqual([]);
    const [finding] = await found([frame!], { limits: { maxFrameLength: 99 } });
    expect(finding).toMatch(/ frame length-/);
  });

  it("reads what the library reads", async () => {
    expect(await found(readEvents(once(Buffer.from("c1 00")), { name: "x" }))).toEqual([
      expect.stringContaining("rsv-not-negotiated"),
    ]);
  });

  it.skipIf(!existsSync(CAPTURES))("judges anew what was judged before", async () => {
    const bytes = readFileSync(`${CAPTURES}20-handshakes-rejected.pcap`);
    const findings = await found(readCaptureEvents(once(bytes)));
    expect(findings.length).toBeGreaterThan(0);
    expect(await found(readCaptureEvents(once(bytes), { lint: true }))).toEqual(findings);
  });
});
