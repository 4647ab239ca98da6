import { expect, it } from "vitest";
import { main } from "../../src/cli.ts";
import { expectGolden } from "../helpers/golden.ts";
import { memoryIo } from "../helpers/memory-io.ts";
import { expectDocument } from "../helpers/schemas.ts";

async function explain(...words: string[]) {
  const io = memoryIo();
  const code = await main(["frame-dump", "explain", ...words], io);
  return { code, out: io.out(), err: io.err() };
}

it("tells what words mean", async () => {
  const words = ["1006", "0x9", "RSV1", "Sec-WebSocket-Accept", "101", "exit", "14", "4001"];
  const { code, out, err } = await explain(...words, "permessage-deflate", "client-frame-unmasked");
  expect([code, err]).toEqual([0, ""]);
  expectGolden("explain/words.txt", out);
});

it("tells all that a number may be", async () => {
  const { out } = await explain("10");
  expect(out.match(/^\S.*$/gm)).toEqual([
    expect.stringContaining("0xa pong"),
    expect.stringContaining("exit 10"),
  ]);
  expect((await explain("opcode", "10")).out).not.toContain("exit");
  expect((await explain("exit 10")).out).not.toContain("pong");
});

it("without a word lists what it knows, by kind", async () => {
  const { code, out } = await explain();
  expect(code).toBe(0);
  expect(out).toMatch(/^close code\n {2}1000 Normal Closure, /);
  expect(out).toMatch(/\n\nexit code of framecat\n {2}exit 0, exit 1, /);
  expect(Math.max(...out.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
});

it("is JSON where that is asked for", async () => {
  const { out } = await explain("--json", "1000", "exit 2");
  expect(expectDocument("explain", out)).toEqual({
    v: "framecat.explain/1",
    terms: [
      {
        topic: "close code",
        name: "1000 Normal Closure",
        meaning: "the purpose of the connection is fulfilled",
        source: "RFC 6455, section 7.4.1",
      },
      { topic: "exit code of framecat", name: "exit 2", meaning: expect.any(String) },
    ],
  });
});

it("is JSON of all that it knows", async () => {
  const { terms } = expectDocument("explain", (await explain("--json")).out) as { terms: [] };
  expect(terms.length).toBeGreaterThan(100);
});

it.each([
  ["going away", "1001 Going Away"],
  ["close code 1006", "1006 Abnormal Closure"],
  ["exit code 21", "exit 21"],
])("words of one term need no quotes: %s", async (words, name) => {
  const quoted = await explain(words);
  expect(quoted.out).toContain(name);
  expect(await explain(...words.split(" "))).toEqual(quoted);
});

it.each([
  ["deflat", /"deflat" is not known \(exit 2\)\. Near to it: permessage-deflate, /],
  ["zzz", /"zzz" is not known \(exit 2\)\. `framecat frame-dump explain` lists all/],
  ["\x1b[2J", /"\\u001b\[2J" is not known/],
])("what it does not know is one line: %j", async (word, message) => {
  const { code, out, err } = await explain("1000", word);
  expect([code, out, err.split("\n").length]).toEqual([2, "", 2]);
  expect(err).toMatch(message);
});

it("has help", async () => {
  expectGolden("help/frame-dump-explain.txt", (await explain("--help")).out);
});
