import process from "node:process";
import { build } from "hdr-histogram-js";

const VALUES = 1 << 16;
const PASSES = 100;

/** Latencies from a microsecond to a second, as many in each decade. */
const latencies = Float64Array.from({ length: VALUES }, () => 10 ** (3 + 6 * Math.random()));

/** CPU time of one call in ns, the loop's own with it. */
function callNs(record) {
  const before = process.cpuUsage();
  for (let pass = 0; pass < PASSES; pass++) for (const value of latencies) record(value);
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1000) / (VALUES * PASSES);
}

/** What recording a latency costs: `framecat` by our own recorder, `ws` by hdr-histogram-js. */
export function recording(Recorder) {
  const recorder = new Recorder();
  const histogram = build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: 60e9,
    numberOfSignificantValueDigits: 3,
  });
  return {
    framecat: { cost: callNs((ns) => recorder.record(ns)) },
    "hdr-histogram-js": { cost: callNs((ns) => histogram.recordValue(Math.round(ns))) },
  };
}
