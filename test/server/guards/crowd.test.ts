import fc from "fast-check";
import { expect, it } from "vitest";
import { crowdGuard } from "../../../src/server/guards/crowd.ts";
import { OwnPlaces, type Place } from "../../../src/server/places.ts";
import { deferred } from "../../../src/transport/deferred.ts";
import { askingOf, type FakeAsking } from "../../helpers/asking.ts";

/** @returns what comes of asking */
function crowd(options: Parameters<typeof crowdGuard>[0]) {
  const guard = crowdGuard(options);
  return async (asking: FakeAsking) => guard.admit?.(asking);
}

const from = (address: string) => askingOf([], { address });

it("turns away who is one too many, until another goes", async () => {
  const check = crowd({ total: 2 });
  const first = from("192.0.2.1");
  expect([await check(first), await check(from("192.0.2.2"))]).toEqual([undefined, undefined]);
  expect(await check(from("192.0.2.3"))).toMatchObject({
    kind: "max-connections",
    reply: { status: 503 },
    why: "there are 2 clients",
  });
  first.leave();
  expect(await check(from("192.0.2.3"))).toBeUndefined();
});

it("turns away who is one too many of an address, or of an IPv6 network", async () => {
  const check = crowd({ perAddress: 1 });
  expect(await check(from("2001:db8::1"))).toBeUndefined();
  expect(await check(from("2001:db8::2"))).toMatchObject({
    kind: "max-per-ip",
    reply: { status: 429 },
    why: "1 clients of 2001:db8::2 are there",
  });
  expect(await check(from("2001:db8:0:1::1"))).toBeUndefined();
});

it("knows no addresses at a unix socket", async () => {
  const check = crowd({ perAddress: 1 });
  expect([await check(from("")), await check(from(""))]).toEqual([undefined, undefined]);
});

it("keeps no place for one who goes while the places are counted elsewhere", async () => {
  const own = new OwnPlaces();
  const answer = deferred();
  const places = {
    take: (wanted: readonly Place[]) => answer.promise.then(() => own.take(wanted)),
  };
  const check = crowd({ total: 1, places });
  const first = from("192.0.2.1");
  const checked = check(first);
  first.leave();
  answer.resolve();
  expect([await checked, await check(from("192.0.2.2"))]).toEqual([undefined, undefined]);
});

it("never lets in more than there may be, and forgets who has gone", async () => {
  const step = fc.record({ address: fc.integer({ min: 1, max: 3 }), leave: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.array(step), async (steps) => {
      const check = crowd({ total: 4, perAddress: 2 });
      const inside: FakeAsking[] = [];
      for (const { address, leave } of steps) {
        const asking = from(`192.0.2.${address}`);
        const same = inside.filter((other) => other.address === asking.address).length;
        if (leave) inside.shift()?.leave();
        else if (!(await check(asking))) inside.push(asking);
        else expect(inside.length === 4 || same === 2).toBe(true);
        expect(inside.length).toBeLessThanOrEqual(4);
      }
    }),
  );
});
