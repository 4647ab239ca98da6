import fc from "fast-check";
import { expect, it } from "vitest";
import { crowdCheck } from "../../../src/server/guards/crowd.ts";
import { askingOf, type FakeAsking } from "../../helpers/asking.ts";

const from = (address: string) => askingOf([], { address });

it("turns away who is one too many, until another goes", () => {
  const check = crowdCheck({ total: 2 });
  const first = from("192.0.2.1");
  expect([check(first), check(from("192.0.2.2"))]).toEqual([undefined, undefined]);
  expect(check(from("192.0.2.3"))).toMatchObject({
    kind: "max-connections",
    reply: { status: 503 },
    why: "there are 2 clients",
  });
  first.leave();
  expect(check(from("192.0.2.3"))).toBeUndefined();
});

it("turns away who is one too many of an address, or of an IPv6 network", () => {
  const check = crowdCheck({ perAddress: 1 });
  expect(check(from("2001:db8::1"))).toBeUndefined();
  expect(check(from("2001:db8::2"))).toMatchObject({
    kind: "max-per-ip",
    reply: { status: 429 },
    why: "1 clients of 2001:db8::2 are there",
  });
  expect(check(from("2001:db8:0:1::1"))).toBeUndefined();
});

it("knows no addresses at a unix socket", () => {
  const check = crowdCheck({ perAddress: 1 });
  expect([check(from("")), check(from(""))]).toEqual([undefined, undefined]);
});

it("never lets in more than there may be, and forgets who has gone", () => {
  const step = fc.record({ address: fc.integer({ min: 1, max: 3 }), leave: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const check = crowdCheck({ total: 4, perAddress: 2 });
      const inside: FakeAsking[] = [];
      for (const { address, leave } of steps) {
        const asking = from(`192.0.2.${address}`);
        const same = inside.filter((other) => other.address === asking.address).length;
        if (leave) inside.shift()?.leave();
        else if (!check(asking)) inside.push(asking);
        else expect(inside.length === 4 || same === 2).toBe(true);
        expect(inside.length).toBeLessThanOrEqual(4);
      }
    }),
  );
});
