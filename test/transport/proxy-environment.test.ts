import { describe, expect, it } from "vitest";
import { environmentProxy, isExempt } from "../../src/transport/proxy-environment.ts";
import { parseTarget } from "../../src/transport/target.ts";

const proxyFor = (url: string, env: Record<string, string>) => {
  const proxy = environmentProxy(parseTarget(url), env);
  return proxy && `${proxy.kind} ${proxy.hostname}:${proxy.port}`;
};

describe("the proxy of the environment", () => {
  it.each<[string, Record<string, string>, string | undefined]>([
    ["ws://h", {}, undefined],
    ["ws://h", { HTTP_PROXY: "http://p:1" }, "http p:1"],
    ["ws://h", { http_proxy: "p:1" }, "http p:1"],
    ["ws://h", { http_proxy: "p:1", HTTP_PROXY: "p:2" }, "http p:1"],
    ["ws://h", { http_proxy: "", HTTP_PROXY: "p:2" }, "http p:2"],
    ["ws://h", { HTTPS_PROXY: "p:1" }, undefined],
    ["wss://h", { HTTP_PROXY: "p:1" }, undefined],
    ["wss://h", { https_proxy: "p:1" }, "http p:1"],
    ["wss://h", { HTTPS_PROXY: "https://p", ALL_PROXY: "p:2" }, "https p:443"],
    ["wss://h", { ALL_PROXY: "socks5h://p" }, "socks5h p:1080"],
    ["ws://h", { all_proxy: "socks://p:9/" }, "socks5h p:9"],
    ["ws://h", { ALL_PROXY: "p:1", NO_PROXY: "h" }, undefined],
    ["ws://h", { ALL_PROXY: "p:1", no_proxy: "*" }, undefined],
    ["ws://h", { ALL_PROXY: "p:1", NO_PROXY: "other" }, "http p:1"],
    ["ws://localhost:1", { ALL_PROXY: "p:1" }, undefined],
    ["ws://a.localhost:1", { ALL_PROXY: "p:1" }, undefined],
    ["ws://127.9.9.9:1", { ALL_PROXY: "p:1" }, undefined],
    ["ws://[::1]:1", { ALL_PROXY: "p:1" }, undefined],
    ["ws+unix:/run/a.sock", { ALL_PROXY: "p:1" }, undefined],
  ])("%s with %j: %s", (url, env, proxy) => expect(proxyFor(url, env)).toBe(proxy));

  it("names the variable that is wrong, but not its secrets", () => {
    const wrong = () => proxyFor("ws://h", { ALL_PROXY: "ftp://me:hunter2@p" });
    expect(wrong).toThrow(/^ALL_PROXY "ftp:\/\/\*\*\*@p" is no address of a proxy$/);
  });

  it("is not looked at where it is not needed", () => {
    expect(proxyFor("ws://h", { ALL_PROXY: "ftp://p", NO_PROXY: "h" })).toBeUndefined();
  });
});

describe("NO_PROXY", () => {
  it.each([
    ["*", "ws://h", true],
    ["", "ws://h", false],
    [",, ,", "ws://h", false],
    ["h", "ws://h", true],
    ["H.", "ws://h", true],
    ["h", "ws://xh", false],
    ["example.net", "ws://a.example.net", true],
    [".example.net", "ws://a.b.example.net", true],
    ["*.example.net", "ws://a.example.net", true],
    [".example.net", "ws://example.net", true],
    ["example.net", "ws://notexample.net", false],
    ["a, b,h", "ws://h", true],
    ["a b h", "ws://h", true],
    ["h:80", "ws://h", true],
    ["h:80", "ws://h:8080", false],
    ["h:443", "wss://h", true],
    ["*:8080", "ws://h:8080", true],
    ["10.1.2.3", "ws://10.1.2.3", true],
    ["10.1.2.3", "ws://10.1.2.30", false],
    ["2.3", "ws://10.1.2.3", false],
    ["10.0.0.0/8", "ws://10.1.2.3", true],
    ["10.0.0.0/8", "ws://11.1.2.3", false],
    ["10.0.0.0/8:81", "ws://10.1.2.3:81", true],
    ["10.0.0.0/99", "ws://10.1.2.3", false],
    ["10.0.0.0/x", "ws://10.1.2.3", false],
    ["::2", "ws://[::2]", true],
    ["[::2]", "ws://[::2]:80", true],
    ["[::2]:81", "ws://[::2]:81", true],
    ["[::2]:81", "ws://[::2]:82", false],
    ["2001:db8::/32", "ws://[2001:db8::9]", true],
    ["2001:db8::/32", "ws://[2001:db9::9]", false],
    ["2001:db8::/32", "ws://10.1.2.3", false],
  ])("%j holds %s: %s", (list, url, exempt) => {
    expect(isExempt(parseTarget(url), list)).toBe(exempt);
  });
});
