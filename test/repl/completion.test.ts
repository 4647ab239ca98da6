import { describe, expect, it } from "vitest";
import { complete, KeyMemory } from "../../src/repl/completion.ts";
import type { Event } from "../../src/transport/events.ts";

const NAMES = ["ping", "pong", "close"];

function message(text: string): Event {
  const at = { epochUs: 0, ns: 0n };
  return { type: "message", conn: "1", at, dir: "in", kind: "text", data: Buffer.from(text) };
}

function remembering(...texts: string[]): KeyMemory {
  const keys = new KeyMemory();
  for (const text of texts) keys.learn(message(text));
  return keys;
}

describe("completing a slash command", () => {
  it.each([
    ["/p", ["/ping ", "/pong "]],
    ["/", ["/ping ", "/pong ", "/close "]],
    ["/cl", ["/close "]],
    ["/x", []],
  ])("%j", (before, candidates) => {
    expect(complete(before, NAMES, new KeyMemory())).toEqual({ from: 0, candidates });
  });

  it.each(["hello", "/ping a", "//p", ""])("%j is nothing to complete", (before) => {
    expect(complete(before, NAMES, new KeyMemory())).toBeUndefined();
  });
});

describe("completing the key of a JSON member", () => {
  const keys = remembering('{"type":"a","topic":{"id":1}}', '[{"time": "x"}]', "no json: true");

  it("proposes the latest first, also nested ones", () => {
    expect(complete('{"t', NAMES, keys)).toEqual({
      from: 2,
      candidates: ['time": ', 'topic": ', 'type": '],
    });
    expect(complete('{"a":1, "i', NAMES, keys)?.candidates).toEqual(['id": ']);
  });

  it("leaves values alone", () => {
    expect(complete('{"type":"t', NAMES, keys)).toBeUndefined();
  });

  it("never proposes control characters, which a peer may send", () => {
    const hostile = remembering('{"\u001b[2J":1,"a\\\u009b":2,"ok":3}');
    expect(hostile.startingWith("")).toEqual(["ok"]);
  });

  it("forgets the oldest of very many, and does not look at long messages", () => {
    const many = remembering(
      JSON.stringify(Object.fromEntries(Array.from({ length: 501 }, (_, i) => [`k${i}`, 0]))),
      JSON.stringify({ long: "x".repeat(70_000) }),
    );
    expect(many.startingWith("")).toHaveLength(500);
    expect(many.startingWith("k0")).toEqual([]);
    expect(many.startingWith("long")).toEqual([]);
  });
});
