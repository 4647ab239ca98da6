import { expect, it } from "vitest";
import { finding, opposite } from "../../src/protocol/finding.ts";
import { violation } from "../../src/protocol/rules.ts";

it("a finding is a violation with its place", () => {
  const place = { part: "frame", flow: "c2s", frame: 3, offset: 40 } as const;
  expect(finding(place, "pong-slow", "after 6.0 s")).toEqual({
    ...violation("pong-slow", "after 6.0 s"),
    place,
  });
});

it("there are two directions", () => {
  expect([opposite("c2s"), opposite("s2c")]).toEqual(["s2c", "c2s"]);
});
