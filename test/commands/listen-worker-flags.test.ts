import { expect, it } from "vitest";
import { LISTEN_OPTIONS } from "../../src/commands/listen-options.ts";
import { readWorkers } from "../../src/commands/listen-worker-flags.ts";
import { argsOf } from "../helpers/args.ts";

const workers = (mode: string, ...argv: string[]) =>
  readWorkers(argsOf(LISTEN_OPTIONS, argv), mode);

it("is one process, or as many as are given", () => {
  expect(workers("echo")).toBe(1);
  expect(workers("push", "--workers", "4")).toBe(4);
  expect(() => workers("echo", "--workers", "0")).toThrow("--workers");
});

it("is one where clients hear of each other", () => {
  expect(workers("pubsub", "--workers", "1")).toBe(1);
  expect(() => workers("pubsub", "--workers", "2")).toThrow(
    "--workers is not for --mode pubsub, whose clients belong together",
  );
});

it("has no table of several processes", () => {
  expect(workers("echo", "--table")).toBe(1);
  expect(() => workers("echo", "--table", "--workers", "2")).toThrow("--table is for one process");
});

it.each(["record", "har"])(
  "has no --%s, which the processes would write over each other",
  (flag) => {
    const file = [`--${flag}`, "out.file"];
    expect(workers("echo", ...file)).toBe(1);
    expect(() => workers("echo", ...file, "--workers", "2")).toThrow(
      `--${flag} is for one process`,
    );
  },
);
