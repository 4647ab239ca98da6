import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { originCheck, parseOriginPattern } from "../../../src/server/guards/origin.ts";
import { askingOf } from "../../helpers/asking.ts";

function verdictOf(patterns: readonly string[], origins: readonly string[], host?: string) {
  const allowed = patterns.map((text) => parseOriginPattern(text, "--allow-origin", host));
  const headers = origins.map((origin) => ["Origin", origin] as const);
  const denial = originCheck({ allowed, required: false })(askingOf(headers));
  return denial?.why ?? "in";
}

describe("an origin comes in", () => {
  it.each([
    ["https://app.example.com", "https://app.example.com"],
    ["https://app.example.com", "HTTPS://App.Example.COM"],
    ["https://app.example.com/", "https://app.example.com"],
    ["https://app.example.com:443", "https://app.example.com"],
    ["https://app.example.com", "https://app.example.com:443"],
    ["http://localhost:3000", "http://localhost:3000"],
    ["app.example.com", "http://app.example.com:3000"],
    ["app.example.com:3000", "http://app.example.com:3000"],
    ["app.example.com:443", "https://app.example.com"],
    ["*.example.com", "https://app.example.com"],
    ["*.example.com", "https://a.b.example.com:8443"],
    ["https://*.example.com", "https://app.example.com"],
    ["[::1]:3000", "http://[::1]:3000"],
    ["chrome-extension://abcdef", "chrome-extension://abcdef"],
    ["my_app.test", "http://my_app.test"],
    ["null", "null"],
    ["*", "null"],
    ["*", "https://anywhere.test"],
    ["self", "http://127.0.0.1:8080"],
  ])("%s: %s", (pattern, origin) => expect(verdictOf([pattern], [origin])).toBe("in"));
});

describe("an origin is turned away", () => {
  it.each([
    ["https://app.example.com", "http://app.example.com"],
    ["https://app.example.com", "https://app.example.com:8443"],
    ["https://app.example.com", "https://app.example.com.evil.test"],
    ["https://app.example.com", "https://app.example.com@evil.test"],
    ["https://app.example.com", "https://evil.test/https://app.example.com"],
    ["https://app.example.com", "https://app.example.com/path"],
    ["app.example.com:3000", "http://app.example.com"],
    ["*.example.com", "https://example.com"],
    ["*.example.com", "https://evilexample.com"],
    ["*.example.com", "https://app.example.com.evil.test"],
    ["*.example.com", "https://*.example.com"],
    ["*.example.com", "null"],
    ["https://*.example.com", "http://app.example.com"],
    ["null", "https://null"],
    ["self", "http://127.0.0.1:9090"],
    ["self", "http://localhost:8080"],
    ["self", "null"],
    ["*", "https://two.test https://origins.test"],
    ["*", ""],
  ])("%s: %s", (pattern, origin) =>
    expect(verdictOf([pattern], [origin])).toBe(
      `the origin ${JSON.stringify(origin)} is not one of --allow-origin`,
    ),
  );

  it("who sends several", () => {
    const twice = ["https://app.example.com", "https://app.example.com"];
    expect(verdictOf(["*"], twice)).toBe("it sent several Origin headers");
  });

  it("a page of a foreign name that leads here", () => {
    const check = originCheck({
      allowed: [parseOriginPattern("self", "--allow-origin", "dev.example.test")],
      required: false,
    });
    const of = (name: string) => {
      const { request, ...rest } = askingOf([["Origin", `http://${name}`]]);
      const headers = [["Host", name] as const, ...request.headers.slice(1)];
      return check({ ...rest, request: { ...request, headers } })?.kind ?? "in";
    };
    expect(of("rebound.evil.test:8080")).toBe("origin");
    const own = ["localhost:8080", "dev.example.test:8080", "192.0.2.7", "[::1]:8080"];
    expect(own.map(of)).toEqual(["in", "in", "in", "in"]);
  });
});

it("a request without an origin is a choice", () => {
  const allowed = [parseOriginPattern("*", "--allow-origin")];
  expect(originCheck({ allowed, required: false })(askingOf())).toBeUndefined();
  expect(originCheck({ allowed, required: true })(askingOf())).toMatchObject({
    reply: { status: 403 },
    kind: "origin",
    why: "it sent no Origin",
  });
});

it.each([
  "",
  "a b",
  "https://",
  "https://a/b",
  "*.*.com",
  "ex*mple.com",
  "http://a:99999999",
  "*.",
])("%j is no pattern", (text) =>
  expect(() => parseOriginPattern(text, "--allow-origin")).toThrow(
    /^--allow-origin must be an origin such as/,
  ),
);

it("a subdomain pattern lets in subdomains alone, whatever is sent", () => {
  const label = fc.stringMatching(/^[a-z0-9-]{1,8}$/);
  fc.assert(
    fc.property(fc.array(label, { minLength: 1, maxLength: 4 }), fc.string(), (labels, tail) => {
      expect(verdictOf(["*.example.com"], [`https://${labels.join(".")}.example.com`])).toBe("in");
      const other = `https://${labels.join(".")}.example.com.${labels[0]}${tail}`;
      expect(verdictOf(["*.example.com"], [other])).not.toBe("in");
    }),
  );
});
