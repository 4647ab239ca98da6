import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { listenPage } from "../../src/render/listen-page.ts";

const HOSTILE = `</script><img src=x onerror="alert(1)">\u202e<!--`;

describe("the page of a server", () => {
  const page = (given: Partial<Parameters<typeof listenPage>[0]> = {}) =>
    listenPage({ mode: "echo", version: "1.2.3", subprotocols: ["chat", "v2"], ...given });

  it("says what serves, and what is offered", () => {
    const { html } = page();
    expect(html).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(html).toContain("<title>echo – framecat listen</title>");
    expect(html).toContain("Served by framecat 1.2.3.");
    const [, json = ""] = /id="facts">(.*?)<\/script>/s.exec(html) ?? [];
    expect(JSON.parse(json)).toMatchObject({
      subprotocols: "chat, v2",
      closeNames: { 1001: "Going Away", 1011: "Internal Error" },
    });
  });

  it("holds the parameter that lets it in, where one is wanted, and no script else", () => {
    const parameter = { name: HOSTILE, token: HOSTILE };
    const { html } = page({ parameter });
    const [, json = ""] = /id="facts">(.*?)<\/script>/s.exec(html) ?? [];
    expect(JSON.parse(json)).toMatchObject({ parameter });
    expect(html).not.toContain("<img");
    expect(page().html).not.toContain('parameter":');
  });

  it("holds nothing from outside as markup", () => {
    const { html } = page({ mode: HOSTILE, version: HOSTILE, subprotocols: [HOSTILE] });
    expect(html).not.toContain("<img");
    expect(html).not.toContain("\u202e");
    expect(html.match(/<script/g)).toHaveLength(2);
  });

  it("may run and apply just what stands in it, and connect to where it came from", () => {
    const { html, headers } = page();
    const policy = new Map(headers).get("Content-Security-Policy") ?? "";
    const hashes = [...html.matchAll(/<(?:style|script)>(.*?)<\/(?:style|script)>/gs)].map(
      ([, text = ""]) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`,
    );
    expect(hashes).toHaveLength(2);
    for (const hash of hashes) expect(policy).toContain(hash);
    expect(policy).toMatch(/^default-src 'none'; .*connect-src 'self'; frame-ancestors 'none'$/);
    expect(html).not.toMatch(/ style="| on\w+="|https?:\/\//);
    expect(new Map(headers).get("Referrer-Policy")).toBe("no-referrer");
  });

  it("names each of its fields", () => {
    const { html } = page();
    for (const [field = ""] of html.matchAll(/<(?:input|textarea)\b[^>]*>/g)) {
      const isLabelled = html.includes(`${field}</label>`) || field.includes("aria-label=");
      expect([field, isLabelled || /type="radio"/.test(field)]).toEqual([field, true]);
    }
  });
});
