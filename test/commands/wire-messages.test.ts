import { existsSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { wireMessages } from "../../src/commands/wire-messages.ts";
import type { MessageEvent } from "../../src/transport/events.ts";
import { hex } from "../helpers/bytes.ts";
import { CAPTURES } from "../helpers/captures.ts";
import { message } from "../helpers/har.ts";
import { recorded } from "../helpers/recorded.ts";
import { expectUsage } from "../helpers/usage.ts";

async function* once(bytes: Uint8Array) {
  yield bytes;
}

async function sent(bytes: Uint8Array): Promise<string[]> {
  const found: MessageEvent[] = [];
  for await (const { event } of wireMessages(once(bytes), "x")) {
    if (event.type === "message" && event.dir === "out") found.push(event);
  }
  return found.map(({ data }) => Buffer.from(data).toString("latin1"));
}

const HELLO = hex("018237fa213d5f9f", "808337fa213d5b964e");

describe("messages on a wire", () => {
  it.each<[string, Uint8Array]>([
    ["raw frames", HELLO],
    ["frames in hex", Buffer.from(Buffer.from(HELLO).toString("hex"))],
    ["frames in base64", Buffer.from(Buffer.from(HELLO).toString("base64"))],
    ["frames, gzip'ed", gzipSync(HELLO)],
  ])("are put together from %s", async (_, bytes) => expect(await sent(bytes)).toEqual(["hello"]));

  it("are those of a recording that is gzip'ed", async () => {
    const lines = gzipSync(
      [message("1", 1, "out", "hi"), message("1", 2, "in", "x")].map(recorded).join(""),
    );
    expect(await sent(lines)).toEqual(["hi"]);
  });

  it("name the connection", async () => {
    for await (const { where } of wireMessages(once(HELLO), "x")) {
      expect(where).toMatch(/^x, connection \d$/);
    }
  });

  it("are refused without a word on flags that are not here", async () => {
    const read = sent(Buffer.from("hello"));
    await expectUsage(read, /^x, line 1, column 1: "hello" is not hex$/);
    await expect(read).rejects.toMatchObject({ hint: undefined });
  });

  it.skipIf(!existsSync(CAPTURES))("are inflated in captures (skipped without them)", async () => {
    const path = `${CAPTURES}04-deflate-context-takeover`;
    const truth = JSON.parse(readFileSync(`${path}.expect.json`, "utf8"));
    const messages = truth.streams[0].messages.filter(({ dir }: { dir: string }) => dir === "c2s");
    const lengths = (await sent(readFileSync(`${path}.pcap`))).map((text) => text.length);
    expect(lengths).toEqual(messages.map(({ len }: { len: number }) => len));
  });
});
