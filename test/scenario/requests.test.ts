import { describe, expect, it } from "vitest";
import { DEFAULT_SHAPE } from "../../src/scenario/request.ts";
import { Requests } from "../../src/scenario/requests.ts";
import { utf8 } from "../helpers/bytes.ts";

const SECOND = 1_000_000_000n;
const reply = (id: unknown, data: unknown = "x") =>
  utf8(JSON.stringify({ id, type: "response", data }));

function waitingFor(...types: readonly string[]) {
  const requests = new Requests(DEFAULT_SHAPE);
  for (const [i, type] of types.entries())
    requests.sent(requests.nextId(), type, BigInt(i) * SECOND);
  return requests;
}

describe("requests", () => {
  it("have ids from 1 on", () => {
    const requests = new Requests(DEFAULT_SHAPE);
    expect([requests.nextId(), requests.nextId()]).toEqual([1, 2]);
  });

  it("are answered in any order, each once", () => {
    const requests = waitingFor("a", "b");
    expect(requests.received(reply(2, 5), 3n * SECOND)).toEqual({
      id: 2,
      type: "b",
      tookMs: 2000,
      outcome: { ok: true, data: 5 },
    });
    expect(requests.received(reply(2), 3n * SECOND)).toBeUndefined();
    expect(requests.waiting).toBe(1);
  });

  it("are answered by their id as text too", () => {
    expect(waitingFor("a").received(reply("1"), SECOND)).toMatchObject({ id: 1, type: "a" });
  });

  it.each([reply(9), reply(null), utf8('{"id":1,"type":"get"}'), utf8("no JSON"), utf8("")])(
    "are not answered by %#",
    (payload) => {
      const requests = waitingFor("a");
      expect([requests.received(payload, SECOND), requests.waiting]).toEqual([undefined, 1]);
    },
  );

  it("wait for thirty seconds, the oldest first", () => {
    const requests = waitingFor("a", "b", "c");
    expect(requests.deadlineNs).toBe(30n * SECOND);
    expect(requests.expire(30n * SECOND - 1n)).toEqual([]);
    expect(requests.expire(31n * SECOND)).toEqual([
      { id: 1, type: "a", tookMs: 31_000 },
      { id: 2, type: "b", tookMs: 30_000 },
    ]);
    expect([requests.deadlineNs, requests.waiting]).toEqual([32n * SECOND, 1]);
    expect(requests.received(reply(1), 32n * SECOND)).toBeUndefined();
  });

  it("wait as long as is asked for", () => {
    const requests = new Requests(DEFAULT_SHAPE, 0.5);
    requests.sent(1, "a", 0n);
    expect(requests.deadlineNs).toBe(500_000n);
    expect(requests.expire(500_000n)).toHaveLength(1);
    expect(requests.deadlineNs).toBeUndefined();
  });

  it("are abandoned together", () => {
    const requests = waitingFor("a", "b");
    expect(requests.abandon(2n * SECOND).map(({ id, tookMs }) => [id, tookMs])).toEqual([
      [1, 2000],
      [2, 1000],
    ]);
    expect(requests.waiting).toBe(0);
  });
});
