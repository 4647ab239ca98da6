import { describe, expect, it } from "vitest";
import { csrfCheck, issueCsrf } from "../../../src/server/guards/csrf.ts";
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

describe("a page is given", () => {
  const bytes = (length: number) => new Uint8Array(length).fill(0xfb);
  const TOKEN = Buffer.alloc(32, 0xfb).toString("base64url");

  it("a token, and the browser a cookie with it that no script reads and no other site sends", () => {
    const { token, headers } = issueCsrf("csrf", askingOf(), bytes);
    expect(token).toBe(TOKEN);
    expect(headers).toEqual([["Set-Cookie", `csrf=${TOKEN}; Path=/; HttpOnly; SameSite=Strict`]]);
  });

  it("that is sent by TLS alone where it came by TLS", () => {
    const tls = { version: "TLSv1.3", cipher: "", authorized: false };
    const { headers } = issueCsrf("csrf", { ...askingOf(), tls }, bytes);
    expect(headers).toEqual([
      ["Set-Cookie", `csrf=${TOKEN}; Path=/; HttpOnly; SameSite=Strict; Secure`],
    ]);
  });

  it("the token of the cookie that there is, for another page may need that", () => {
    const asking = askingOf([COOKIE]);
    expect(issueCsrf("csrf", asking, bytes)).toEqual({ token: "abc", headers: [] });
    expect(issueCsrf("other", asking, bytes).headers).toHaveLength(1);
    expect(issueCsrf("csrf", askingOf([["Cookie", "csrf="]]), bytes).headers).toHaveLength(1);
  });

  it("what lets it in", () => {
    const { token } = issueCsrf("csrf", askingOf(), bytes);
    const cookie = ["Cookie", `csrf=${token}`] as const;
    expect(csrfCheck("csrf")(askingOf([cookie], { target: `/?csrf=${token}` }))).toBeUndefined();
  });
});
