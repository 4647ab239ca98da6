import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Flight, type Sent } from "../../src/bench/flight.ts";
import { utf8 } from "../helpers/bytes.ts";

let count = 0;
function message(key: string | number, text?: string): Sent {
  const payload = text === undefined ? undefined : utf8(text);
  return { key, dueAt: 0, sentAt: 0, seq: count++, payload, replies: 1 };
}

it("finds messages by their keys, those of one key oldest first", () => {
  const keys = fc.constantFrom("a", "b", 1, "1");
  const steps = fc.array(fc.record({ key: keys, take: fc.boolean(), at: fc.nat(9) }));
  fc.assert(
    fc.property(steps, (actions) => {
      const flight = new Flight();
      let model: Sent[] = [];
      for (const { key, take, at } of actions) {
        const sent = model[at];
        if (take && sent) {
          flight.remove(sent);
          model = model.filter((other) => other !== sent);
        } else if (!take) {
          model.push(message(key));
          flight.add(model.at(-1)!);
        }
        expect(flight.find(key)).toBe(model.find((other) => other.key === key));
        expect(flight.size).toBe(model.length);
        expect(new Set(flight)).toEqual(new Set(model));
      }
      expect(new Set(flight.clear())).toEqual(new Set(model));
      expect([flight.size, [...flight], flight.find("a")]).toEqual([0, [], undefined]);
    }),
  );
});

it("knows the oldest one", () => {
  const flight = new Flight();
  const all = [message(3), message(1), message(2)];
  for (const sent of all) flight.add(sent);
  expect(flight.oldest).toBe(all[0]);
  flight.remove(all[0]!);
  expect(flight.oldest).toBe(all[1]);
});

describe("the nearest one", () => {
  it.each([
    ["abcd", "abcd"],
    ["abXd", "abcd"],
    ["abcdefgX", "abcdefgh"],
    ["abcdefg", "abcdefgh"],
    ["", "zzzz"],
  ])("to %j is %j", (reply, expected) => {
    const flight = new Flight();
    for (const text of ["abcdefgh", "zzzz", "abcd", "abcd"]) flight.add(message("k", text));
    expect(Buffer.from(flight.nearest(utf8(reply))!.payload!).toString()).toBe(expected);
  });

  it("is none where no payloads are kept", () => {
    const flight = new Flight();
    flight.add(message("k"));
    expect(flight.nearest(utf8(""))).toBeUndefined();
  });
});

describe("what is settled", () => {
  it("is remembered by its key, and by what was sent", () => {
    const flight = new Flight();
    expect(flight.settled(1, utf8("x"))).toBeUndefined();
    flight.remember(message(1, "x"));
    flight.remember(message(2), { expired: true });
    expect(flight.settled(1, utf8("x"))).toMatchObject({ expired: false });
    expect(flight.settled(1, utf8("y"))).toBeUndefined();
    expect(flight.settled(2, utf8("y"))).toMatchObject({ expired: true });
  });

  it("is forgotten after hundreds of others", () => {
    const flight = new Flight();
    for (let key = 0; key < 256; key++) flight.remember(message(key));
    flight.remember(message(0));
    flight.remember(message(256));
    const known = [0, 1, 2, 256].map((key) => flight.settled(key, utf8("")) !== undefined);
    expect(known).toEqual([true, false, true, true]);
  });
});
