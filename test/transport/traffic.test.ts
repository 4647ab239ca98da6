import { expect, it } from "vitest";
import { addTraffic, NO_TRAFFIC } from "../../src/transport/traffic.ts";

it("adds each figure of each direction", () => {
  const one = {
    in: { messages: 1, payloadBytes: 20, wireBytes: 300 },
    out: { messages: 4, payloadBytes: 50, wireBytes: 600 },
  };
  expect(addTraffic(one, NO_TRAFFIC)).toEqual(one);
  expect(addTraffic(one, one)).toEqual({
    in: { messages: 2, payloadBytes: 40, wireBytes: 600 },
    out: { messages: 8, payloadBytes: 100, wireBytes: 1200 },
  });
});
