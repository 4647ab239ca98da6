import { describe, expect, it } from "vitest";
import { parseProxy } from "../../src/transport/proxy.ts";
import { type Hop, redirectionOf } from "../../src/transport/redirect.ts";
import { parseTarget } from "../../src/transport/target.ts";
import { makeHead } from "../helpers/heads.ts";

const answer = (location: string | undefined, status = 302) =>
  makeHead(`HTTP/1.1 ${status} x`, { Location: location });

interface FollowOptions {
  readonly hop?: Partial<Hop>;
  readonly asked?: readonly string[];
  readonly limit?: number;
}

function follow(
  from: string,
  location: string,
  { hop = {}, asked = [parseTarget(from).url], limit = 10 }: FollowOptions = {},
) {
  const start: Hop = { target: parseTarget(from), ...hop };
  const redirects = { limit, proxyFor: () => undefined };
  const next = redirectionOf(start, answer(location), asked, redirects);
  if (!next) return expect.unreachable("it is no redirect");
  return next;
}

describe("a redirect leads to", () => {
  it.each([
    ["ws://h/a/b?c", "/x?y", "ws://h/x?y"],
    ["ws://h/a/b?c", "x", "ws://h/a/x"],
    ["ws://h/a/b?c", "?y", "ws://h/a/b?y"],
    ["ws://h:81/a", "../z", "ws://h:81/z"],
    ["wss://h/a", "//other/b", "wss://other/b"],
    ["ws://h/a", "http://other:8080/b", "ws://other:8080/b"],
    ["ws://h/a", "https://h/a", "wss://h/a"],
    ["ws://h/a", "wss://h:8443/", "wss://h:8443/"],
    ["ws://h/a", "HTTPS://H/B", "wss://h/B"],
    ["ws://h/a", "/b#part", "ws://h/b"],
    ["ws://h/a", "http://u:p@h/b", "ws://h/b"],
    ["ws://h/a", "/\u00c3\u00a4", "ws://h/%C3%A4"],
    ["ws://h/a", "/\u00e4", "ws://h/%C3%A4"],
    ["ws+unix:/run/a.sock:/x", "/y?z", "ws+unix:/run/a.sock:/y?z"],
    ["ws+unix:/run/a.sock:/x", "http://localhost/y", "ws+unix:/run/a.sock:/y"],
    ["ws+unix:/run/a.sock:/x", "http://other/y", "ws://other/y"],
    ["wss+unix:/run/a.sock:/x", "/y?z", "wss+unix:/run/a.sock:/y?z"],
  ])("from %s by %j to %s", (from, location, to) => {
    const { hop, note } = follow(from, location);
    expect([hop.target.url, note]).toEqual([to, `redirected to ${to}`]);
  });

  it.each([301, 302, 303, 307, 308])("elsewhere with %d", (status) => {
    const hop = { target: parseTarget("ws://h/") };
    const redirects = { limit: 1, proxyFor: () => undefined };
    expect(redirectionOf(hop, answer("/b", status), ["ws://h/"], redirects)).toBeDefined();
    expect(redirectionOf(hop, answer(undefined, status), ["ws://h/"], redirects)).toBeUndefined();
  });

  it.each([200, 300, 304, 305, 401])("nowhere with %d", (status) => {
    const hop = { target: parseTarget("ws://h/") };
    const redirects = { limit: 1, proxyFor: () => undefined };
    expect(redirectionOf(hop, answer("/b", status), ["ws://h/"], redirects)).toBeUndefined();
  });
});

