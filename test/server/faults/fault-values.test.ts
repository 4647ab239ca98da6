import { expect, it } from "vitest";
import {
  opcodeOf,
  parseBandwidth,
  parseCode,
  parseLatency,
  parsePart,
  parseTime,
} from "../../../src/server/faults/fault-values.ts";

const values = { opcodeOf, parseBandwidth, parseCode, parseLatency, parsePart, parseTime };

it.each<[keyof typeof values, string, unknown]>([
  ["parseLatency", "100ms", { latencyMs: 100, jitterMs: 0 }],
  ["parseLatency", "1s±250ms", { latencyMs: 1000, jitterMs: 250 }],
  ["parseLatency", "1s+-1s", { latencyMs: 1000, jitterMs: 1000 }],
  ["parseLatency", "1s+/-1ms", { latencyMs: 1000, jitterMs: 1 }],
  ["parseBandwidth", "64KiB/s", 65_536],
  ["parseBandwidth", "6KB/m", 100],
  ["parsePart", "1", 1],
  ["parseTime", "20ms", 20],
  ["opcodeOf", "cont", 0],
  ["opcodeOf", "15", 15],
  ["parseCode", "0", 0],
  ["parseCode", "none", undefined],
])("%s %s", (name, text, expected) => expect(values[name](text, "--fault x")).toEqual(expected));

it.each<[keyof typeof values, string]>([
  ["parseLatency", "1s±2s"],
  ["parseLatency", "0s"],
  ["parseLatency", "1s±1ms±1ms"],
  ["parseLatency", "±1ms"],
  ["parseBandwidth", "64KiB"],
  ["parseBandwidth", "0/s"],
  ["parseBandwidth", "fast/s"],
  ["parseBandwidth", "/s"],
  ["parsePart", "0B"],
  ["parseTime", "0ms"],
  ["opcodeOf", "16"],
  ["parseCode", "-1"],
])("%s: no %s", (name, text) => {
  expect(() => values[name](text, "--fault x")).toThrow(/^--fault x must be /);
});
