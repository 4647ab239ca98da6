import { expect, it } from "vitest";
import { cookieCheck } from "../../../src/server/guards/cookie.ts";
import { askingOf } from "../../helpers/asking.ts";

it.each([
  ["sid=1; role=admin", "in"],
  ["role=user; role=admin; sid=1", "in"],
  ["role=admin", "it sent no cookie sid"],
  ["sid=; role=admin", "it sent no cookie sid"],
  ["sid=1", "it sent no cookie role"],
  ["sid=1; role=user", "its cookie role has the wrong value"],
  ["", "it sent no cookie sid"],
])("%j: %s", (value, verdict) => {
  const check = cookieCheck([{ name: "sid" }, { name: "role", value: "admin" }]);
  const denial = check(askingOf([["Cookie", value]]));
  expect(denial?.why ?? "in").toBe(verdict);
  if (denial) expect([denial.kind, denial.reply.status]).toEqual(["cookie", 403]);
});
