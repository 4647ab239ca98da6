import type { LookupAddress, LookupOptions } from "node:dns";
import { describe, expect, it } from "vitest";
import { answer, cachingLookup } from "../../src/transport/caching-lookup.ts";

const V4: LookupAddress = { address: "10.0.0.1", family: 4 };
const V6: LookupAddress = { address: "::1", family: 6 };

/** A resolver that answers when it is told to, and a cache with a clock of its own before it. */
function cached(ttlMs = 5000) {
  const time = { now: 0 };
  const asked: { hostname: string; tell: (error: NodeJS.ErrnoException | null) => void }[] = [];
  const lookup = cachingLookup(ttlMs, {
    now: () => time.now,
    lookup: (hostname, { all, family }, callback) => {
      expect([all, family]).toEqual([true, 0]);
      asked.push({ hostname, tell: (error) => callback(error, error ? [] : [V6, V4]) });
    },
  });
  const resolve = (hostname: string, options: LookupOptions = {}) =>
    new Promise<unknown>((done) => {
      lookup(hostname, options, (error, address, family) => {
        done(error ? error.code : family === undefined ? address : [address, family]);
      });
    });
  return { time, asked, resolve };
}

describe("a caching resolver", () => {
  it("asks once for who asks at the same time, and keeps the answer", async () => {
    const { time, asked, resolve } = cached();
    const both = [resolve("h", { all: true }), resolve("h", { family: 4 })];
    expect(asked.length).toBe(1);
    asked[0]!.tell(null);
    expect(await Promise.all(both)).toEqual([
      [V6, V4],
      ["10.0.0.1", 4],
    ]);
    time.now = 4999;
    expect(await resolve("h")).toEqual(["::1", 6]);
    expect(asked.length).toBe(1);
  });

  it("asks again when the answer is old", async () => {
    const { time, asked, resolve } = cached();
    const first = resolve("h");
    asked[0]!.tell(null);
    await first;
    time.now = 5000;
    void resolve("h");
    expect(asked.length).toBe(2);
  });

  it("asks for each name, and for each kind of answer", () => {
    const { asked, resolve } = cached();
    void resolve("a");
    void resolve("b");
    void resolve("a", { hints: 1024 });
    expect(asked.map(({ hostname }) => hostname)).toEqual(["a", "b", "a"]);
  });

  it("keeps a failure for a second", async () => {
    const { time, asked, resolve } = cached();
    const first = resolve("h");
    asked[0]!.tell(Object.assign(new Error("x"), { code: "EAI_AGAIN" }));
    expect(await first).toBe("EAI_AGAIN");
    time.now = 999;
    expect(await resolve("h")).toBe("EAI_AGAIN");
    time.now = 1000;
    const second = resolve("h");
    asked[1]!.tell(null);
    expect(await second).toEqual(["::1", 6]);
  });

  it("answers later, never at once", async () => {
    const { asked, resolve } = cached();
    const first = resolve("h");
    asked[0]!.tell(null);
    await first;
    let answered = false;
    const second = resolve("h").then(() => (answered = true));
    expect(answered).toBe(false);
    await second;
  });

  it("asks the system's resolver by default", async () => {
    const found = await new Promise((done) => {
      cachingLookup(1000)("127.0.0.1", {}, (error, address) => done(error ?? address));
    });
    expect(found).toBe("127.0.0.1");
  });
});

it.each<[LookupOptions, unknown]>([
  [{}, ["::1", 6]],
  [{ family: 4 }, ["10.0.0.1", 4]],
  [{ family: "IPv6" }, ["::1", 6]],
  [{ all: true }, [[V6, V4], undefined]],
  [{ all: true, family: "IPv4" }, [[V4], undefined]],
])("an answer to %j", (options, expected) => {
  answer("h", [null, [V6, V4]], options, (error, address, family) => {
    expect([error, [address, family]]).toEqual([null, expected]);
  });
});

it("no address of the family is none", () => {
  answer("h", [null, [V6]], { family: 4 }, (error) => expect(error?.code).toBe("ENOTFOUND"));
  expect.assertions(1);
});
