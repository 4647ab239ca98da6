import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { diceOf } from "../../../src/server/faults/dice.ts";
import { messageFaults } from "../../../src/server/faults/message-faults.ts";
import { SharedMessage } from "../../../src/transport/shared-message.ts";
import { stopTime } from "../../helpers/guarded-client.ts";
import { faultOf, playedClient } from "../../helpers/played-client.ts";

/** A client that some faults may strike, and its server that says some words. */
function spoiled(texts: readonly string[], { seed = 1, conn = "1" } = {}) {
  stopTime();
  const played = playedClient();
  messageFaults(played.client, {
    faults: texts.map((text) => faultOf("message", text)),
    random: ({ text }) => diceOf(seed, conn, text),
    tell: played.tell,
  });
  const say = (...words: string[]): void => words.forEach((word) => void played.client.send(word));
  return { ...played, say };
}

describe("of three messages the second", () => {
  it.each<[string, string[], string]>([
    ["drop@2msgs", ["one", "three"], "drop: message 2 is dropped (3 B)"],
    ["duplicate@2msgs", ["one", "two", "two", "three"], "duplicate: message 2 is sent twice"],
    ["reorder@2msgs", ["one", "three", "two"], "reorder: message 2 waits for the next one"],
    ["rsv1@2msgs", ["one", "two as c10374776f", "three"], "rsv1: message 2 has RSV1"],
    ["rsv3@2msgs", ["one", "two as 910374776f", "three"], "rsv3: message 2 has RSV3"],
    [
      "fragment=2B@2msgs",
      ["one", "two as 0102747780016f", "three"],
      "fragment: message 2 goes in frames: 2",
    ],
    ["opcode=3@2msgs", ["one", "raw 830374776f", "three"], "opcode: message 2 has opcode 0x3"],
  ])("%s", (text, left, words) => {
    const { say, done, told } = spoiled([text]);
    say("one", "two", "three");
    expect([done, told]).toEqual([left, [words]]);
  });
});

it("one bit of a message is flipped, whichever it is", () => {
  for (let seed = 0; seed < 20; seed++) {
    const { say, done, told } = spoiled(["corrupt"], { seed });
    say("word");
    const [, bit, byte] = /bit (\d) of byte (\d)/.exec(told[0] ?? "") ?? [];
    const expected = Buffer.from("word");
    expected[Number(byte)]! ^= 0x80 >> Number(bit);
    expect(done).toEqual([expected.toString("latin1")]);
  }
});

it("a text has a byte that no UTF-8 has, also an empty one; bytes are left alone", () => {
  const { client, done } = spoiled(["bad-utf8"]);
  void client.send("word");
  void client.send("");
  void client.send(Buffer.from("word"), { binary: true });
  expect(done[0]).toMatch(/^[word]*ÿ[word]*$/);
  expect(done.slice(1)).toEqual(["ÿ", "word"]);
});

it("an empty message has no bit to be flipped", () => {
  const { say, told } = spoiled(["corrupt"]);
  say("");
  expect(told).toEqual([]);
});

it("a mask is another one for each message, and is masked with", () => {
  const { say, done } = spoiled(["mask"]);
  say("aa", "aa");
  const masked = done.map((line) => {
    const [, key = "", payload = ""] = / as 8182|aa as 8182(.{8})(.{4})$/.exec(line) ?? [];
    const [k, p] = [Buffer.from(key, "hex"), Buffer.from(payload, "hex")];
    expect([p[0]! ^ k[0]!, p[1]! ^ k[1]!]).toEqual([0x61, 0x61]);
    return key;
  });
  expect(masked[0]).not.toBe(masked[1]);
});

it("several faults strike one message together", () => {
  const { say, done, told } = spoiled(["duplicate@1msg", "rsv2@1msg", "reorder@1msg"]);
  say("one", "two");
  expect(done).toEqual(["two", "one as a1036f6e65", "one as a1036f6e65"]);
  expect(told).toHaveLength(3);
});

it("a message that is dropped is not touched otherwise, and its sender is told", () => {
  const { client, done, told } = spoiled(["duplicate", "drop"]);
  const sent: boolean[] = [];
  void client.send("one", { sent: (ok) => sent.push(ok) });
  expect([done, told, sent]).toEqual([[], ["drop: message 1 is dropped (3 B)"], [false]]);
});

