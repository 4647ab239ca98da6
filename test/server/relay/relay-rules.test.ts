import { describe, expect, it } from "vitest";
import {
  NO_RULES,
  type RelayRule,
  RelayRules,
  type RelayRuleSet,
} from "../../../src/server/relay/relay-rules.ts";
import type { Passing } from "../../../src/transport/relay/passing.ts";
import { utf8 } from "../../helpers/bytes.ts";

const passing = (text: string, dir: Passing["dir"] = "in"): Passing => ({
  conn: "1",
  dir,
  opcode: 1,
  data: utf8(text),
  wireLength: text.length,
});

const has = (text: string, dir?: Passing["dir"]): RelayRule => ({
  text,
  dir,
  matches: ({ data }) => data !== undefined && Buffer.from(data).includes(text),
});

function rules(set: Partial<RelayRuleSet>): RelayRules {
  return new RelayRules({ ...NO_RULES, ...set }, () => undefined);
}

describe("RelayRules", () => {
  it("are active for the directions that they are about", () => {
    expect(rules({}).isActive("in")).toBe(false);
    const inward = rules({ drop: [has("a", "in")] });
    expect([inward.isActive("in"), inward.isActive("out")]).toEqual([true, false]);
    const both = rules({ hold: [has("a")] });
    expect([both.isActive("in"), both.isActive("out")]).toEqual([true, true]);
  });

  it("drop before anything else", () => {
    const all = rules({ drop: [has("a")], hold: [has("a")], delay: [{ ...has("a"), delayMs: 1 }] });
    expect(all.judge(passing("a"))).toEqual({ drop: true });
    expect(all.judge(passing("b"))).toEqual({});
  });

  it("edit one after the other, and hold and delay what comes of it", () => {
    const edit = (from: string, to: string) => ({
      ...has(from),
      edit: (data: Uint8Array) => utf8(Buffer.from(data).toString().replace(from, to)),
    });
    const all = rules({
      edit: [edit("a", "b"), edit("b", "c")],
      hold: [has("c")],
      delay: [
        { ...has("c"), delayMs: 5 },
        { ...has("c"), delayMs: 9 },
        { ...has("x"), delayMs: 99 },
      ],
    });
    const verdict = all.judge(passing("a"));
    expect(Buffer.from(verdict.data!).toString()).toBe("c");
    expect([verdict.delayMs, typeof verdict.hold]).toEqual([9, "function"]);
  });

  it("leave alone what an edit does not change, or cannot read", () => {
    const edit = { ...has("a"), edit: () => undefined };
    expect(rules({ edit: [edit] }).judge(passing("a"))).toEqual({});
    const any = { text: "*", matches: () => true, edit: () => utf8("x") };
    expect(rules({ edit: [any] }).judge({ ...passing("a"), data: undefined })).toEqual({});
  });

  it("can be changed while they hold", () => {
    const all = rules({ drop: [has("a")] });
    all.set("drop", []);
    expect([all.isActive("in"), all.all]).toEqual([false, NO_RULES]);
  });
});
