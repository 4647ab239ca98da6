import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { occupy, OwnPlaces, type Place, type Taken } from "../../src/server/places.ts";
import { deferred } from "../../src/transport/deferred.ts";

const place = (name: string, most: number): Place => ({ name, most });

describe("places", () => {
  it("are taken until there are none, and are free again when they are given back", () => {
    const places = new OwnPlaces();
    const first = places.take([place("a", 1)]);
    expect(places.take([place("a", 1)])).toEqual({ full: "a" });
    expect(places.take([place("b", 1)]).full).toBeUndefined();
    first.giveBack?.();
    expect(places.take([place("a", 1)]).full).toBeUndefined();
  });

  it("are taken all, or none", () => {
    const places = new OwnPlaces();
    places.take([place("b", 1)]);
    expect(places.take([place("a", 1), place("b", 1)])).toEqual({ full: "b" });
    expect(places.take([place("a", 1)]).full).toBeUndefined();
  });

  it("are given back once", () => {
    const places = new OwnPlaces();
    const first = places.take([place("a", 2)]);
    places.take([place("a", 2)]);
    first.giveBack?.();
    first.giveBack?.();
    places.take([place("a", 2)]);
    expect(places.take([place("a", 2)])).toEqual({ full: "a" });
  });

  it("are never more than there are, whoever comes and goes", () => {
    const step = fc.record({ give: fc.boolean(), name: fc.constantFrom("a", "b") });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const places = new OwnPlaces();
        const held: { name: string; taken: Taken }[] = [];
        for (const { give, name } of steps) {
          if (give) held.shift()?.taken.giveBack?.();
          else {
            const taken = places.take([place("all", 3), place(name, 2)]);
            const same = held.filter((other) => other.name === name).length;
            expect(taken.full).toBe(held.length === 3 ? "all" : same === 2 ? name : undefined);
            if (taken.giveBack) held.push({ name, taken });
          }
        }
      }),
    );
  });
});

describe("who may be gone before the answer comes", () => {
  it.each(["before", "after"])("keeps no place when gone %s it", async (when) => {
    const own = new OwnPlaces();
    const answer = deferred();
    const places = {
      take: (wanted: readonly Place[]) => answer.promise.then(() => own.take(wanted)),
    };
    let go: () => void = () => undefined;
    const occupied = occupy(places, [place("a", 1)], (listener) => (go = listener));
    if (when === "before") go();
    answer.resolve();
    expect((await occupied).full).toBeUndefined();
    if (when === "after") {
      expect(own.take([place("a", 1)])).toEqual({ full: "a" });
      go();
    }
    expect(own.take([place("a", 1)]).full).toBeUndefined();
  });

  it("hears which is full, and gives nothing back", async () => {
    const places = new OwnPlaces();
    places.take([place("a", 1)]);
    let go: () => void = () => undefined;
    expect(await occupy(places, [place("a", 1)], (listener) => (go = listener))).toEqual({
      full: "a",
    });
    go();
    expect(places.take([place("a", 1)])).toEqual({ full: "a" });
  });
});
