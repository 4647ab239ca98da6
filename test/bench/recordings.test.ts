import { expect, it } from "vitest";
import { bucketOf } from "../../src/bench/recorder.ts";
import { Recordings } from "../../src/bench/recordings.ts";

it("keeps one recorder for each name", () => {
  const recordings = new Recordings();
  expect(recordings.of("latency")).toBe(recordings.of("latency"));
  expect(recordings.of("latency")).not.toBe(recordings.of("gap"));
  expect(recordings.names()).toEqual(["latency", "gap"]);
});

it("gives what was recorded since it was taken last", () => {
  const recordings = new Recordings();
  recordings.of("slip");
  recordings.of("latency").record(5, 2);
  expect(recordings.sparse()).toEqual({ latency: [5, 2] });
  expect(recordings.take()).toEqual({ latency: [5, 2] });
  recordings.of("gap").record(1e6);
  expect(recordings.take()).toEqual({ gap: [bucketOf(1e6), 1] });
  expect([recordings.take(), recordings.sparse()]).toEqual([{}, {}]);
});

it("adds up what others took, without loss", () => {
  const [part, whole] = [new Recordings(), new Recordings()];
  for (const ns of [1, 3000, 5e9]) {
    part.of("service").record(ns, 3);
    whole.add(part.take());
  }
  whole.add({ service: [1, 1], tcp: [7, 1] });
  expect(whole.sparse()).toEqual({
    service: [1, 4, bucketOf(3000), 3, bucketOf(5e9), 3],
    tcp: [7, 1],
  });
});
