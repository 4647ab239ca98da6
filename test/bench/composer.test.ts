import { describe, expect, it } from "vitest";
import {
  Composer,
  constantPayload,
  type Content,
  looksInside,
  type MessagePlan,
} from "../../src/bench/composer.ts";
import { seededRandom } from "../../src/seeded-random.ts";
import { FramecatError } from "../../src/errors.ts";
import { hex, utf8 } from "../helpers/bytes.ts";

const letters = (size: number): Content => ({ type: "letters", sizes: { kind: "fixed", size } });
const template = (text: string): Content => ({ type: "template", text });
const weighted = (...contents: Content[]) => contents.map((content) => ({ weight: 1, content }));

function messagePlan(given: Partial<MessagePlan> = {}): MessagePlan {
  return {
    kind: "text",
    contents: weighted(letters(5)),
    match: { by: "order" },
    verify: false,
    onOpen: [],
    ...given,
  };
}

const composerOf = (given: Partial<MessagePlan>, random = seededRandom(1)) =>
  Composer.create(messagePlan(given), random);

/** Payloads of the first messages of a socket. */
async function texts(given: Partial<MessagePlan>, count = 3, socket = 4): Promise<string[]> {
  const composer = await composerOf(given);
  return Array.from({ length: count }, (_, seq) =>
    Buffer.from(composer.compose(socket, seq).payload).toString(),
  );
}

describe("a message", () => {
  it.each<[string, Partial<MessagePlan>, string[]]>([
    [
      "the alphabet",
      { contents: weighted(letters(28)) },
      Array(3).fill("abcdefghijklmnopqrstuvwxyzab"),
    ],
    ["nothing", { contents: weighted(letters(0)) }, ["", "", ""]],
    [
      "bytes",
      { contents: weighted({ type: "bytes", bytes: utf8("{{seq}}") }) },
      Array(3).fill("{{seq}}"),
    ],
    [
      "its number",
      { contents: weighted({ type: "numbered", sizes: { kind: "fixed", size: 13 } }) },
      ["0000000000abc", "0000000001bcd", "0000000002cde"],
    ],
    ["a template", { contents: weighted(template("{{seq}}/{{socket}}")) }, ["0/4", "1/4", "2/4"]],
    [
      "a row of a table, one for each socket",
      {
        contents: weighted(template("{{row.name}}-{{seq}}")),
        rows: { text: "name,n\nann,1\nbob,2\neve,3\n", name: "users.csv" },
      },
      ["bob-0", "bob-1", "bob-2"],
    ],
  ])("may hold %s", async (_, given, expected) => {
    expect(await texts(given)).toEqual(expected);
  });

  it("is text or binary", async () => {
    const opcodes = (["text", "binary"] as const).map(
      async (kind) => (await composerOf({ kind })).compose(0, 0).opcode,
    );
    expect(await Promise.all(opcodes)).toEqual([1, 2]);
  });

  it("has a size by chance, the same for the same seed", async () => {
    const contents = weighted({ type: "letters", sizes: { kind: "range", min: 3, max: 9 } });
    const sizes = (await texts({ contents }, 500)).map(({ length }) => length);
    expect([...new Set(sizes)].toSorted((a, b) => a - b)).toEqual([3, 4, 5, 6, 7, 8, 9]);
    expect((await texts({ contents }, 500)).map(({ length }) => length)).toEqual(sizes);
  });
});

it("chooses among contents by their weights", async () => {
  const contents = [1, 0, 3].map((weight, i) => ({ weight, content: template("abc"[i]!) }));
  const count = 20_000;
  const chosen = await texts({ contents }, count);
  const share = (text: string) => chosen.filter((other) => other === text).length / count;
  expect(share("b")).toBe(0);
  // Five standard errors.
  expect(Math.abs(share("a") - 0.25)).toBeLessThan(5 * Math.sqrt((0.25 * 0.75) / count));
});

describe("the key of a message", () => {
  const keys = async (given: Partial<MessagePlan>) => {
    const composer = await composerOf(given);
    return [0, 1].map((seq) => {
      const { key, replies } = composer.compose(0, seq);
      return [key, replies];
    });
  };

  it("is none where the order decides", async () => {
    expect(await keys({})).toEqual([
      [undefined, 1],
      [undefined, 1],
    ]);
  });

  it("is its number, or what is at a path", async () => {
    const expected = [
      [0, 1],
      [1, 1],
    ];
    const numbered: Content = { type: "numbered", sizes: { kind: "fixed", size: 11 } };
    expect(await keys({ contents: weighted(numbered), match: { by: "seq" } })).toEqual(expected);
    const match = { by: "json", request: "$.id", reply: "$.to" } as const;
    expect(await keys({ contents: weighted(template('{"id":{{seq}}}')), match })).toEqual(expected);
  });

  it("may be missing, and then no reply is expected", async () => {
    const match = { by: "json", request: "$.id", reply: "$.id" } as const;
    expect(await keys({ contents: weighted(template("hello")), match })).toEqual([
      [undefined, 0],
      [undefined, 0],
    ]);
  });
});

