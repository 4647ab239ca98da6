import { expect, it } from "vitest";
import { benchReport } from "../../src/commands/bench-report.ts";
import { readSaved } from "../../src/commands/bench-saved.ts";
import { parseArgs } from "../../src/commands/parse-args.ts";
import { folder } from "../helpers/bench-commands.ts";
import { benchResult } from "../helpers/bench-result.ts";
import { memoryIo } from "../helpers/memory-io.ts";
import { expectUsage } from "../helpers/usage.ts";

const read = (argv: readonly string[], stdin = "") =>
  readSaved(parseArgs(benchReport, argv), memoryIo({ stdin }));

const result = (url: string) => benchResult({ url });
const line = (url: string) => `${JSON.stringify(result(url))}\n`;

it("reads files in their order, and stdin among them", async () => {
  const path = folder({ a: line("ws://a/"), bc: line("ws://b/") + line("ws://c/") });
  const saved = await read([path("bc"), "-", path("a")], line("ws://d/"));
  expect(saved.map((each) => each.result.url)).toEqual([
    "ws://b/",
    "ws://c/",
    "ws://d/",
    "ws://a/",
  ]);
  expect(saved.map(({ name }) => name)).toEqual([
    `${path("bc")}, result 1`,
    `${path("bc")}, result 2`,
    "stdin",
    path("a"),
  ]);
  expect(saved[0]?.result).toEqual(result("ws://b/"));
});

it("hides what was saved with its secrets", async () => {
  const urls = "ws://u:p@a/?token=1 ws://b/?token=2";
  const [hidden] = await read(["-"], line(urls));
  expect(hidden?.result.url).toBe("ws://***@a/?token=*** ws://b/?token=***");
  const [shown] = await read(["-", "--show-secrets"], line(urls));
  expect(shown?.result.url).toBe(urls);
});

it.each([
  [[], "", /no file is named/],
  [["-", "-"], "", /stdin can be read once/],
  [["-"], "", /stdin is empty/],
  [["-"], "{", /^stdin: /],
  [["-"], "{}", /^stdin: v is missing/],
  [["/nonexistent"], "", /cannot read \/nonexistent/],
  [["/"], "", /cannot read \//],
])("%j of %j is one line", (argv, stdin, message) => expectUsage(read(argv, stdin), message));
