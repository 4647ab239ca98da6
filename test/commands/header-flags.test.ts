import { describe, expect, it } from "vitest";
import { DIAL_OPTIONS } from "../../src/commands/dial-options.ts";
import { readRequestFlags } from "../../src/commands/header-flags.ts";
import { parseTarget } from "../../src/transport/target.ts";
import { argsOf } from "../helpers/args.ts";
import { file } from "../helpers/temp-files.ts";

const ENV = { TOKEN: "t0ken", LOGIN: "me:s3cret", COOKIES: "a=1;b=2", LINE: "x\r\nX: y" };
const readAt = (url: string, ...argv: string[]) =>
  readRequestFlags(argsOf(DIAL_OPTIONS, argv), ENV, parseTarget(url));
const read = (...argv: string[]) => readAt("ws://h/", ...argv);
const basic = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;

describe("headers", () => {
  it("keep their order, repeated names, colons in values and empty values", () => {
    const { headers } = read("-H", "B: 1", "-H", "a:2:3", "-H", "B: 4", "-H", "empty:");
    expect(headers).toEqual([
      ["B", "1"],
      ["a", "2:3"],
      ["B", "4"],
      ["empty", ""],
    ]);
  });

  it("have values from the environment and from files", () => {
    const path = file("k3y\n");
    expect(read("-H", "X-Token: env:TOKEN", "-H", `X-Key: @${path}`).headers).toEqual([
      ["X-Token", "t0ken"],
      ["X-Key", "k3y"],
    ]);
  });

  it("come from a file, a line each, which stand for themselves", () => {
    const path = file("# of the test\r\nA: 1\r\n\r\n  \nB: env:TOKEN\nA: @x #1\n");
    expect(read("-H", "First: 0", "-H", `@${path}`, "-H", "Last: 9").headers).toEqual([
      ["First", "0"],
      ["A", "1"],
      ["B", "env:TOKEN"],
      ["A", "@x #1"],
      ["Last", "9"],
    ]);
  });
});

describe("flags for one header each", () => {
  it.each<[string[], readonly (readonly [string, string])[]]>([
    [["--auth", "me:s:ä"], [["Authorization", basic("me:s:ä")]]],
    [["--auth", "env:LOGIN"], [["Authorization", basic("me:s3cret")]]],
    [["--auth", ":"], [["Authorization", basic(":")]]],
    [["--bearer", "abc.def"], [["Authorization", "Bearer abc.def"]]],
    [["--bearer", "env:TOKEN"], [["Authorization", "Bearer t0ken"]]],
    [["--cookie", "a=b; c=d=e"], [["Cookie", "a=b; c=d=e"]]],
    [["--cookie", "a=b;", "--cookie", "env:COOKIES"], [["Cookie", "a=b; a=1; b=2"]]],
    [["--user-agent", "me/1.0"], [["User-Agent", "me/1.0"]]],
    [
      ["-H", "A: 1", "--cookie", "a=", "--bearer", "x", "--user-agent", "u"],
      [
        ["User-Agent", "u"],
        ["Authorization", "Bearer x"],
        ["Cookie", "a="],
        ["A", "1"],
      ],
    ],
  ])("%j", (argv, headers) => expect(read(...argv).headers).toEqual(headers));

  it("cookies of a file are a line each, too", () => {
    expect(read("--cookie", `@${file("a=1; b=2\nc=3\n")}`).headers).toEqual([
      ["Cookie", "a=1; b=2; c=3"],
    ]);
  });

  it("and what stands at its own place in the request", () => {
    const argv = ["--origin", "https://o", "--host", "v.example:8080", "--ws-version", "8"];
    expect(read(...argv, "-s", "a", "-s", "b")).toEqual({
      subprotocols: ["a", "b"],
      headers: [],
      origin: "https://o",
      host: "v.example:8080",
      version: 8,
    });
    expect(read()).toEqual({ subprotocols: [], headers: [] });
  });

  it.each(["h", "10.0.0.1:80", "[::1]", "[fe80::1]:9000", "a_b.example"])("host %s", (host) => {
    expect(read("--host", host).host).toBe(host);
  });
});