describe("a redirect is refused", () => {
  it.each([
    ["ws://h/", "ftp://h/", /^h:80 redirects to "ftp:\/\/h\/", which is no WebSocket address$/],
    ["ws://h/", "javascript:alert(1)", /is no WebSocket address$/],
    ["ws://h/", "http://", /is no WebSocket address$/],
    ["ws://h/", "http://h:0/", /is no WebSocket address$/],
    ["ws://h/", "http://h:99999/", /is no WebSocket address$/],
    ["wss://h/", "http://h/", /^h:443 redirects from wss to ws:\/\/h\/, which is not encrypted$/],
    ["ws://h/?token=a", "/?token=a", /^redirected in a circle, back to ws:\/\/h\/\?token=\*\*\*$/],
  ])("from %s to %s", (from, location, message) => {
    expect(() => follow(from, location)).toThrow(message);
    expect(() => follow(from, location)).toThrow(expect.objectContaining({ exitCode: 14 }));
  });

  it("over the limit", () => {
    const asked = ["ws://h/1", "ws://h/2", "ws://h/3"];
    expect(follow("ws://h/3", "/4", { asked, limit: 3 }).hop.target.path).toBe("/4");
    expect(() => follow("ws://h/3", "/4", { asked, limit: 2 })).toThrow(
      /^redirected over 2 times, at last to ws:\/\/h\/4$/,
    );
  });

  it("from wss to ws unless any certificate will do", () => {
    const hop = { tls: { insecure: true } };
    expect(follow("wss://h/", "http://h/", { hop }).hop.target.secure).toBe(false);
  });

  it("without the secrets of its Location", () => {
    const message = /^h:80 redirects to "ftp:\/\/\*\*\*@h\/\?token=\*\*\*"/;
    expect(() => follow("ws://h/", "ftp://me:pw@h/?token=x")).toThrow(message);
  });
});

describe("what goes along", () => {
  const hop = {
    headers: [
      ["Authorization", "Bearer x"],
      ["Cookie", "a=b"],
      ["X-Api-Key", "k"],
      ["X-Trace", "1"],
    ],
    host: "virtual.example",
    subprotocols: ["chat", "bearer.abc"],
    tls: {
      ca: "CA",
      cert: "C",
      key: "K",
      passphrase: "P",
      servername: "virtual.example",
      minVersion: "TLSv1.3",
    },
  } as const;
  const kept = { ca: "CA", minVersion: "TLSv1.3" };

  it("to the same place is everything", () => {
    const next = follow("wss://u:p@h/a", "https://h:443/b", { hop });
    expect(next.hop).toMatchObject({ ...hop, target: { credentials: "u:p", path: "/b" } });
    expect(next.note).toBe("redirected to wss://h/b");
  });

  it.each([
    ["another host", "wss://h/", "https://other/", kept],
    ["another port", "wss://h/", "https://h:8443/", { ...kept, servername: "virtual.example" }],
    ["TLS", "ws://h:443/", "https://h/", { ...kept, servername: "virtual.example" }],
  ])("to %s is no secret", (_, from, location, tls) => {
    const next = follow(from.replace("//", "//u:p@"), location, { hop });
    expect(next.hop).toMatchObject({
      headers: [["X-Trace", "1"]],
      host: undefined,
      subprotocols: ["chat"],
    });
    expect(next.hop.tls).toEqual(tls);
    expect(next.hop.target).not.toHaveProperty("credentials");
    expect(next.note).toBe(`redirected to ${next.hop.target.url}, without the credentials`);
  });

  it("does not come back with a redirect that leads back", () => {
    const there = follow("ws://u:p@h/", "http://other/", { hop });
    const redirects = { limit: 9, proxyFor: () => undefined };
    const asked = ["ws://h/", "ws://other/"];
    const back = redirectionOf(there.hop, answer("http://h/2"), asked, redirects);
    expect(back?.hop.headers).toEqual([["X-Trace", "1"]]);
    expect(back?.hop.target).not.toHaveProperty("credentials");
  });

  it("has the proxy of the new target", () => {
    const start = { target: parseTarget("ws://h/"), proxy: parseProxy("p:1", "--proxy") };
    const redirects = {
      limit: 9,
      proxyFor: ({ secure }: { secure: boolean }) =>
        secure ? parseProxy("s:1", "--proxy") : undefined,
    };
    const to = (location: string) =>
      redirectionOf(start, answer(location), ["ws://h/"], redirects)?.hop.proxy?.hostname;
    expect([to("https://h/"), to("/b")]).toEqual(["s", undefined]);
  });
});
