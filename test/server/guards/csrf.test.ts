import { expect, it } from "vitest";
import { csrfCheck } from "../../../src/server/guards/csrf.ts";
import type { Headers } from "../../../src/protocol/http-head.ts";
import { askingOf } from "../../helpers/asking.ts";

const COOKIE = ["Cookie", "csrf=abc"] as const;
const OTHER = "its CSRF token is not that of its cookie";

it.each<[string, Headers, string]>([
  ["/?csrf=abc", [COOKIE], "in"],
  ["/", [COOKIE, ["X-CSRF-Token", "abc"]], "in"],
  ["/", [COOKIE], "it sent no CSRF token beside its cookie"],
  ["/?csrf=abc", [], "it sent no cookie csrf"],
  // Two that are empty are no secret.
  ["/?csrf=", [["Cookie", "csrf="]], "it sent no cookie csrf"],
  ["/?csrf=", [COOKIE], OTHER],
  ["/?csrf=abd", [COOKIE], OTHER],
  ["/?csrf=abc&csrf=abd", [COOKIE], OTHER],
  ["/?csrf=abc", [COOKIE, ["X-CSRF-Token", "abd"]], OTHER],
])("%s with %j: %s", (target, headers, verdict) => {
  const denial = csrfCheck("csrf")(askingOf(headers, { target }));
  expect(denial?.why ?? "in").toBe(verdict);
  if (denial) expect([denial.kind, denial.reply.status]).toEqual(["csrf", 403]);
});
