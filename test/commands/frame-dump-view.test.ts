import { describe, expect, it } from "vitest";
import { FRAME_DUMP_OPTIONS } from "../../src/commands/frame-dump-options.ts";
import { readForm } from "../../src/commands/frame-dump-view.ts";
import { argsOf } from "../helpers/args.ts";
import { frameEvents } from "../helpers/frame-events.ts";
import { memoryIo } from "../helpers/memory-io.ts";
import { expectDocument } from "../helpers/schemas.ts";
import { writtenBy } from "../helpers/text-bytes.ts";

const form = (...argv: string[]) => readForm(argsOf(FRAME_DUMP_OPTIONS, argv), memoryIo());

const EVENTS = frameEvents([{ opcode: 1, payload: "hello" }]);

async function written(found: "frames" | "pcap", ...argv: string[]): Promise<string> {
  const writer = (await form(...argv))(found);
  const { text } = writtenBy((out) => {
    EVENTS.forEach((event, i) => writer.push({ event, number: i + 1 }, out));
    writer.end(out);
  });
  return text;
}

describe("the forms of a dump", () => {
  it("are plain lines for frames alone, and numbered ones for captures", async () => {
    expect(await written("frames")).toBe("← text       5 B  FIN  hello\n");
    expect(await written("pcap")).toMatch(/^ +1 ← text .*@0 +hello\n$/);
  });

  it("have no time where the input has none", async () => {
    const json = JSON.parse(await written("frames", "--format", "ndjson")) as object;
    expect(Object.keys(json)).not.toContain("t");
  });

  it("are the payloads alone, or one document", async () => {
    expect(await written("frames", "--payload")).toBe("hello");
    expect(JSON.parse(await written("frames", "--json"))).toMatchObject({
      events: [{ number: 1 }],
    });
  });

  it("has the summary as a document, too", async () => {
    const document = expectDocument("dump-summary", await written("pcap", "--summary", "--json"));
    expect(document).toMatchObject({ messages: { in: { count: 1, bytes: 5 } } });
  });

  it("exclude each other", async () => {
    await expect(form("--tree", "--format", "ndjson")).rejects.toThrow("exclude each other");
  });
});
