import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createWriter, isData, type OutputFormat } from "../../src/pipe/output-format.ts";
import type { MessageEvent } from "../../src/transport/events.ts";
import { filler, hex, utf8 } from "../helpers/bytes.ts";
import { momentAt, stateAt } from "../helpers/connect-events.ts";

function message(data: Uint8Array | string, given: Partial<MessageEvent> = {}): MessageEvent {
  const bytes = typeof data === "string" ? utf8(data) : data;
  const kind = typeof data === "string" ? "text" : "binary";
  return { type: "message", conn: "1", at: momentAt(0), dir: "in", kind, data: bytes, ...given };
}

function written(format: OutputFormat, event: MessageEvent): Buffer {
  return Buffer.concat(createWriter(format)(event).map((part) => Buffer.from(part)));
}

const HELLO = message("a\\b\r\nc");
const BYTES = message(hex("00 ff 0a"));
const EMPTY = message("");

describe("a message is written", () => {
  it.each<[OutputFormat, string, string, string]>([
    [{ kind: "text" }, "a\\b\r\nc\n", "\0\xff\n\n", "\n"],
    [{ kind: "text", delimiter: utf8("\0") }, "a\\b\r\nc\0", "\0\xff\n\0", "\0"],
    [{ kind: "text", keepDelimiter: true }, "a\\b\r\nc", "\0\xff\n", ""],
    [{ kind: "text", escapeNewlines: true }, "a\\\\b\\r\\nc\n", "\0\xff\\n\n", "\n"],
    [{ kind: "raw" }, "a\\b\r\nc", "\0\xff\n", ""],
    [{ kind: "json" }, '"a\\\\b\\r\\nc"\n', '{"base64":"AP8K"}\n', '""\n'],
    [{ kind: "hex" }, "615c620d0a63\n", "00ff0a\n", "\n"],
    [{ kind: "base64" }, "YVxiDQpj\n", "AP8K\n", "\n"],
  ])("%j", (format, text, binary, empty) => {
    const all = [HELLO, BYTES, EMPTY].map((event) => written(format, event).toString("latin1"));
    expect(all).toEqual([text, binary, empty]);
  });

  it("as JSON on one line where it is JSON, its numbers untouched", () => {
    const payload = message('{\n  "id": 12345678901234567890.10\n}');
    expect(written({ kind: "json" }, payload).toString()).toBe('{"id": 12345678901234567890.10}\n');
  });

  it("of nothing else, nor of our heartbeat", () => {
    const others = [message("out", { dir: "out" }), message("pong", { heartbeat: true })];
    const write = createWriter({ kind: "text" });
    expect([stateAt(0, "OPEN"), ...others].map(write)).toEqual([[], [], []]);
    expect(others.map(isData)).toEqual([false, false]);
  });

  it("by a function for every event", () => {
    const write = createWriter({ kind: "ndjson", lineOf: ({ type }) => `${type}\n` });
    expect([stateAt(0, "OPEN"), HELLO].map(write)).toEqual([["state\n"], ["message\n"]]);
  });
});

describe("a long message", () => {
  it("is not copied to put its end behind it", () => {
    const data = filler(20_000);
    const [payload, end] = createWriter({ kind: "text" })(message(data));
    expect([payload === data, Buffer.from(end ?? "").toString()]).toEqual([true, "\n"]);
  });

  it.each(["hex", "base64"] as const)("is encoded in parts that fit together: %s", (kind) => {
    const data = filler(192 * 1024 + 2);
    const parts = createWriter({ kind })(message(data));
    expect(parts.length).toBe(3);
    expect(parts.join("") === `${Buffer.from(data).toString(kind)}\n`).toBe(true);
  });
});

it("newlines that were escaped can be had back exactly", () => {
  const octet = fc.oneof(fc.constantFrom(0x0a, 0x0d, 0x5c, 0x6e, 0x72), fc.nat(255));
  const back: Readonly<Record<string, string>> = { "\\n": "\n", "\\r": "\r", "\\\\": "\\" };
  fc.assert(
    fc.property(fc.array(octet), (octets) => {
      const line = written({ kind: "text", escapeNewlines: true }, message(Buffer.from(octets)));
      const escaped = line.subarray(0, -1).toString("latin1");
      expect(escaped).not.toMatch(/[\r\n]/);
      const plain = escaped.replaceAll(/\\[nr\\]/g, (pair) => back[pair] ?? "");
      expect([...Buffer.from(plain, "latin1")]).toEqual(octets);
    }),
  );
});
