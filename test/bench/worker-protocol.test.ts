import { expect, it } from "vitest";
import { mergeCounts, noCounts } from "../../src/bench/worker-protocol.ts";
import { counts } from "../helpers/bench.ts";

it("adds up what workers counted; of the window and the load the largest counts", () => {
  const part = (n: number) =>
    counts({
      sockets: { attempted: 10 * n, opened: 7 * n, failed: 2 * n, unfinished: n, open: 6 * n },
      messages: { sent: 20 * n, answered: 17 * n, lost: 2 * n, inFlight: n, unexpected: 3 * n },
      traffic: { messagesOut: n, messagesIn: 2 * n, bytesOut: 3 * n, bytesIn: 4 * n },
      windowMs: 100 * n,
      cpuMs: 50 * n,
      waitedMs: 10 * n,
      busy: n / 10,
      refusals: [{ kind: "refused", code: "unreachable", message: "x", count: n }],
      breaks: [{ kind: "closed", code: "closed", message: `${n}`, count: n }],
    });
  const sum = part(3);
  expect(mergeCounts([part(1), part(2)])).toEqual({
    ...sum,
    windowMs: 200,
    busy: 0.2,
    breaks: [
      { kind: "closed", code: "closed", message: "2", count: 2 },
      { kind: "closed", code: "closed", message: "1", count: 1 },
    ],
  });
});

it("is nothing without workers, and leaves all unfinished where one told nothing", () => {
  expect(mergeCounts([])).toEqual(noCounts(0));
  expect(mergeCounts([noCounts(5)]).sockets).toEqual({
    attempted: 5,
    opened: 0,
    failed: 0,
    unfinished: 5,
    open: 0,
  });
});