describe("two that make the same header are refused", () => {
  it.each([
    [["--auth", "a:b", "--bearer", "c"], "--auth and --bearer both set the Authorization header"],
    [["--bearer", "c", "-H", "authorization: x"], "--bearer and --header authorization both set"],
    [["--cookie", "a=b", "-H", "Cookie: c=d"], "--cookie and --header cookie both set"],
    [["--host", "h", "-H", "Host: i"], "--host and --header host both set"],
    [["--origin", "o", "-H", "ORIGIN: p"], "--origin and --header origin both set"],
    [["--user-agent", "u", "-H", "User-Agent: v"], "--user-agent and --header user-agent"],
    [["-s", "a", "-H", "Sec-WebSocket-Protocol: b"], "--subprotocol and --header sec-"],
    [["--ws-version", "8", "-H", "Sec-WebSocket-Version: 7"], "--ws-version and --header"],
  ])("%j", (argv, message) => expect(() => read(...argv)).toThrow(message));

  it.each([[["--auth", "a:b"]], [["--bearer", "c"]], [["-H", "Authorization: x"]]])(
    "the user in the address, and %j",
    (argv) => {
      expect(() => readAt("ws://u:p@h/", ...argv)).toThrow(/^the user in the address and --/);
    },
  );

  it("but not one that is given twice with --header", () => {
    expect(read("-H", "Cookie: a=b", "-H", "cookie: c=d").headers).toHaveLength(2);
  });
});

describe("a wrong one is a usage error without its value", () => {
  it.each([
    [["-H", "no colon"], /^--header "no…" is not of the form 'Name: value'$/],
    [["-H", "Authorization Bearer hunter2"], /^--header "Authorization…" is not/],
    [["-H", ": hunter2"], /^--header "…" is not/],
    [["-H", "bad name: hunter2"], /^--header "bad…"/],
    [["-H", "X: a\r\nY: hunter2"], /^--header X has a character that no header may hold$/],
    [["-H", "X: hunter2\0"], /^--header X has/],
    [["-H", "X: env:LINE"], /^--header X has/],
    [["-H", "X: ☃hunter2"], /^--header X has/],
    [["-H", "X: env:NONE"], /^--header X: the environment variable NONE is not set$/],
    [["-H", "X: @hunter2"], /^--header X: the file after @: no such file$/],
    [["-H", "@hunter2"], /^--header: the file after @: no such file$/],
    [["--auth", "hunter2"], /^--auth must be USER:PASSWORD, @FILE or env:NAME$/],
    [["--auth", "me:hunter2\n"], /^--auth must be/],
    [["--auth", "@hunter2:x"], /^--auth: the file after @: no such file$/],
    [["--bearer", ""], /^--bearer must be the token alone/],
    [["--bearer", "Bearer hunter2"], /^--bearer must be the token alone/],
    [["--bearer", "hunter2\nX: y"], /^--bearer has a character/],
    [["--cookie", "hunter2"], /^--cookie must be like 'a=b; c=d'/],
    [["--cookie", "a=b; hunter2"], /^--cookie must be like/],
    [["--cookie", " ; "], /^--cookie must be like/],
    [["--cookie", "a=hunter2\u0001"], /^--cookie has a character/],
    [["--origin", "http://o\r\nX: hunter2"], /^--origin has a character/],
    [["--user-agent", "\u007f"], /^--user-agent has a character/],
    [["--host", "a b"], /^--host must be NAME or NAME:PORT/],
    [["--host", "h/path"], /^--host must be/],
    [["--host", "h\r\nX: y"], /^--host must be/],
    [["--ws-version", "256"], /^--ws-version must be a whole number from 0 to 255/],
    [["-s", "a b"], /^--subprotocol "a b" is no token$/],
  ])("%j", (argv, message) => {
    expect(() => read(...argv)).toThrow(message);
    expect(() => read(...argv)).not.toThrow(/hunter2/);
  });

  it.each([
    ["A: 1\nno colon hunter2", /^--header @FILE: line 2 "no…" is not of the form/],
    ["A: 1\nB: hunter2\0", /^--header @FILE: line 2 has a character that no header may hold$/],
    ["# c\n\nA: 1\n  hunter2", /^--header @FILE: line 4 goes on with the header before it$/],
    ["\tA: hunter2", /^--header @FILE: line 1 goes on/],
    ["A: hunter2\u0001", /^--header @FILE: line 1 has a character/],
  ])("in a file with %j", (content, message) => {
    const argv = ["-H", `@${file(content)}`];
    expect(() => read(...argv)).toThrow(message);
    expect(() => read(...argv)).not.toThrow(/hunter2/);
  });
});