it("a sender is told once of a message that goes twice, and of what is no message", () => {
  const { client } = spoiled(["duplicate@1msg", "opcode=3@2msgs"]);
  const sent: boolean[] = [];
  for (const word of ["one", "two"]) void client.send(word, { sent: (ok) => sent.push(ok) });
  expect(sent).toEqual([true, true]);
});

it("a message that nothing overtakes goes after a second; one waits at a time", () => {
  const { say, done } = spoiled(["reorder"]);
  say("one", "two", "three");
  expect(done).toEqual(["two", "one"]);
  vi.advanceTimersByTime(999);
  expect(done).toHaveLength(2);
  vi.advanceTimersByTime(1);
  expect([done[2], vi.getTimerCount()]).toEqual(["three", 0]);
});

it("nothing is kept of who has gone", async () => {
  const { say, connection, leave, done } = spoiled(["reorder"]);
  say("one");
  connection.state = "CLOSED";
  leave();
  await connection.closed;
  await Promise.resolve();
  expect(vi.getTimerCount()).toBe(0);
  expect(done).toEqual([]);
});

it("fragments that a mode sends pass as they are", () => {
  const { client, connection, done } = spoiled(["drop"]);
  void client.send("a", { fin: false });
  connection.midMessage = true;
  void client.send("b");
  expect(done).toEqual(["a…", "b"]);
});

it("a message that others get, too, is spoiled for one alone", () => {
  const shared = new SharedMessage("word");
  const { client, done } = spoiled(["bad-utf8@1msg"]);
  void client.share(shared);
  void client.share(shared);
  expect(done[0]).toContain("ÿ");
  expect(done[1]).toBe("word as 8104776f7264");
  expect(Buffer.from(shared.payload).toString()).toBe("word");
});

const MANY = ["drop@20%", "duplicate@20%", "reorder@20%", "corrupt@20%", "bad-utf8@20%"];
const FRAMES = ["mask@20%", "rsv1@20%", "fragment=2B@20%", "opcode=3@20%"];

describe("for any seed", () => {
  const play = (texts: readonly string[], seed: number, conn: string, words: string[]) => {
    const { say, done, told } = spoiled(texts, { seed, conn });
    say(...words);
    vi.runAllTimers();
    return { done, told };
  };
  const seeds = fc.nat(2 ** 32 - 1);
  const messages = fc.array(fc.string({ maxLength: 8 }), { maxLength: 12 });

  it("the same client has the same faults", () => {
    fc.assert(
      fc.property(seeds, fc.nat(1000), messages, (seed, number, words) => {
        const all = [...MANY, ...FRAMES];
        const first = play(all, seed, String(number), words);
        expect(play(all, seed, String(number), words)).toEqual(first);
      }),
    );
  });

  it("a fault strikes the same messages, whatever other faults there are", () => {
    const struck = (told: string[]) => told.filter((words) => words.startsWith("drop:"));
    fc.assert(
      fc.property(seeds, messages, fc.shuffledSubarray([...MANY, ...FRAMES]), (...given) => {
        const [seed, words, others] = given;
        const alone = play(["drop@20%"], seed, "1", words);
        const among = play(
          [...others.filter((text) => text !== MANY[0]), "drop@20%"],
          seed,
          "1",
          words,
        );
        expect(struck(among.told)).toEqual(struck(alone.told));
      }),
    );
  });

  it("no message is lost that is not told to be, nor one there that is not told to be", () => {
    const texts = ["drop@20%", "duplicate@20%", "reorder@20%"];
    fc.assert(
      fc.property(seeds, messages, (seed, words) => {
        const { done, told } = play(texts, seed, "1", words);
        const numbers = (name: string) =>
          told.flatMap((line) => new RegExp(`^${name}: message (\\d+)`).exec(line)?.[1] ?? []);
        const [dropped, doubled] = [numbers("drop"), numbers("duplicate")];
        const expected = words.flatMap((word, i) => {
          const text = Buffer.from(word).toString("latin1");
          if (dropped.includes(String(i + 1))) return [];
          return doubled.includes(String(i + 1)) ? [text, text] : [text];
        });
        expect(done.toSorted()).toEqual(expected.toSorted());
      }),
    );
  });
});
