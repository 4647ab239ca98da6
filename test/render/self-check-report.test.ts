import { describe, expect, it } from "vitest";
import type { SelfCheck } from "../../src/bench/self-check.ts";
import { selfCheckReport } from "../../src/render/self-check-report.ts";
import { createTheme } from "../../src/render/theme.ts";
import { displayWidth } from "../../src/width.ts";
import { expectGolden } from "../helpers/golden.ts";
import { expectValid } from "../helpers/schemas.ts";

const CHECK: SelfCheck = {
  v: "framecat.self-check/1",
  startedAt: "2026-01-01T00:00:00.000Z",
  cores: 2,
  workers: 1,
  connections: 100,
  message: "20 B text",
  fastest: [
    { inFlight: 1, roundTripsPerSecond: 113_739, clientCpuUsPerRoundTrip: 8.04 },
    { inFlight: 16, roundTripsPerSecond: 1_378_599, clientCpuUsPerRoundTrip: 0.52 },
  ],
  paced: {
    ratePerSecond: 28_000,
    busy: 0.28,
    latencyMs: { p50: 0.05, p99: 0.31, max: 4.2 },
    slipMs: { p50: 0.001, p99: 0.04, max: 1.1 },
  },
  trustedPerSecond: 80_987,
  limits: [],
};
const TIRED: SelfCheck = {
  ...CHECK,
  trustedPerSecond: 0,
  limits: ["The workers waited for a core in 31 % of the time, as others use them too\u001b[2J."],
};

const lines = (check: SelfCheck, columns = 80) =>
  selfCheckReport(check, { theme: createTheme(0), columns });

describe("the report of a self-check", () => {
  it("says up to which rate the figures can be trusted", () => {
    expectGolden("bench/self-check.txt", `${lines(CHECK).join("\n")}\n`);
  });

  it("says why they cannot", () => {
    expectGolden("bench/self-check-tired.txt", `${lines(TIRED).join("\n")}\n`);
  });

  it("fits the terminal", () => {
    for (const columns of [60, 80, 120]) {
      for (const line of lines(TIRED, columns)) {
        expect(displayWidth(line)).toBeLessThanOrEqual(columns);
      }
    }
  });

  it("is of documents that keep to their schema", () => {
    for (const check of [CHECK, TIRED]) expectValid("self-check", check);
  });
});
