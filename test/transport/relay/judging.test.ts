import { afterEach, describe, expect, it, vi } from "vitest";
import { Judging } from "../../../src/transport/relay/judging.ts";
import type { Held, Passing, Verdict } from "../../../src/transport/relay/passing.ts";
import { hex, toHex, utf8 } from "../../helpers/bytes.ts";

const LOST =
  "stuck: a message was dropped or changed, and a later one that refers to it cannot be inflated";

interface Setting {
  readonly active?: boolean;
  readonly contextTakeover?: boolean;
  readonly verdicts?: readonly Verdict[];
}

/** A judging by these verdicts, in turn, and what it did. */
function judging({ active = true, contextTakeover = true, verdicts = [] }: Setting = {}) {
  const did: string[] = [];
  const judged: Passing[] = [];
  const judge = (passing: Passing): Verdict => verdicts[judged.push(passing) - 1] ?? {};
  const made = new Judging(
    {
      conn: "7",
      dir: "out",
      interception: { isActive: (dir) => active && dir === "out", judge },
      contextTakeover,
      note: (message) => did.push(`note: ${message}`),
      onStuck: (message) => did.push(`stuck: ${message}`),
    },
    {
      write: (bytes) => did.push(`wrote ${toHex(bytes)}`),
      make: (opcode, payload) => did.push(`made ${opcode}:${Buffer.from(payload).toString()}`),
      pump: () => did.push("pump"),
    },
  );
  return { judging: made, did, judged };
}

/** A text in two pieces that are no frames: nobody looks into them. */
function text(payload: string | undefined, compressed = false) {
  const data = payload === undefined ? undefined : utf8(payload);
  return { opcode: 1, data, wireLength: 9, pieces: [hex("aa"), hex("bb")], compressed };
}

const AS_IT_CAME = ["wrote aa", "wrote bb"];

afterEach(() => {
  vi.useRealTimers();
});

describe("what leaves", () => {
  it.each<[string, Verdict, readonly string[]]>([
    ["passes", {}, AS_IT_CAME],
    ["is dropped", { drop: true }, ["note: dropped → text of 5 B"]],
    ["is changed", { data: utf8("x") }, ["note: changed → text of 5 B, to 1 B", "made 1:x"]],
    [
      "is dropped rather than changed",
      { drop: true, data: utf8("x") },
      ["note: dropped → text of 5 B"],
    ],
    ["is emptied", { data: utf8("") }, ["note: changed → text of 5 B, to 0 B", "made 1:"]],
  ])("%s", (_, verdict, expected) => {
    const { judging: rules, did, judged } = judging({ verdicts: [verdict] });
    const waiting = rules.judge(text("hello"));
    expect([did, waiting.blocks]).toEqual([[], 0]);
    expect(rules.isTouched(waiting)).toBe(expected !== AS_IT_CAME);
    waiting.go();
    expect(did).toEqual(expected);
    expect(judged).toEqual([
      { conn: "7", dir: "out", opcode: 1, data: utf8("hello"), wireLength: 9 },
    ]);
  });

  it("is judged by nobody where no rule is there", () => {
    const { judging: rules, did, judged } = judging({ active: false, verdicts: [{ drop: true }] });
    expect(rules.isDue).toBe(false);
    rules.judge(text("hello")).go();
    expect([did, judged]).toEqual([AS_IT_CAME, []]);
  });

  it("waits for whoever holds it, and for its delay", () => {
    vi.useFakeTimers();
    let held: Held | undefined;
    const verdict = { delayMs: 20, hold: (given: Held) => void (held = given), data: utf8("x") };
    const { judging: rules, did } = judging({ verdicts: [verdict] });
    const waiting = rules.judge(text("hello"));
    expect([waiting.blocks, held?.data]).toEqual([2, utf8("x")]);
    held?.release(utf8("yy"));
    vi.advanceTimersByTime(20);
    expect([waiting.blocks, did]).toEqual([0, ["pump", "pump"]]);
    waiting.go();
    expect(did.slice(2)).toEqual(["note: changed → text of 5 B, to 2 B", "made 1:yy"]);
  });

  it("is noted when it overtakes", () => {
    const { judging: rules, did } = judging();
    const waiting = rules.judge({ ...text("hello"), opcode: 9 });
    waiting.overtakes = true;
    waiting.go();
    expect(did).toEqual(["note: → ping of 5 B overtook what waits", ...AS_IT_CAME]);
  });
});

describe("compressed messages behind one that was dropped or changed", () => {
  it.each<[string, Verdict]>([
    ["dropped", { drop: true }],
    ["changed", { data: utf8("x") }],
  ])("are sent inflated: %s", (_, verdict) => {
    const { judging: rules, did } = judging({ verdicts: [verdict] });
    rules.judge(text("one", true)).go();
    did.length = 0;
    const two = rules.judge(text("two", true));
    expect(rules.isTouched(two)).toBe(true);
    two.go();
    rules.judge(text("three")).go();
    expect(did).toEqual(["made 1:two", ...AS_IT_CAME]);
  });

  it("are stuck where they cannot be inflated, or are not whole", () => {
    const { judging: rules, did } = judging({ verdicts: [{ drop: true }] });
    expect(rules.isLost(true)).toBe(false);
    rules.judge(text("one", true)).go();
    did.length = 0;
    rules.judge(text(undefined, true)).go();
    expect([rules.isLost(false), did]).toEqual([false, [LOST]]);
    expect([rules.isLost(true), did]).toEqual([true, [LOST, LOST]]);
  });

  it("are judged from then on, though the rules are gone", () => {
    const { judging: rules, did } = judging({ active: false });
    const held = rules.judge(text("one", true));
    held.dropped = true;
    expect(rules.isDue).toBe(false);
    held.go();
    expect([rules.isDue, did]).toEqual([true, ["note: dropped → text of 3 B"]]);
  });

  it.each([
    ["they refer to nothing", false, true],
    ["what was dropped was not compressed", true, false],
  ])("pass as they came where %s", (_, contextTakeover, compressed) => {
    const { judging: rules, did } = judging({ contextTakeover, verdicts: [{ drop: true }] });
    rules.judge(text("one", compressed)).go();
    did.length = 0;
    const two = rules.judge(text("two", true));
    expect([rules.isTouched(two), rules.isLost(true)]).toEqual([false, false]);
    two.go();
    expect(did).toEqual(AS_IT_CAME);
  });
});
