import { expect, it } from "vitest";
import { openReplay, replayInput } from "../../src/commands/connect-replay.ts";
import { systemClock } from "../../src/io.ts";
import { file } from "../helpers/temp-files.ts";

const message = (text: string, ns: number) =>
  JSON.stringify({
    v: "framecat.event/1",
    t: "2026-01-01T00:00:00.000000Z",
    ns: String(ns),
    conn: "1",
    type: "message",
    dir: "out",
    kind: "text",
    text,
    length: text.length,
  });

function peer() {
  const sent: string[] = [];
  return {
    sent,
    send: async (data: Uint8Array) => void sent.push(Buffer.from(data).toString()),
    closed: new Promise<void>(() => undefined),
  };
}

it("an input that replays ends when all is sent, and holds nothing", async () => {
  const to = peer();
  const steps = ["a", "b"].map((text) => ({
    kind: "text",
    payload: Buffer.from(text),
    gapMs: 0,
    replies: 0,
  }));
  const session = { greetings: 0, steps: steps as never };
  const input = replayInput({ session, speed: 1 }, () => to, { clock: systemClock });
  const chunks: unknown[] = [];
  for await (const chunk of input) chunks.push(chunk);
  expect([chunks, to.sent]).toEqual([[], ["a", "b"]]);
});

it("a file is sent at its own pace, once it is asked to be", async () => {
  const to = peer();
  const path = file(`${message("a", 0)}\n${message("b", 1e6)}\n`);
  const { messages, durationMs, run } = await openReplay(path, { clock: systemClock });
  expect([messages, durationMs, to.sent]).toEqual([2, 1, []]);
  expect(await run(to)).toBe(2);
  expect(to.sent).toEqual(["a", "b"]);
});

it("a file that cannot be read is told", async () => {
  const reading = openReplay("/no/such", { clock: systemClock });
  await expect(reading).rejects.toThrow("FILE: cannot read /no/such");
});
