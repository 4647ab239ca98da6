import fc from "fast-check";
import { expect, it } from "vitest";
import {
  decodeHistogram,
  emptyHistogram,
  encodeHistogram,
  toHistogram,
} from "../../src/bench/histogram.ts";
import { Recorder } from "../../src/bench/recorder.ts";

const latencies = fc.array(fc.integer({ min: 1, max: 2 ** 42 - 1 }), { maxLength: 100 });

function record(values: readonly number[]): Recorder {
  const recorder = new Recorder();
  for (const value of values) recorder.record(value);
  return recorder;
}

it("holds counts beyond 32 bits", () => {
  const recorder = new Recorder();
  recorder.record(5000, 2 ** 33);
  recorder.record(7000);
  const histogram = decodeHistogram(encodeHistogram(toHistogram(recorder.sparse())));
  expect(histogram.totalCount).toBe(2 ** 33 + 1);
  expect(histogram.getValueAtPercentile(50)).toBe(5003);
});

it("comes of parts, as compressed text, as of the whole", () => {
  fc.assert(
    fc.property(fc.array(latencies, { maxLength: 5 }), (parts) => {
      const [sum, whole] = [emptyHistogram(), emptyHistogram()];
      for (const part of parts)
        sum.add(decodeHistogram(encodeHistogram(toHistogram(record(part).sparse()))));
      for (const value of parts.flat()) whole.recordValue(value);
      expect(encodeHistogram(sum)).toBe(encodeHistogram(whole));
    }),
  );
});
