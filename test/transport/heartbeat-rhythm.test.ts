import { describe, expect, it } from "vitest";
import { HeartbeatRhythm } from "../../src/transport/heartbeat-rhythm.ts";

/** A look at a time: what was heard when, how much traffic, and what comes of it. */
type Look = [now: number, heardAt: number, traffic: number, beat: string, excused?: "excused"];

const OPTIONS = { intervalMs: 1000, timeoutMs: 400 };

function expectBeats(looks: readonly Look[]): void {
  const rhythm = new HeartbeatRhythm(OPTIONS);
  const beats = looks.map(([now, heardAt, traffic, , excuse]) => {
    const beat = rhythm.look({ now, heardAt, traffic, excused: excuse !== undefined });
    return beat.act === "lost" ? `lost ${beat.afterMs}` : `${beat.act} ${beat.forMs}`;
  });
  expect(beats).toEqual(looks.map(([, , , beat]) => beat));
}

describe.each<[string, Look[]]>([
  [
    "waits an interval, asks, and finds the peer lost",
    [
      [0, 0, 0, "wait 1000"],
      [1000, 0, 0, "ask 400"],
      [1399, 0, 0, "wait 1"],
      [1400, 0, 0, "lost 400"],
    ],
  ],
  [
    "asks nothing while anything comes",
    [
      [1000, 900, 5, "wait 900"],
      [1900, 1850, 9, "wait 950"],
      [2800, 1900, 9, "wait 100"],
    ],
  ],
  [
    "takes anything that comes for the answer",
    [
      [1000, 0, 0, "ask 400"],
      [1010, 1010, 7, "wait 1000"],
      [2010, 1010, 7, "ask 400"],
      [2410, 2300, 7, "wait 890"],
    ],
  ],
  [
    "asks a quiet line less often, up to four intervals",
    [
      [1000, 0, 0, "ask 400"],
      [1020, 1020, 0, "wait 1500"],
      [2520, 1020, 0, "ask 400"],
      [2530, 2530, 0, "wait 2250"],
      [4780, 2530, 0, "ask 400"],
      [4790, 4790, 0, "wait 3375"],
      [8165, 4790, 0, "ask 400"],
      [8170, 8170, 0, "wait 4000"],
      [12_170, 8170, 0, "ask 400"],
      [12_180, 12_180, 0, "wait 4000"],
    ],
  ],
  [
    "comes back to the interval after traffic",
    [
      [1000, 0, 0, "ask 400"],
      [1020, 1020, 0, "wait 1500"],
      [2520, 2000, 1, "wait 480"],
      [3000, 2000, 1, "ask 400"],
    ],
  ],
  [
    "does not grow where the answer came together with traffic",
    [
      [1000, 0, 0, "ask 400"],
      [1020, 1020, 1, "wait 1000"],
    ],
  ],
  [
    "comes back to the interval after a slow answer",
    [
      [1000, 0, 0, "ask 400"],
      [1020, 1020, 0, "wait 1500"],
      [2520, 1020, 0, "ask 400"],
      [2721, 2721, 0, "wait 1000"],
    ],
  ],
  [
    "gives the time anew to who has an excuse, and no longer",
    [
      [1000, 0, 0, "ask 400"],
      [1400, 0, 0, "wait 400", "excused"],
      [1800, 0, 0, "wait 400", "excused"],
      [2200, 0, 0, "lost 400"],
    ],
  ],
  [
    "asks nobody from whom nothing can be heard",
    [
      [1000, 0, 0, "wait 1000", "excused"],
      [2000, 0, 0, "ask 400"],
    ],
  ],
])("%s", (_, looks) => {
  it("in these looks", () => expectBeats(looks));
});

it("knows whether a question is open", () => {
  const rhythm = new HeartbeatRhythm(OPTIONS);
  const signs = { heardAt: 0, traffic: 0, excused: false };
  expect(rhythm.asked).toBe(false);
  rhythm.look({ ...signs, now: 1000 });
  expect(rhythm.asked).toBe(true);
  rhythm.look({ ...signs, now: 1100, heardAt: 1050 });
  expect(rhythm.asked).toBe(false);
});

it("asks a quiet line as often as ever where its interval may not grow", () => {
  const rhythm = new HeartbeatRhythm({ ...OPTIONS, maxIntervalMs: 1000 });
  const look = (now: number, heardAt: number) =>
    rhythm.look({ now, heardAt, traffic: 0, excused: false });
  expect([look(1000, 0), look(1020, 1020), look(2020, 1020), look(2030, 2030)]).toEqual([
    { act: "ask", forMs: 400 },
    { act: "wait", forMs: 1000 },
    { act: "ask", forMs: 400 },
    { act: "wait", forMs: 1000 },
  ]);
});
