import { describe, expect, it } from "vitest";
import { CONNECT_OPTIONS } from "../../src/commands/connect-options.ts";
import { RunRecord } from "../../src/commands/connect-record.ts";
import { readSettings } from "../../src/commands/connect-settings.ts";
import { payloadView, promptViews } from "../../src/commands/connect-views.ts";
import { systemClock } from "../../src/io.ts";
import { argsOf } from "../helpers/args.ts";
import { frameEvents } from "../helpers/frame-events.ts";
import { memoryIo } from "../helpers/memory-io.ts";

async function settingsOf(...argv: string[]) {
  const given = ["--color", "never", "--timestamps", "off", ...argv];
  const args = { ...argsOf(CONNECT_OPTIONS, given), positionals: ["ws://h/"] };
  return readSettings(args, memoryIo({ tty: true }));
}

async function viewsOf(...argv: string[]) {
  const settings = await settingsOf(...argv);
  return { settings, views: promptViews(settings, new RunRecord(settings, systemClock)) };
}

const [sent, received] = frameEvents([
  { opcode: 1, payload: '{"type":"ping"}', maskKey: 1 },
  { opcode: 1, payload: '{"channel":"news"}' },
]);
const common = { conn: "1", at: systemClock.now() } as const;

describe("what the prompt shows", () => {
  it("labels messages of channels once there is a subscription", async () => {
    const { settings, views } = await viewsOf();
    expect(views.event(received!)[0]).toMatch(/← text .* {2}\{"channel"/);
    settings.channels.subscribe("news");
    expect(views.event(received!)[0]).toMatch(/← text .*news {2}\{"channel"/);
  });

  it("shows past frames again without counting them", async () => {
    const { views } = await viewsOf();
    views.event(sent!);
    expect(views.again([sent!, received!])).toHaveLength(2);
    const close = { code: 1000, reason: "", initiator: "local", clean: true } as const;
    expect(views.event({ ...common, type: "close", ...close }).join("\n")).toContain("1 sent");
  });

  it("adds what a numbered stream lacks", async () => {
    const { views } = await viewsOf("--sequence", "n");
    const message = (n: number) => ({
      ...common,
      type: "message",
      dir: "in",
      kind: "text",
      data: Buffer.from(JSON.stringify({ n })),
    });
    const lines = [1, 3].flatMap((n) => views.event(message(n) as never));
    expect(lines).toEqual(["! gap: 2 missing (1 message)"]);
  });

  it("is payloads alone with -q, harmless", async () => {
    const show = payloadView(await settingsOf());
    const message = { type: "message", dir: "in", kind: "text" } as const;
    const data = Buffer.from("a\u001b[2J");
    expect(show({ ...common, ...message, data })).toEqual(["a\\x1b[2J"]);
    expect(show({ ...common, ...message, data, heartbeat: true })).toEqual([]);
  });

  it("makes helps of two columns, and escapes", async () => {
    const { views } = await viewsOf();
    expect(views.columns("Topic", [["/a", "does it"]])).toEqual(["Topic", "  /a  does it"]);
    expect(views.escape("\u001b")).toBe("\\x1b");
    expect(views.codes().join("\n")).toMatch(/1006[^]*0x9/);
  });
});
