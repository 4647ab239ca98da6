import { expect, it } from "vitest";
import { linkShape } from "../../../src/server/faults/link-faults.ts";
import { faultOf } from "../../helpers/played-client.ts";

const shape = (...texts: string[]) =>
  linkShape(
    texts.map((text) => faultOf("link", text)),
    () => {
      const numbers = [0, 0.25, 0.5, 1 - 2 ** -32];
      return () => numbers.shift() ?? 0;
    },
  );

it("is none where nothing is wrong", () => expect(shape()).toBeUndefined());

it("is made of all faults of the link", () => {
  expect(shape("bandwidth=1KiB/s", "split=3B", "coalesce=20ms")).toEqual({
    bytesPerSecond: 1024,
    splitSize: 3,
    coalesceMs: 20,
  });
});

it("has a latency between the ends of its jitter", () => {
  const { latencyMs } = shape("latency=100ms±50ms")!;
  const drawn = [1, 2, 3, 4].map(() => latencyMs!());
  expect(drawn.slice(0, 3)).toEqual([50, 75, 100]);
  expect(drawn[3]).toBeCloseTo(150, 5);
});
