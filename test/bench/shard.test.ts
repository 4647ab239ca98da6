import { describe, expect, it } from "vitest";
import { parseShard, parseStartAt, shardFile, shardOf } from "../../src/bench/shard.ts";

describe("--shard", () => {
  it.each([
    ["0/1", 0, 1],
    ["3/4", 3, 4],
    [" 10/1000 ", 10, 1000],
  ])("%s", (text, index, count) => {
    expect(parseShard(text)).toEqual({ index, count });
  });

  it.each(["4/4", "1", "1/", "/4", "-1/4", "a/b", "0/0", "1.5/4", "1/4/2"])(
    "refuses %s",
    (text) => {
      expect(() => parseShard(text)).toThrow(/--shard must be like 0\/4/);
    },
  );
});

describe("a scheduler", () => {
  it.each([
    ["none", {}, undefined],
    ["Kubernetes", { JOB_COMPLETION_INDEX: "2", JOB_COMPLETIONS: "5" }, { index: 2, count: 5 }],
    ["Kubernetes that does not tell how many", { JOB_COMPLETION_INDEX: "2" }, undefined],
    ["a step of Slurm", { SLURM_PROCID: "1", SLURM_NTASKS: "3" }, { index: 1, count: 3 }],
    ["one task of Slurm", { SLURM_PROCID: "0", SLURM_NTASKS: "1" }, undefined],
    [
      "an array of Slurm that begins at 1",
      {
        SLURM_ARRAY_TASK_ID: "4",
        SLURM_ARRAY_TASK_MIN: "1",
        SLURM_ARRAY_TASK_COUNT: "4",
        SLURM_PROCID: "0",
        SLURM_NTASKS: "1",
      },
      { index: 3, count: 4 },
    ],
    [
      "an array of Slurm with a step",
      {
        SLURM_ARRAY_TASK_ID: "8",
        SLURM_ARRAY_TASK_MIN: "0",
        SLURM_ARRAY_TASK_STEP: "4",
        SLURM_ARRAY_TASK_COUNT: "3",
      },
      { index: 2, count: 3 },
    ],
    [
      "an array whose tasks have several processes",
      {
        SLURM_ARRAY_TASK_ID: "2",
        SLURM_ARRAY_TASK_COUNT: "3",
        SLURM_PROCID: "1",
        SLURM_NTASKS: "2",
      },
      { index: 5, count: 6 },
    ],
  ])("%s", (_, env, shard) => {
    expect(shardOf(env)).toEqual(shard);
  });

  it.each([
    ["an index beyond the count", { SLURM_PROCID: "3", SLURM_NTASKS: "3" }],
    ["what is no number", { JOB_COMPLETION_INDEX: "x", JOB_COMPLETIONS: "5" }],
    [
      "an array that is beyond its count",
      { SLURM_ARRAY_TASK_ID: "8", SLURM_ARRAY_TASK_MIN: "0", SLURM_ARRAY_TASK_COUNT: "5" },
    ],
  ])("that says %s is not believed", (_, env) => {
    expect(() => shardOf(env)).toThrow(/which cannot be/);
  });
});

it("names files so that they sort", () => {
  expect(shardFile({ index: 3, count: 12 })).toBe("shard-03-of-12.json");
});

describe("--start-at", () => {
  const now = Date.parse("2026-01-31T14:00:00Z");

  it.each([
    ["14:30", "2026-01-31T14:30:00Z"],
    ["14:00:05", "2026-01-31T14:00:05Z"],
    ["13:59", "2026-02-01T13:59:00Z"],
    ["2026-01-31T15:30:00+01:00", "2026-01-31T14:30:00Z"],
    [`@${now / 1000 + 1.5}`, "2026-01-31T14:00:01.500Z"],
  ])("%s", (text, at) => {
    expect(parseStartAt(text, now)).toBe(Date.parse(at));
  });

  it.each([
    ["25:00", /must be like/],
    ["14", /must be like/],
    ["2026-01-31T14:30:00", /must be like/],
    ["2026-01-31T25:30:00Z", /must be like/],
    ["2026-01-31T13:30:00Z", /has passed/],
    ["2026-02-03T13:30:00Z", /more than a day ahead/],
  ])("refuses %s", (text, message) => {
    expect(() => parseStartAt(text, now)).toThrow(message);
  });
});
