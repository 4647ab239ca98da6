import { describe, expect, it } from "vitest";
import { MessageLines, type MessageLinesOptions } from "../../src/pipe/message-lines.ts";
import { eventToJson } from "../../src/transport/event-json.ts";
import type { Event } from "../../src/transport/events.ts";
import { singly, utf8 } from "../helpers/bytes.ts";
import { momentAt, stateAt } from "../helpers/connect-events.ts";
import { expectUsage } from "../helpers/usage.ts";
import { cut, joined } from "./cut.ts";

function read(input: string, options?: MessageLinesOptions) {
  const lines = new MessageLines(options);
  const messages = joined(cut(lines, [utf8(input)])).map(
    ({ binary, bytes }) => `${binary ? "binary" : "text"} ${bytes.toString("hex")}`,
  );
  return { messages, skipped: lines.skipped };
}

const V = '"v":"framecat.event/1"';

describe("a line of JSON is a message", () => {
  it.each([
    ['{"text":"hi"}', "text 6869"],
    ['{"base64":"AAE="}', "binary 0001"],
    ['{"kind":"text","text":"ü"}', "text c3bc"],
    ['{"kind":"binary","base64":""}', "binary "],
    ['{"text":""}', "text "],
    ['{"kind":"binary","text":"hi"}', "binary 6869"],
    ['{"kind":"text","base64":"aGk="}', "text 6869"],
    ['{"text":"a\\nb\\u0000"}\r', "text 610a6200"],
    ['{"type":"message","text":"hi","length":2}', "text 6869"],
    [`{${V},"conn":"1","type":"message","dir":"in","kind":"text","text":"hi"}`, "text 6869"],
    [`{${V},"type":"message","text":"hi"}`, "text 6869"],
  ])("%s", (line, message) => {
    expect(read(`${line}\n`).messages).toEqual([message]);
    const chunks = singly(utf8(line));
    expect(joined(cut(new MessageLines(), chunks)).length).toBe(1);
  });

  it("in order, past what holds no data", () => {
    const input = [
      '{"text":"1"}',
      "",
      " \t\r",
      `{${V},"conn":"1","type":"close","code":1000}`,
      `{${V},"conn":"1","type":"of a later version"}`,
      `{${V},"type":"message","dir":"in","kind":"text","text":"{}","heartbeat":true}`,
      '{"base64":"Mg=="}',
    ].join("\n");
    expect(read(input)).toEqual({ messages: ["text 31", "binary 32"], skipped: 0 });
  });
});

describe("events", () => {
  const message = { conn: "1", at: momentAt(0), type: "message" } as const;
  const mixed: readonly Event[] = [
    stateAt(0, "OPEN"),
    { ...message, dir: "out", kind: "text", data: utf8("asked") },
    { ...message, dir: "in", kind: "text", data: utf8("told\n") },
    { ...message, dir: "in", kind: "binary", data: Uint8Array.of(0, 255) },
    { ...message, dir: "in", kind: "binary", data: utf8("letters") },
    { conn: "1", at: momentAt(1), type: "ping", dir: "in", data: utf8("p") },
  ];
  const lines = mixed.map((event) => JSON.stringify(eventToJson(event))).join("\n");

  it("what one connection brought is what the next is sent", () => {
    expect(read(lines)).toEqual({
      messages: ["text 746f6c640a", "binary 00ff", "binary 6c657474657273"],
      skipped: 1,
    });
  });

  it("or what it was sent, where that is asked for", () => {
    expect(read(lines, { dir: "out" })).toEqual({ messages: ["text 61736b6564"], skipped: 3 });
  });
});

describe("what is no message", () => {
  it.each([
    ["hello", /is not JSON/],
    ['{"text":"cut', /is not JSON/],
    ['"hi"', /is no JSON object/],
    ["[1]", /is no JSON object/],
    ["null", /is no JSON object/],
    ["{}", /has neither text nor base64/],
    ['{"text":1}', /has neither text nor base64/],
    ['{"text":"a","base64":""}', /has both text and base64/],
    ['{"base64":"A"}', /has base64 that is none/],
    ['{"kind":"text","base64":"/w=="}', /is text that is not UTF-8/],
    ['{"text":"\\ud800"}', /has half a surrogate pair/],
    ['{"kind":"blob","text":"a"}', /has a kind that is neither text nor binary/],
    ['{"dir":"up","text":"a"}', /has a dir that is neither in nor out/],
    ['{"text":"a","length":3}', /holds 1 of 3 bytes of its message/],
    ['{"type":"ping","text":"a"}', /is neither a message nor an event/],
    ['{"v":"framecat.event/2","text":"a"}', /is not of framecat\.event\/1/],
  ])("is an error that names its line: %s", async (line, message) => {
    const run = async () => read(`{"text":"good"}\n${line}\n`);
    await expectUsage(run(), message);
    await expectUsage(run(), /^line 2 of stdin /);
  });

  it("nor is a line that is too long to be held, which is told early", async () => {
    const lines = new MessageLines({ maxLine: 2 ** 20 });
    const chunk = Buffer.alloc(2 ** 18, 0x61);
    const run = async () => Array.from({ length: 6 }, () => [...lines.push(chunk)]);
    await expectUsage(run(), /^line 1 of stdin is longer than 1 MiB$/);
  });

  it("nor is what is not UTF-8", async () => {
    const run = async () => cut(new MessageLines(), [Buffer.from('{"text":"\u00ff"}', "latin1")]);
    await expectUsage(run(), /^line 1 of stdin is not UTF-8$/);
  });
});
