import { describe, expect, it } from "vitest";
import { readDialFlags, readLoadDialFlags } from "../../src/commands/dial-flags.ts";
import { DIAL_OPTIONS, LOAD_DIAL_OPTIONS } from "../../src/commands/dial-options.ts";
import { parseTarget } from "../../src/transport/target.ts";
import { argsOf } from "../helpers/args.ts";

const readAt = (url: string, env: Record<string, string>, ...argv: string[]) =>
  readDialFlags(url, argsOf(DIAL_OPTIONS, argv), env);
const read = (...argv: string[]) => readAt("ws://h/", {}, ...argv);
const readIn = (env: Record<string, string>, ...argv: string[]) => readAt("ws://h/", env, ...argv);

describe("the flags of dialling", () => {
  it("have defaults", () => {
    expect(read()).toMatchObject({
      target: { url: "ws://h/" },
      subprotocols: [],
      headers: [],
      tls: { insecure: false },
      connectTimeoutMs: 10_000,
      handshakeTimeoutMs: 10_000,
    });
  });

  it("times, subprotocols and the origin", () => {
    const flags = ["--connect-timeout", "250ms", "-s", "a", "-s", "b", "--origin", "http://o"];
    expect(read(...flags)).toMatchObject({
      connectTimeoutMs: 250,
      subprotocols: ["a", "b"],
      origin: "http://o",
    });
  });
});

describe("the proxy", () => {
  const env = { HTTP_PROXY: "http://env:1" };

  it.each<[string[], object | undefined]>([
    [[], { kind: "http", hostname: "env", port: 1 }],
    [["--proxy", "socks5h://me:pw@p:2"], { kind: "socks5h", hostname: "p", username: "me" }],
    [["--proxy", "none"], undefined],
  ])("is that of %j", (argv, proxy) => {
    if (proxy) expect(readIn(env, ...argv).proxy).toMatchObject(proxy);
    else expect(readIn(env, ...argv)).not.toHaveProperty("proxy");
  });

  it("of a flag counts whatever NO_PROXY lists", () => {
    expect(readIn({ NO_PROXY: "*" }, "--proxy", "p:2").proxy).toMatchObject({ hostname: "p" });
  });

  it("leads to no unix socket, and is not taken from the environment for one", () => {
    const unix = (...argv: string[]) =>
      readAt("ws+unix:/run/a.sock", { ALL_PROXY: "p:1" }, ...argv);
    expect(unix()).not.toHaveProperty("proxy");
    expect(() => unix("--proxy", "p:1")).toThrow(/no proxy leads to a unix socket/);
  });
});

it("addresses that are known are for the target or for its proxy", () => {
  const flags = ["--proxy", "p:3128", "--resolve", "h:80:10.0.0.1", "--resolve", "p:3128:10.0.0.2"];
  expect(read(...flags).hosts?.map(({ hostname }) => hostname)).toEqual(["h", "p"]);
  expect(read()).not.toHaveProperty("hosts");
});

describe("the family of addresses", () => {
  it.each<[string, string[], 4 | 6 | undefined]>([
    ["ws://h/", [], undefined],
    ["ws://h/", ["-4"], 4],
    ["ws://h/", ["--ipv6"], 6],
    ["ws://10.0.0.1/", ["-4"], 4],
    ["ws://[::1]/", ["-6"], 6],
    ["ws://[::1]/", ["-4", "--proxy", "p:1"], 4],
  ])("of %s with %j", (url, argv, family) => {
    expect(readAt(url, {}, ...argv).family).toBe(family);
  });

  it.each([
    ["ws://h/", ["-4", "-6"], /^--ipv4 and --ipv6 exclude each other$/],
    ["ws://10.0.0.1/", ["-6"], /^10\.0\.0\.1:80 is no place for --ipv6$/],
    ["ws://[::1]:9/", ["-4"], /^\[::1\]:9 is no place for --ipv4$/],
    ["ws+unix:/run/a.sock", ["-4"], /^\/run\/a\.sock is no place for --ipv4$/],
    ["ws://h/", ["-6", "--proxy", "10.0.0.1:3128"], /^10\.0\.0\.1:3128 is no place for --ipv6$/],
  ])("is wrong of %s with %j", (url, argv, message) => {
    expect(() => readAt(url, {}, ...argv)).toThrow(message);
  });
});

describe("redirects", () => {
  it("are followed on request, by the proxy that is for their target", () => {
    expect(read()).not.toHaveProperty("redirects");
    const { redirects } = readIn({ HTTPS_PROXY: "s:1" }, "-L");
    expect(redirects?.limit).toBe(10);
    const proxies = ["wss://a/", "ws://a/"].map((url) => redirects?.proxyFor(parseTarget(url)));
    expect(proxies).toMatchObject([{ hostname: "s" }, undefined]);
    expect(read("-L", "--max-redirects", "3").redirects?.limit).toBe(3);
  });

  it("may lead to any place that --resolve names", () => {
    expect(read("-L", "--resolve", "other:81:10.0.0.1").hosts).toHaveLength(1);
  });

  it.each([
    [["--max-redirects", "3"], /^--max-redirects needs --location$/],
    [["-L", "--max-redirects", "0"], /^--max-redirects must be a whole number from 1 to 100/],
  ])("%j", (argv, message) => expect(() => read(...argv)).toThrow(message));
});

it("a load has all of them but redirects", () => {
  const argv = ["-4", "--bearer", "x", "--insecure"];
  const args = argsOf(LOAD_DIAL_OPTIONS, argv);
  expect(JSON.stringify(readLoadDialFlags("ws://h/", args))).toBe(JSON.stringify(read(...argv)));
  const names = (options: typeof DIAL_OPTIONS) => options.map(({ name }) => name);
  const missing = names(DIAL_OPTIONS).filter((name) => !names(LOAD_DIAL_OPTIONS).includes(name));
  expect(missing).toEqual(["location", "max-redirects"]);
});

describe("a wrong one is a usage error that names it", () => {
  it.each([
    [["-H", "no colon"], "--header"],
    [["-H", ": value"], "--header"],
    [["-H", "bad name: x"], "--header"],
    [["-s", "a b"], "--subprotocol"],
    [["--connect-timeout", "5"], "--connect-timeout"],
    [["--ca", "/does/not/exist"], "--ca"],
    [["--cert", "."], "--cert"],
    [["--proxy", "ftp://p"], "--proxy"],
    [["--resolve", "h:80"], "--resolve"],
    [["--resolve", "h:81:10.0.0.1"], '--resolve "h:81:10.0.0.1" is not for h:80'],
    [["--sni", "127.0.0.1"], "--sni"],
  ])("%j", (argv, flag) => expect(() => read(...argv)).toThrow(flag));
});
