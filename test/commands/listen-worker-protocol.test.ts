import { expect, it } from "vitest";
import type { OptionSpec } from "../../src/commands/command.ts";
import { packArgs, unpackArgs } from "../../src/commands/listen-worker-protocol.ts";
import { argsOf } from "../helpers/args.ts";

const option = (name: string, kind: OptionSpec["kind"]): OptionSpec => ({
  name,
  kind,
  description: name,
  topic: "",
});
const OPTIONS = [
  option("quiet", "flag"),
  option("loud", "flag"),
  option("verbose", "count"),
  option("mode", "text"),
  option("absent", "text"),
  option("header", "list"),
];

it("a command line comes out as it went in, but for what is replaced", () => {
  const argv = [
    "--quiet",
    "--verbose",
    "--verbose",
    "--mode",
    "echo",
    "--header",
    "a",
    "--header",
    "b",
  ];
  const args = argsOf(OPTIONS, argv);
  const packed = structuredClone(packArgs(args, OPTIONS, { mode: "silent", loud: true }));
  const unpacked = unpackArgs(packed);
  expect(unpacked.positionals).toEqual(args.positionals);
  expect([unpacked.flag("quiet"), unpacked.flag("loud"), unpacked.flag("verbose")]).toEqual([
    true,
    true,
    false,
  ]);
  expect([unpacked.count("verbose"), unpacked.count("quiet-not")]).toEqual([2, 0]);
  expect([unpacked.text("mode"), unpacked.text("absent")]).toEqual(["silent", undefined]);
  expect([unpacked.list("header"), unpacked.list("absent")]).toEqual([["a", "b"], []]);
});
