import { describe, expect, it } from "vitest";
import type { Measure } from "../../src/bench/result.ts";
import { encodeStamp } from "../../src/bench/stamp.ts";
import { readMessageFlags } from "../../src/commands/bench-messages.ts";
import { bench } from "../../src/commands/bench.ts";
import { parseArgs } from "../../src/commands/parse-args.ts";
import { folder } from "../helpers/bench-commands.ts";
import { messageLine } from "../helpers/recorded.ts";
import { expectUsage } from "../helpers/usage.ts";

const read = (argv: readonly string[], measure: Measure = "echo") =>
  readMessageFlags(parseArgs(bench, argv), measure);

const file = (content: string, name = "file") => folder({ [name]: content })(name);

describe("what is sent", () => {
  it.each([
    [[], "20 B text", { type: "letters", sizes: { kind: "fixed", size: 20 } }],
    [["--size", "1KiB", "--binary"], "1 KiB binary", { type: "letters" }],
    [["--match", "seq"], "20 B numbered text", { type: "numbered" }],
    [["--payload", "hi"], "2 B text", { type: "bytes", bytes: Buffer.from("hi") }],
    [["--payload", "{{seq}}"], "templated text", { type: "template", text: "{{seq}}" }],
  ])("%j", async (argv, words, content) => {
    const flags = await read(argv);
    expect(flags.words).toBe(words);
    expect(flags.message.contents).toMatchObject([{ weight: 1, content }]);
  });

  it("comes from a file, which is a template only where it is text", async () => {
    const { message } = await read([`--payload=@${file("a {{seq}}")}`, "--payload=b"]);
    expect(message.contents.map(({ content }) => content.type)).toEqual(["template", "bytes"]);
  });

  it("is weighted", async () => {
    const { message, words } = await read(["--payload", "a", "--payload", "b", "--weights", "3,1"]);
    expect(message.contents.map(({ weight }) => weight)).toEqual([3, 1]);
    expect(words).toBe("2 kinds of text");
  });

  it("has the columns of a table", async () => {
    const data = file("name,token\na,1\n", "t.csv");
    const flags = await read(["--data", data, "--payload", "{{row.name}}"]);
    expect(flags.columns).toEqual(["name", "token"]);
  });

  it.each([
    ["ping", "pings"],
    ["hold", "pings"],
    ["push", "nothing"],
    ["connect", "nothing"],
  ] as const)("of %s is %s", async (measure, words) => {
    expect((await read([], measure)).words).toBe(words);
  });
});

describe("what is published", () => {
  it("is of the size that is asked for, with a channel where there is one", async () => {
    const { message, words } = await read(["--size", "100"], "fanout");
    const stamp = encodeStamp({ publisher: 0, seq: 0, dueAt: 5_000_000, sentAt: 5_000_000 });
    const { length } = message.published!.replace("{{stamp}}", stamp);
    expect(Math.abs(length - 100)).toBeLessThan(15);
    expect(words).toBe("about 100 B text");
    const channel = await read(["--channel", 'a"b'], "fanout");
    expect(channel.message.onOpen).toEqual(['{"type":"subscribe","channel":"a\\"b"}']);
    expect(channel.message.published).toContain('"type":"publish","channel":"a\\"b"');
  });

  it("may be given, with its stamp", async () => {
    const { message } = await read(["--payload", "x {{stamp}}"], "fanout");
    expect(message.published).toBe("x {{stamp}}");
  });

  it.each([
    [["--payload", "x"], /must hold {{stamp}}/],
    [["--payload", "{{stamp}} {{nope}}"], /nope/],
    [["--payload", "{{stamp}}", "--payload", "{{stamp}}"], /one kind of --payload/],
  ])("%j is refused", (argv, message) => expectUsage(read(argv, "fanout"), message));
});

describe("a recording", () => {
  it("is sent as it was", async () => {
    const name = file(
      [
        messageLine(0, "out", "a"),
        messageLine(1, "in", "b"),
        messageLine(2, "out", '{"id":1}'),
      ].join(""),
    );
    const { message, words } = await read(["--replay", name]);
    expect(message.recording).toHaveLength(2);
    expect(words).toBe("a recording of 2 messages");
    const matched = await read(["--replay", name, "--match", "json:$.id"]);
    expect(matched.message.match).toMatchObject({ by: "json" });
  });

  it.each([
    ["", /is empty$/],
    ["no json\n", /line 1/],
    [messageLine(0, "in", "b"), /has no message/],
  ])("%j is none", (content, message) => expectUsage(read(["--replay", file(content)]), message));
});

describe("what is wrong is one line", () => {
  it.each([
    [["--match", "magic"], /--match "magic" is no way/],
    [["--match", "json:$["], /--match/],
    [["--match", "json:$.id"], /needs messages that hold its path/],
    [["--match", "json:$.id", "--payload", '{"no":1}'], /has no \$\.id to match replies by/],
    [["--match", "seq", "--payload", "x"], /has no number to match/],
    [["--match", "seq", "--size", "2"], /--match seq needs messages of at least/],
    [["--payload", "{{nope}}"], /--payload.*nope/],
    [["--payload", "{{row.a}}"], /row\.a/],
    [["--payload", "@/nonexistent"], /--payload: cannot read \/nonexistent/],
    [["--send", "{{nope}}"], /--send.*nope/],
    [["--data", "/nonexistent"], /--data: cannot read/],
    [["--replay", "/nonexistent"], /--replay: cannot read/],
    [["--payload", "a", "--weights", "1,2"], /--weights must be one number for each --payload/],
    [["--payload", "a", "--weights", "x"], /--weights must be a whole number/],
    [["--payload", "a", "--weights", "0"], /--weights must be one number/],
    [["--size", "0-"], /--size/],
  ])("%j", (argv, message) => expectUsage(read(argv), message));

  it.each([
    ["", /is empty/],
    ["a,a\n1,2\n", /twice/],
    ["a,b\n", /no rows/],
  ])("a table of %j", (content, message) =>
    expectUsage(read(["--data", file(content, "t.csv")]), message),
  );
});
