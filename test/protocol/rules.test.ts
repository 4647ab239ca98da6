import { describe, expect, it } from "vitest";
import { RULE_GROUPS, RULES, type RuleId, violation } from "../../src/protocol/rules.ts";

describe("rules", () => {
  it.each(Object.keys(RULES) as RuleId[])("%s is a sentence", (id) => {
    const { explanation } = RULES[id];
    expect(explanation).toMatch(/^[A-Z].*[A-Za-z0-9]\.$/);
    expect(explanation.length).toBeLessThanOrEqual(100);
    expect(violation(id).message).toBe(explanation);
  });

  it("are the rules of the groups, none of them in two", () => {
    const grouped = Object.values(RULE_GROUPS).flatMap((group) => Object.keys(group));
    expect(grouped).toEqual(Object.keys(RULES));
    expect(new Set(grouped).size).toBe(grouped.length);
  });

  it("have a close code only where an endpoint closes", () => {
    expect(violation("request-key")).not.toHaveProperty("closeCode");
    expect(violation("text-utf8").closeCode).toBe(1007);
    expect(violation("text-utf8")).not.toHaveProperty("explanation");
  });

  it("say what was found", () => {
    expect(violation("opcode-reserved", "0x3").message).toBe(
      `${violation("opcode-reserved").message} Found: 0x3.`,
    );
  });
});
