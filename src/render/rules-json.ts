import { RULE_GROUPS, type RuleBody } from "../protocol/rules.ts";
import { jsonLine } from "./json-line.ts";

/** Every rule as one line of JSON: `src/schema/rules.schema.json`. */
export function rulesJson(): string {
  const rules = Object.entries(RULE_GROUPS).flatMap(([group, bodies]) =>
    Object.entries<RuleBody>(bodies).map(([id, body]) => ({ id, group, ...body })),
  );
  return jsonLine({ v: "framecat.rules/1", rules });
}
