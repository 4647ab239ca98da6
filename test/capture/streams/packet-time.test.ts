import { expect, it } from "vitest";
import { PacketTime } from "../../../src/capture/streams/packet-time.ts";

it("a moment is made once for each time, in microseconds and nanoseconds since 1970", () => {
  const time = new PacketTime();
  time.set({ seconds: 1_700_000_000, nanoseconds: 123_456_789 });
  const moment = time.moment();
  expect(moment).toEqual({ epochUs: 1_700_000_000_123_456, ns: 1_700_000_000_123_456_789n });
  time.set({ seconds: 1_700_000_000, nanoseconds: 123_456_789 });
  expect(time.moment()).toBe(moment);
  time.setNs(1_700_000_001_000_000_002n);
  expect(time).toMatchObject({ seconds: 1_700_000_001, nanoseconds: 2 });
  expect(time.tsNs).toBe(1_700_000_001_000_000_002n);
});
