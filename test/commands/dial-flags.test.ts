import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { DIAL_OPTIONS } from "../../src/commands/dial-options.ts";
import type { Command } from "../../src/commands/command.ts";
import { readDialFlags } from "../../src/commands/dial-flags.ts";
import { parseArgs } from "../../src/commands/parse-args.ts";

const command: Command = {
  name: "try",
  summary: "",
  positionals: "",
  maxPositionals: 0,
  examples: [],
  options: DIAL_OPTIONS,
  run: async () => 0,
};

const read = (...argv: string[]) => readDialFlags("ws://h/", parseArgs(command, argv));
const readIn = (env: Record<string, string>, ...argv: string[]) =>
  readDialFlags("ws://h/", parseArgs(command, argv), env);

function pemFile(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), "framecat-pem-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "a.pem");
  writeFileSync(file, text);
  return file;
}

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

  it("headers keep their order, repeated names, colons in values and empty values", () => {
    const { headers } = read("-H", "B: 1", "-H", "a:2:3", "-H", "B: 4", "-H", "empty:");
    expect(headers).toEqual([
      ["B", "1"],
      ["a", "2:3"],
      ["B", "4"],
      ["empty", ""],
    ]);
  });

  it("certificates are read from their files", () => {
    const file = pemFile("PEM");
    const { tls } = read("--ca", file, "--cert", file, "--key", file, "--insecure");
    expect(tls).toEqual({ insecure: true, ca: "PEM", cert: "PEM", key: "PEM" });
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
      readDialFlags("ws+unix:/run/a.sock", parseArgs(command, argv), { ALL_PROXY: "p:1" });
    expect(unix()).not.toHaveProperty("proxy");
    expect(() => unix("--proxy", "p:1")).toThrow(/no proxy leads to a unix socket/);
  });
});

it("addresses that are known are for the target or for its proxy", () => {
  const flags = ["--proxy", "p:3128", "--resolve", "h:80:10.0.0.1", "--resolve", "p:3128:10.0.0.2"];
  expect(read(...flags).hosts?.map(({ hostname }) => hostname)).toEqual(["h", "p"]);
  expect(read()).not.toHaveProperty("hosts");
});

it("the name for SNI is one of the options of TLS", () => {
  expect(read("--sni", "other.example").tls).toEqual({
    insecure: false,
    servername: "other.example",
  });
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

it("a wrong header is not repeated, since it may be a secret", () => {
  expect(() => read("-H", "Authorization Bearer hunter2")).toThrow(/^--header "Authorization…" is/);
});
