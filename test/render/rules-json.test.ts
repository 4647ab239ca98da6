import { expect, it } from "vitest";
import { RULES } from "../../src/protocol/rules.ts";
import { rulesJson } from "../../src/render/rules-json.ts";
import { expectDocument } from "../helpers/schemas.ts";

it("has every rule, as its schema says", () => {
  const document = expectDocument("rules", rulesJson()) as { rules: { id: string }[] };
  expect(document.rules.map(({ id }) => id)).toEqual(Object.keys(RULES));
  expect(document.rules).toContainEqual({
    id: "client-frame-unmasked",
    group: "Framing",
    ...RULES["client-frame-unmasked"],
  });
});
