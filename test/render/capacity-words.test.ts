import { describe, expect, it } from "vitest";
import {
  answerText,
  errorText,
  holds,
  kneeText,
  limitText,
  loadText,
  objectiveText,
  outcomeText,
  trialFacts,
  trialLine,
} from "../../src/render/capacity-words.ts";
import {
  capacityResult,
  hopelessResult,
  sampleFigures,
  sampleTrial,
} from "../helpers/capacity-result.ts";

describe("the answer of a search in words", () => {
  it("is the highest load that held, and how sure that is", () => {
    const sure = "1,000/s is the highest load that held p99<50ms and errors<0.1%, in 3 of 3 trials";
    expect(answerText(capacityResult())).toEqual({ text: sure, tone: "good" });
    expect(answerText(capacityResult({ ended: "client-limited" }))).toEqual({
      text: sure,
      tone: "warn",
    });
    expect(
      answerText(capacityResult({ held: { load: 800, confirmed: false }, ended: "interrupted" })),
    ).toEqual({
      text: "800/s held p99<50ms and errors<0.1% in 1 of 1 trial, which is not confirmed",
      tone: "warn",
    });
  });

  it.each([
    ["missed", "no load held p99<50ms and errors<0.1%: even 100/s missed it", "bad"],
    ["client-limited", "nothing is known of the server: at 100/s the client was the limit", "warn"],
    ["interrupted", "nothing is known of the server: interrupted before any load held", "warn"],
    ["unreachable", "nothing is known of the server: no socket opened", "warn"],
    ["trials", "nothing is known of the server: there were too few trials", "warn"],
  ] as const)("is that no load held: %s", (ended, text, tone) => {
    expect(answerText(hopelessResult({ ended }))).toEqual({ text, tone });
  });

  it.each([
    ["missed", "1,060/s missed it – p99<50ms: it was 65 ms."],
    [
      "client-limited",
      "at 1,060/s the client was the limit, so the server may do better – p99<50ms: it was 65 ms.",
    ],
    ["maximum", "that was the highest load to be tried; the server may do better"],
    ["trials", "the search ended after 14 trials, before it was done"],
    ["interrupted", "interrupted after 14 trials"],
    ["unreachable", "at 1,600/s no socket opened any more"],
  ] as const)("goes with why the search went no higher: %s", (ended, text) => {
    expect(limitText(capacityResult({ ended }))).toBe(text);
  });

  it("goes with where latency begins to rise", () => {
    const text = "latency begins to rise at 800/s, from a p99 of 4.80 ms";
    expect(kneeText(capacityResult())).toBe(text);
    expect(kneeText(hopelessResult())).toBeUndefined();
  });
});

describe("parts of it", () => {
  it("name a load in its unit", () => {
    const rates = [1600, 1234, 62.5, 0.5].map((load) => loadText(load, "rate"));
    expect(rates).toEqual(["1,600/s", "1,234/s", "62.5/s", "0.5/s"]);
    expect([loadText(1, "connections"), loadText(2000, "connections")]).toEqual([
      "1 socket",
      "2,000 sockets",
    ]);
  });

  it("tell what trials were like, and not what they did not have", () => {
    const { settings } = capacityResult();
    expect(trialFacts(capacityResult())).toEqual(["20 B text", "14 trials of 5.0 s"]);
    for (const measure of ["connect", "push", "hold"] as const) {
      const facts = trialFacts(capacityResult({ settings: { ...settings, measure } }));
      expect(facts).toEqual(["14 trials of 5.0 s"]);
    }
  });

  it("list the objectives", () => {
    const slo = ["a<1ms", "b<1ms", "c<1ms"].map((expression) => ({
      expression,
      bound: 1,
      unit: "ms" as const,
    }));
    const text = (count: number) => objectiveText({ slo: slo.slice(0, count) });
    expect([1, 2, 3].map(text)).toEqual(["a<1ms", "a<1ms and b<1ms", "a<1ms, b<1ms and c<1ms"]);
  });

  it.each([
    [1, 1, 0, "held"],
    [3, 3, 0, "held 3×"],
    [3, 2, 0, "held 2/3"],
    [2, 0, 0, "missed"],
    [2, 0, 1, "missed"],
    [2, 0, 2, "unclear"],
  ])("tell what became of %d trials, %d held, %d limited: %s", (trials, held, limited, text) => {
    const figures = sampleFigures(1, 1);
    expect(outcomeText({ load: 1, trials, held, limited, figures })).toBe(text);
  });

  it("tell whether a load holds by the trials that say so", () => {
    const figures = sampleFigures(1, 1);
    const point = (trials: number, held: number, limited: number) =>
      holds({ load: 1, trials, held, limited, figures });
    expect([point(3, 2, 0), point(3, 1, 2)]).toEqual([true, true]);
    expect([point(2, 0, 2), point(2, 1, 0), point(3, 1, 0)]).toEqual([false, false, false]);
  });

  it("tell of a trial in one line", () => {
    expect(trialLine(sampleTrial(800, 1, 4.8), 4, "rate")).toBe(
      "trial 4: 800/s held, p99 4.80 ms, errors 0 %",
    );
    expect(trialLine(sampleTrial(1600, 1, 1890), 5, "connections")).toBe(
      "trial 5: 1,600 sockets missed, p99 1.89 s, errors 0 % – p99<50ms: it was 1890 ms.",
    );
    const { latency: _, ...figures } = sampleFigures(100, 1);
    const limited = {
      ...sampleTrial(100, 1, 1),
      outcome: "client-limited",
      reasons: ["Why."],
      figures,
    } as const;
    expect(trialLine(limited, 1, "rate")).toBe("trial 1: 100/s inconclusive, errors 0 % – Why.");
  });

  it("give errors as a share, which is never more than all", () => {
    const text = (errors: number, attempts: number) =>
      errorText(sampleFigures(1, 1, { errors, attempts }));
    expect([text(0, 10), text(1, 400), text(30, 10), text(3, 0)]).toEqual([
      "0 %",
      "0.25 %",
      "100 %",
      "3",
    ]);
  });
});
