import { describe, expect, it } from "vitest";
import type { LoadModel, Measure } from "../../src/bench/result.ts";
import {
  byteRate,
  latency,
  loadWords,
  measureWords,
  percent,
  rate,
} from "../../src/render/bench-report-words.ts";

describe("a load in words", () => {
  const closed: LoadModel = { model: "closed", inFlight: 1, thinkMs: 0 };
  const open: LoadModel = {
    model: "open",
    ratePerSecond: 50_000,
    per: "total",
    arrival: "constant",
  };
  it.each<[LoadModel, Measure, string]>([
    [closed, "echo", "closed model, 1 in flight"],
    [
      { ...closed, inFlight: 1000, thinkMs: 250 },
      "echo",
      "closed model, 1,000 in flight, 250 ms think time",
    ],
    [open, "echo", "open model, 50,000 msg/s"],
    [{ ...open, ratePerSecond: 0.5, per: "socket" }, "ping", "open model, 0.5 pings/s per socket"],
    [{ ...open, arrival: "poisson" }, "connect", "open model, 50,000 handshakes/s, poisson"],
    [open, "fanout", "open model, 50,000 published/s"],
  ])("%j of %s is %s", (load, measure, text) => {
    expect(loadWords(load, measureWords(measure))).toBe(text);
  });
});

it.each<[Measure, string]>([
  ["echo", "latency"],
  ["ping", "latency"],
  ["push", "gap"],
  ["fanout", "latency"],
  ["connect", "handshake"],
  ["hold", "latency"],
])("what %s is about is in the histogram %s", (measure, name) => {
  expect(measureWords(measure).histogram).toBe(name);
});

it.each([
  [0.004, "0.004 ms"],
  [43, "43.0 ms"],
  [1200, "1.20 s"],
])("a latency of %d ms is %s", (ms, text) => expect(latency(ms)).toBe(text));

it.each([
  [0, "0"],
  [0.02, "0.020"],
  [0.5, "0.5"],
  [3, "3"],
  [12.4, "12"],
  [4000, "4,000"],
])("a rate of %d is %s", (perSecond, text) => expect(rate(perSecond)).toBe(text));

it("a rate of bytes has its unit", () => {
  expect(byteRate(2 * 2 ** 20)).toBe("2.0 MiB/s");
});

it.each([
  [0, "0 %"],
  [1e-9, "<0.01 %"],
  [0.001, "0.10 %"],
  [0.0996, "10.0 %"],
  [0.5, "50.0 %"],
  [0.9994, "99.9 %"],
  [0.99999, ">99.9 %"],
  [1, "100 %"],
])("a share of %d is %s", (share, text) => expect(percent(share)).toBe(text));
