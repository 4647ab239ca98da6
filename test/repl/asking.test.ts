import { describe, expect, it, vi } from "vitest";
import { systemClock } from "../../src/io.ts";
import { Asking } from "../../src/repl/asking.ts";
import { DEFAULT_SHAPE } from "../../src/scenario/request.ts";
import { Requests } from "../../src/scenario/requests.ts";
import type { Event } from "../../src/transport/events.ts";

function open(timeoutMs?: number) {
  const asking = new Asking(DEFAULT_SHAPE, new Requests(DEFAULT_SHAPE, timeoutMs), systemClock);
  const sent: string[] = [];
  const ask = (type: string) => asking.ask(type, undefined, async (text) => void sent.push(text));
  return { asking, sent, ask };
}

function reply(id: number, data: unknown): Event {
  const text = JSON.stringify({ id, type: "response", data });
  const common = { conn: "1", at: systemClock.now(), dir: "in" } as const;
  return { ...common, type: "message", kind: "text", data: Buffer.from(text) };
}

describe("requests of a session", () => {
  it("get their own response, in any order", async () => {
    const { asking, ask, sent } = open();
    const [a, b] = [ask("a"), ask("b")];
    expect(sent).toEqual(['{"id":1,"type":"a"}', '{"id":2,"type":"b"}']);
    asking.take(reply(2, "for b"));
    asking.take(reply(1, "for a"));
    asking.take(reply(1, "twice"));
    const outcomes = (await Promise.all([a, b])).map((outcome) =>
      outcome.kind === "answered" ? outcome.answer.outcome : outcome.kind,
    );
    expect(outcomes).toEqual([
      { ok: true, data: "for a" },
      { ok: true, data: "for b" },
    ]);
  });

  it("are given up one after the other, each at its time", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    const { ask } = open(100);
    const a = ask("a");
    await vi.advanceTimersByTimeAsync(60);
    const b = ask("b");
    await vi.advanceTimersByTimeAsync(45);
    expect(await a).toMatchObject({ kind: "late", request: { type: "a" } });
    await vi.advanceTimersByTimeAsync(60);
    expect(await b).toMatchObject({ kind: "late", request: { type: "b" } });
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });

  it("fail where they cannot be sent", async () => {
    const { asking } = open();
    const failing = asking.ask("a", undefined, () => Promise.reject(new Error("not open")));
    await expect(failing).rejects.toThrow("not open");
    asking.take({ type: "close", conn: "1", at: systemClock.now() } as Event);
  });
});
