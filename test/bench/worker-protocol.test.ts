import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  addUp,
  mergeCounts,
  NO_MESSAGES,
  NO_TRAFFIC,
  noCounts,
  settle,
} from "../../src/bench/worker-protocol.ts";
import { counts } from "../helpers/bench.ts";

describe("the books of several workers", () => {
  const part = (n: number) =>
    counts({
      sockets: { attempted: 10 * n, opened: 7 * n, failed: 2 * n, unfinished: n, open: 6 * n },
      peak: 7 * n,
      messages: { planned: 21 * n, unsent: n, sent: 20 * n, answered: 17 * n, lost: 3 * n },
      unawaited: n,
      stream: { expected: 5 * n, received: 4 * n, missing: n, duplicated: 0, reordered: n },
      ownDeliveries: n,
      traffic: { messagesOut: n, messagesIn: 2 * n, bytesOut: 3 * n, bytesIn: 4 * n },
      self: { windowMs: 100 * n, cpuMs: 50 * n, busy: n / 10, rssBytes: 1000 * n },
      maxBufferedBytes: 8 * n,
      grownBytes: 500 * n,
      refusals: [{ kind: "refused", code: "unreachable", message: "x", count: n }],
      breaks: [{ kind: "closed", code: "closed", message: `${n}`, count: n }],
    });

  it("are added up; the window is the longest, and busy the busiest", () => {
    const sum = part(3);
    expect(mergeCounts([part(1), part(2)])).toEqual({
      ...sum,
      self: { ...sum.self, windowMs: 200, busy: 0.2 },
      breaks: [
        { kind: "closed", code: "closed", message: "2", count: 2 },
        { kind: "closed", code: "closed", message: "1", count: 1 },
      ],
    });
  });

  it("are none without workers, and those of one alone", () => {
    expect(mergeCounts([])).toEqual(noCounts(0));
    expect(mergeCounts([part(2)])).toEqual(part(2));
  });

  it("leave all unfinished where one told nothing", () => {
    expect(mergeCounts([noCounts(5)]).sockets).toMatchObject({ attempted: 5, unfinished: 5 });
  });
});

it("adds field by field, and leaves others away", () => {
  const one = { ...NO_TRAFFIC, messagesIn: 2, extra: 9 };
  expect(addUp([one, one], NO_TRAFFIC)).toEqual({ ...NO_TRAFFIC, messagesIn: 4 });
});

it("counts as unsent in the end what was planned and not sent", () => {
  fc.assert(
    fc.property(fc.nat(100), fc.nat(100), fc.nat(100), (sent, unsent, held) => {
      const planned = sent + unsent + held;
      const settled = settle({ ...NO_MESSAGES, planned, sent, unsent });
      expect(settled).toEqual({ ...NO_MESSAGES, planned, sent, unsent: unsent + held });
    }),
  );
  const defect = { ...NO_MESSAGES, planned: 1, sent: 2 };
  expect(settle(defect)).toEqual(defect);
});