describe("a recording", () => {
  const recording = [
    { kind: "text", payload: utf8('{"id":1}'), gapMs: 5, replies: 2 },
    { kind: "binary", payload: hex("ff"), gapMs: 70, replies: 0 },
  ] as const;

  it("is sent by turns, each message with its replies and its gap", async () => {
    const composer = await composerOf({ recording });
    expect([0, 1, 2].map((seq) => composer.compose(0, seq))).toEqual([
      { opcode: 1, payload: recording[0].payload, key: undefined, replies: 2 },
      { opcode: 2, payload: recording[1].payload, key: undefined, replies: 0 },
      { opcode: 1, payload: recording[0].payload, key: undefined, replies: 2 },
    ]);
    expect([0, 1, 2].map((seq) => composer.gapMs(seq))).toEqual([5, 70, 5]);
  });

  it("has one reply to each message with a key, where there are keys", async () => {
    const match = { by: "json", request: "$.id", reply: "$.id" } as const;
    const composer = await composerOf({ recording, match });
    const found = [0, 1].map((seq) => composer.compose(0, seq));
    expect(found.map(({ key, replies }) => [key, replies])).toEqual([
      [1, 1],
      [undefined, 0],
    ]);
  });
});

it("fills what is published, with the stamp wherever it is asked for", async () => {
  const published = '{"a":"{{stamp}}","n":{{seq}},"s":{{socket}},"b":"{{stamp}}"}';
  const composer = await composerOf({ published });
  expect(Buffer.from(composer.stamped(3, 7, "S!")).toString()).toBe(
    '{"a":"S!","n":7,"s":3,"b":"S!"}',
  );
});

it("fills what a socket sends first", async () => {
  const rows = { text: "token\nx\ny\n", name: "t.csv" };
  const composer = await composerOf({ onOpen: ["join {{row.token}}", "hi {{socket}}"], rows });
  expect(composer.greetings(1).map(String)).toEqual(["join y", "hi 1"]);
});

it.each<[string, Partial<MessagePlan>, RegExp]>([
  ["a placeholder", { contents: weighted(template("{{nothing}}")) }, /--payload.*\{\{nothing\}\}/],
  ["a placeholder of a greeting", { onOpen: ["{{nothing}}"] }, /--send.*\{\{nothing\}\}/],
  ["a path", { match: { by: "json", request: "$[", reply: "$[" } }, /--match/],
  ["a table", { rows: { text: "a,a\n1,2\n", name: "t.csv" } }, /t\.csv has the column "a" twice/],
])("refuses %s that is wrong", async (_, given, message) => {
  const thrown = await composerOf(given).catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(FramecatError);
  expect(thrown).toMatchObject({ code: "usage", message: expect.stringMatching(message) });
});

describe("a plan whose messages are all the same", () => {
  it.each<[string, Partial<MessagePlan>, string | undefined]>([
    ["letters of one size", {}, "abcde"],
    ["bytes", { contents: weighted({ type: "bytes", bytes: utf8("x") }) }, "x"],
    [
      "letters of any size",
      { contents: weighted({ type: "letters", sizes: { kind: "range", min: 1, max: 2 } }) },
      undefined,
    ],
    [
      "numbers",
      { contents: weighted({ type: "numbered", sizes: { kind: "fixed", size: 11 } }) },
      undefined,
    ],
    ["a template", { contents: weighted(template("x")) }, undefined],
    ["several contents", { contents: weighted(letters(1), letters(2)) }, undefined],
    ["a recording", { recording: [] }, undefined],
  ])("of %s", (_, given, expected) => {
    const payload = constantPayload(messagePlan(given));
    expect(payload && Buffer.from(payload).toString()).toBe(expected);
  });
});

it.each<[Partial<MessagePlan>, boolean]>([
  [{}, false],
  [{ match: { by: "seq" } }, true],
  [{ verify: true }, true],
  [{ recording: [] }, true],
])("knows whether replies are looked into: %j", (given, expected) => {
  expect(looksInside(messagePlan(given))).toBe(expected);
});
