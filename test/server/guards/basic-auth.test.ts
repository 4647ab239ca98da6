import { expect, it } from "vitest";
import { basicAuthCheck } from "../../../src/server/guards/basic-auth.ts";
import { askingOf } from "../../helpers/asking.ts";

const basic = (user: string) => `Basic ${Buffer.from(user).toString("base64")}`;
const WRONG = "its user or password is wrong";
const NONE = "it showed no user and password";

it.each<[readonly string[], string]>([
  [[basic("ann:pass:word")], "in"],
  [[basic("bob:pässwörd")], "in"],
  [[basic("ann:pass:word").replace("Basic", "bAsIc")], "in"],
  [[basic("ann:pass")], WRONG],
  [[basic("bob:pass:word")], WRONG],
  [[basic(":")], WRONG],
  [["Basic !!!"], WRONG],
  [[basic("ann:pass:word"), basic("ann:pass:word")], WRONG],
  [["Bearer abc"], NONE],
  [["Basic"], NONE],
  [[], NONE],
])("%j: %s", (values, verdict) => {
  const headers = values.map((value) => ["Authorization", value] as const);
  const denial = basicAuthCheck(["ann:pass:word", "bob:pässwörd"])(askingOf(headers));
  expect(denial?.why ?? "in").toBe(verdict);
  if (!denial) return;
  expect([denial.kind, denial.reply.status]).toEqual(["basic-auth", 401]);
  expect(denial.reply.headers).toEqual([
    ["WWW-Authenticate", 'Basic realm="framecat", charset="UTF-8"'],
  ]);
});
