import { describe, expect, it } from "vitest";
import { createPayloadWriter } from "../../src/render/dump-payload.ts";
import { captureEvents, harEvents, HOSTILE, JSON_TEXT, numbered } from "../helpers/dump-events.ts";
import { messageAt } from "../helpers/connect-events.ts";

function payloads(events: Parameters<typeof numbered>[0]): string[] {
  const writer = createPayloadWriter();
  return numbered(events).flatMap((one) => {
    const bytes = writer.push(one);
    return bytes ? [Buffer.from(bytes).toString("latin1")] : [];
  });
}

const latin1 = (text: string) => Buffer.from(text).toString("latin1");

describe("payloads alone", () => {
  it("are the bytes of messages, put together and inflated", () => {
    const seven = Uint8Array.from({ length: 40 }, (_, i) => i * 7);
    expect(payloads(captureEvents())).toEqual([
      "hello",
      "hello",
      JSON_TEXT,
      Buffer.from(seven).toString("latin1"),
      "the first part, the second, and the last one of them",
      "?",
      latin1("日本語のテキスト、絵文字も 🎉 with words after it"),
      latin1(HOSTILE),
    ]);
    expect(payloads(harEvents())).toEqual(["subscribe", "\x01\x02\x03\xff", latin1(HOSTILE)]);
  });

  it("do not hold what is not whole, which is counted", () => {
    const writer = createPayloadWriter();
    const event = { ...messageAt(0, "out", "hel"), omitted: 2 };
    expect([writer.push({ event, number: 1 }), writer.incomplete]).toEqual([undefined, 1]);
  });
});
