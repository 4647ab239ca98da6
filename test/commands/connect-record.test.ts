import { expect, it } from "vitest";
import { CONNECT_OPTIONS } from "../../src/commands/connect-options.ts";
import { RunRecord } from "../../src/commands/connect-record.ts";
import { readSettings } from "../../src/commands/connect-settings.ts";
import { FramecatError } from "../../src/errors.ts";
import { systemClock } from "../../src/io.ts";
import type { Event } from "../../src/transport/events.ts";
import { argsOf } from "../helpers/args.ts";
import { memoryIo } from "../helpers/memory-io.ts";

async function recordOf(argv: readonly string[]) {
  const args = { ...argsOf(CONNECT_OPTIONS, argv), positionals: ["ws://h/?token=hunter2"] };
  return new RunRecord(await readSettings(args, memoryIo()), systemClock);
}

it("holds what a run was: checks, figures, the end, and why it failed", async () => {
  const record = await recordOf(["--expect", "hi"]);
  const common = { conn: "1", at: systemClock.now() } as const;
  const events: Event[] = [
    { ...common, type: "state", state: "CONNECTING" },
    { ...common, type: "state", state: "OPEN" },
    { ...common, type: "message", dir: "in", kind: "text", data: Buffer.from("hi") },
    { ...common, type: "close", code: 1001, reason: "", initiator: "peer", clean: true },
  ];
  for (const event of events) record.take(event);
  expect(record.result(new FramecatError("closed", "gone"))).toMatchObject({
    url: "ws://h/?token=***",
    outcome: "failed",
    exitCode: 22,
    failure: { code: "closed", message: "gone" },
    checks: [{ kind: "expect", outcome: "passed" }],
    statistics: { attempts: 1, opened: 1, received: { messages: 1, payloadBytes: 2 } },
    close: { code: 1001, name: "Going Away" },
  });
  expect(record.snapshot()).toMatchObject({ reconnects: 0 });
});
