import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { RecordedStep } from "../../src/scenario/recorded-session.ts";
import { replay, type ReplayOptions, type ReplayPeer } from "../../src/scenario/replay.ts";
import { deferred } from "../../src/transport/deferred.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const clock = {
  now: () => ({ epochUs: 0, ns: BigInt(Math.round(performance.now() * 1e6)) }),
};

function session(...gaps: readonly number[]): { steps: RecordedStep[] } {
  const kinds = ["text", "binary"] as const;
  const steps = gaps.map((gapMs, i) => {
    const kind = kinds[i % 2] ?? "text";
    return { kind, payload: Buffer.from(String(i)), gapMs, replies: 0 };
  });
  return { steps };
}

/** Keeps what was sent, and when; `room` says when there is room again. */
function peer(room: (sent: number) => Promise<void> = () => Promise.resolve()) {
  const startMs = performance.now();
  const sent: [ms: number, what: string][] = [];
  const closed = deferred();
  const receiver: ReplayPeer = {
    send: (data, { binary }) => {
      const what = `${Buffer.from(data).toString()} ${binary ? "binary" : "text"}`;
      sent.push([Math.round(performance.now() - startMs), what]);
      return room(sent.length);
    },
    closed: closed.promise,
  };
  return { receiver, sent, times: () => sent.map(([ms]) => ms), close: closed.resolve };
}

/** Replays while time passes as fast as nothing happens. */
async function run(
  steps: ReturnType<typeof session>,
  receiver: ReplayPeer,
  options: Partial<ReplayOptions> = {},
) {
  const replaying = replay(steps, receiver, { clock, ...options });
  await vi.runAllTimersAsync();
  return replaying;
}

describe("replay", () => {
  it("sends each message at its time, as what it was", async () => {
    const { receiver, sent } = peer();
    expect(await run(session(5, 0, 2.5), receiver)).toEqual({ sent: 3, whole: true });
    expect(sent).toEqual([
      [5, "0 text"],
      [5, "1 binary"],
      [8, "2 text"],
    ]);
  });

  it.each([
    [2, [50, 150]],
    [0.5, [200, 600]],
    [Number.POSITIVE_INFINITY, [0, 0]],
  ])("is %d times as fast", async (speed, expected) => {
    const { receiver, times } = peer();
    await run(session(100, 200), receiver, { speed });
    expect(times()).toEqual(expected);
  });

  it("waits longer than any timer", async () => {
    const { receiver, times } = peer();
    const month = 31 * 24 * 3600 * 1000;
    await run(session(month), receiver);
    expect(times()).toEqual([month]);
  });

  it("waits for room, and catches up after that", async () => {
    const { receiver, times } = peer((sent) => {
      return sent === 1
        ? new Promise((resolve) => void setTimeout(resolve, 25))
        : Promise.resolve();
    });
    await run(session(10, 10, 10, 10), receiver);
    // Planned for 20 and 30, sent at 35 together; the last is on time.
    expect(times()).toEqual([10, 35, 35, 40]);
  });

  it("tells each message before it is sent", async () => {
    const { receiver, sent } = peer();
    const seen: string[] = [];
    await run(session(1, 1), receiver, {
      onStep: ({ kind }, index) => void seen.push(`${index} ${kind}, ${sent.length} sent`),
    });
    expect(seen).toEqual(["0 text, 0 sent", "1 binary, 1 sent"]);
  });

  it("ends with the connection, at once", async () => {
    const { receiver, close } = peer();
    const replaying = replay(session(10, 1e9), receiver, { clock });
    await vi.advanceTimersByTimeAsync(10);
    close();
    expect(await replaying).toEqual({ sent: 1, whole: false });
    expect(vi.getTimerCount()).toBe(0);
  });

  it("ends with the signal, also while there is no room", async () => {
    const stop = new AbortController();
    const { receiver } = peer(() => deferred().promise);
    const replaying = replay(session(10, 10), receiver, { clock, signal: stop.signal });
    await vi.advanceTimersByTimeAsync(100);
    stop.abort();
    expect(await replaying).toEqual({ sent: 1, whole: false });
  });

  it("sends nothing where it was over before", async () => {
    const { receiver, sent } = peer();
    const result = replay(session(0), receiver, { clock, signal: AbortSignal.abort() });
    expect(await result).toEqual({ sent: 0, whole: false });
    expect(sent).toEqual([]);
  });

  it("ends where nothing can be sent any more", async () => {
    const { receiver } = peer((sent) => {
      return sent === 2 ? Promise.reject(new Error("not open")) : Promise.resolve();
    });
    expect(await run(session(1, 1, 1), receiver)).toEqual({ sent: 1, whole: false });
  });
});
