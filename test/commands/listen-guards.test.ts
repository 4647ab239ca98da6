import { describe, expect, it } from "vitest";
import { GUARD_OPTIONS } from "../../src/commands/listen-guard-options.ts";
import { readGuards, readRelayLimits } from "../../src/commands/listen-guards.ts";
import { LISTEN_OPTIONS } from "../../src/commands/listen-options.ts";
import { echo } from "../../src/server/modes/echo.ts";
import { argsOf } from "../helpers/args.ts";
import { askingOf } from "../helpers/asking.ts";
import { startListener } from "../helpers/listener.ts";
import { memoryIo } from "../helpers/memory-io.ts";
import { file } from "../helpers/temp-files.ts";
import { eventually, rawClient } from "../helpers/transport.ts";
import { closing, collect, wsClient } from "../helpers/ws-peers.ts";

function read(argv: readonly string[], { mode = "echo", env = {} } = {}) {
  return readGuards(argsOf(LISTEN_OPTIONS, argv), memoryIo({ env }), mode);
}

/** What the guards say to a request, by the flags. */
async function verdictOf(
  argv: readonly string[],
  headers: readonly (readonly [string, string])[] = [],
  target = "/",
): Promise<string> {
  const asking = askingOf(headers, { target });
  for (const guard of read(argv).guards) {
    const denial = await guard.admit?.(asking);
    if (denial) return `${denial.reply.status} ${denial.kind}`;
  }
  return "in";
}

const PLAIN = { maxMessageLength: 104_857_600, handshakeTimeoutMs: 10_000 };
const GUARDED = {
  maxMessageLength: 1_048_576,
  maxFragments: 1000,
  handshakeTimeoutMs: 10_000,
  socketLimits: { total: 2000, perAddress: 30 },
};

describe("what connections see to themselves", () => {
  it.each<[readonly string[], object]>([
    [[], PLAIN],
    [["--guarded"], GUARDED],
    [
      ["--max-payload", "2KiB", "--max-fragments", "7"],
      { ...PLAIN, maxMessageLength: 2048, maxFragments: 7 },
    ],
    [["--guarded", "--max-payload", "9MiB"], { ...GUARDED, maxMessageLength: 9_437_184 }],
    [["--handshake-timeout", "250ms"], { ...PLAIN, handshakeTimeoutMs: 250 }],
    [["--max-connections", "5"], { ...PLAIN, socketLimits: { total: 1005 } }],
    [["--guarded", "--max-connections", "off"], { ...GUARDED, socketLimits: { perAddress: 30 } }],
    [
      ["--guarded", "--max-per-ip", "off", "--max-connections", "off"],
      { ...GUARDED, socketLimits: undefined },
    ],
  ])("%j", (argv, expected) => expect(read(argv).serve).toEqual(expected));
});

describe("how many guards there are", () => {
  it.each<[readonly string[], number]>([
    // Readers that are too slow are shown out in any case.
    [[], 1],
    [["--guarded"], 7],
    [["--guarded", "--idle-timeout", "off", "--max-rate", "off", "--ping-interval", "off"], 4],
    [
      ["--guarded", "--token", "t", "--basic-auth", "a:b", "--csrf", "c", "--require-cookie", "d"],
      11,
    ],
    [["--max-payload", "1KiB"], 2],
  ])("%j", (argv, count) => expect(read(argv).guards).toHaveLength(count));
});

describe("who may come in", () => {
  const origin = (text: string) => [["Origin", text]] as const;
  it.each<[readonly string[], readonly (readonly [string, string])[], string, string]>([
    [[], origin("https://evil.test"), "/", "in"],
    [["--guarded"], origin("https://evil.test"), "/", "403 origin"],
    [["--guarded"], origin("http://127.0.0.1:8080"), "/", "in"],
    [["--guarded"], [], "/", "in"],
    [["--guarded", "--require-origin"], [], "/", "403 origin"],
    [["--require-origin"], origin("https://any.test"), "/", "in"],
    [["--guarded", "--allow-origin", "*.a.test"], origin("https://x.a.test"), "/", "in"],
    [
      ["--guarded", "--allow-origin", "*.a.test"],
      origin("http://127.0.0.1:8080"),
      "/",
      "403 origin",
    ],
    [["--allow-origin", "a.test", "--allow-origin", "null"], origin("null"), "/", "in"],
    [["--token", "t", "--token-timeout", "off"], [], "/", "401 token"],
    [["--token", "t"], [], "/", "in"],
    [["--token", "t", "--token", "u"], [], "/?token=u", "in"],
    [["--token", "t"], [], "/?token=u", "401 token"],
    [["--basic-auth", "a:b"], [], "/", "401 basic-auth"],
    [["--require-cookie", "sid"], [["Cookie", "sid=1"]], "/", "in"],
    [["--require-cookie", "sid=2"], [["Cookie", "sid=1"]], "/", "403 cookie"],
    [["--csrf", "c"], [["Cookie", "c=1"]], "/?c=1", "in"],
    [["--csrf", "c"], [], "/", "403 csrf"],
    [["--require-subprotocol", "-s", "chat"], [], "/", "400 subprotocol"],
    [["--require-subprotocol"], [["Sec-WebSocket-Protocol", "any"]], "/", "in"],
  ])("%j with %j %s: %s", async (argv, headers, target, verdict) => {
    expect(await verdictOf(argv, headers, target)).toBe(verdict);
  });
});

describe("secrets come from elsewhere, too", () => {
  it("from the environment and from files", () => {
    const env = { TOKEN: "t0ken", USER_AND_PASS: "ann:pw" };
    const path = file("c00kie\n");
    const argv = [
      "--token",
      "env:TOKEN",
      "--basic-auth",
      "env:USER_AND_PASS",
      "--require-cookie",
      `sid=@${path}`,
    ];
    const { mayRead } = read(argv, { env });
    const basic = ["Authorization", `Basic ${btoa("ann:pw")}`] as const;
    const cookie = ["Cookie", "sid=c00kie"] as const;
    expect(mayRead(askingOf([basic, cookie], { target: "/?token=t0ken" }))).toBeUndefined();
    expect(mayRead(askingOf([basic, cookie]))?.kind).toBe("token");
    expect(mayRead(askingOf([basic], { target: "/?token=t0ken" }))?.kind).toBe("cookie");
  });
});

describe("what is wrong is said in one line", () => {
  it.each<[readonly string[], RegExp]>([
    [["--allow-origin", "a b"], /^--allow-origin must be an origin such as .*, not "a b"$/],
    [["--allow-origin", ""], /^--allow-origin must be an origin/],
    [["--token", ""], /^--token must not be empty$/],
    [["--token", "env:NOT_SET"], /^--token: the environment variable NOT_SET is not set$/],
    [["--token", "@/no/such/file"], /^--token: the file after @/],
    [["--token-timeout", "5s"], /^--token-timeout needs --token$/],
    [["--token", "t", "--token-timeout", "5"], /^--token-timeout must be a duration/],
    [["--token", "t", "--token-timeout", "0s"], /^--token-timeout must be at least 1ms$/],
    [["--csrf", "a b"], /^--csrf must begin with the name of a cookie$/],
    [["--basic-auth", "ann"], /^--basic-auth must be of the form USER:PASS, neither empty$/],
    [["--basic-auth", ":pw"], /^--basic-auth must be/],
    [["--basic-auth", "ann:"], /^--basic-auth must be/],
    [["--require-cookie", "="], /^--require-cookie must begin with the name of a cookie$/],
    [["--require-cookie", "a b=1"], /^--require-cookie must begin/],
    [["--require-cookie", "sid="], /^--require-cookie sid must not be empty$/],
    [["--csrf", ""], /^--csrf must begin/],
    [["--require-subprotocol", "-s", "a b"], /no token/],
    [["--max-connections", "0"], /^--max-connections must be a whole number from 1/],
    [["--max-per-ip", "many"], /^--max-per-ip must be a whole number/],
    [["--handshake-timeout", "off"], /^--handshake-timeout must be a duration/],
    [["--handshake-timeout", "0ms"], /^--handshake-timeout must be at least 1ms$/],
    [["--max-payload", "off"], /^--max-payload must be a size/],
    [["--max-payload", "0"], /^--max-payload must be at least one byte$/],
    [["--max-fragments", "0"], /^--max-fragments must be a whole number/],
    [["--max-rate", "100"], /^--max-rate must be a number in a time, such as 100\/m/],
    [["--max-rate", "0/m"], /^--max-rate must be/],
    [["--idle-timeout", "soon"], /^--idle-timeout must be a duration/],
    [["--ping-interval", "0s"], /^--ping-interval must be at least 1ms$/],
    [["--ping-timeout", "1s"], /^--ping-timeout needs --ping-interval$/],
    [["--guarded", "--ping-interval", "off", "--ping-timeout", "1s"], /^--ping-timeout needs/],
    [["--max-buffered", "off"], /^--max-buffered must be a size/],
    [["--max-buffered", "0"], /^--max-buffered must be at least one byte$/],
  ])("%j", (argv, message) => {
    expect(() => read(argv)).toThrow(
      expect.objectContaining({ code: "usage", message: expect.stringMatching(message) }),
    );
  });
});

it.each(["max-connections", "max-rate", "idle-timeout", "ping-interval"])(
  "--%s that is wrong may have been meant to be off",
  (name) => {
    expect(() => read([`--${name}`, "none"])).toThrow(
      expect.objectContaining({ hint: `Or --${name} off.` }),
    );
  },
);

it("programs are run for pages of this server alone, unless others are named", async () => {
  const kindOf = async (argv: readonly string[], text: string) => {
    const [guard] = read(argv, { mode: "exec" }).guards;
    return (await guard?.admit?.(askingOf([["Origin", text]])))?.kind;
  };
  expect(await kindOf([], "https://evil.test")).toBe("origin");
  expect(await kindOf([], "http://127.0.0.1:8080")).toBeUndefined();
  expect(await kindOf(["--allow-origin", "https://app.test"], "https://app.test")).toBeUndefined();
});

describe("where a mode passes on frames as they are", () => {
  it("the token has to be in the request", async () => {
    const { guards } = read(["--token", "t"], { mode: "relay" });
    expect(await guards[0]?.admit?.(askingOf())).toMatchObject({ kind: "token" });
  });

  it.each([
    [
      ["--ping-interval", "5s"],
      "--ping-interval is not for a relay, whose server and clients ping",
    ],
    [["--ping-timeout", "5s"], "--ping-timeout is not for a relay, whose server and clients ping"],
    [["--max-buffered", "1MiB"], "--max-buffered is not for a relay, which reads no faster"],
    [["--token", "t", "--token-timeout", "5s"], "--token-timeout is not for a relay, which wants"],
  ])("what cannot hold is refused: %j", (argv, message) => {
    for (const more of [[], ["--guarded"]]) {
      expect(() => read([...more, ...argv], { mode: "relay" })).toThrow(message);
    }
  });

  it("what is off may be said to be off", () => {
    const argv = ["--ping-interval", "off", "--token", "t", "--token-timeout", "off"];
    expect(read(argv, { mode: "relay" }).guards).toHaveLength(2);
  });

  it.each<[readonly string[], object]>([
    [[], {}],
    [
      ["--guarded"],
      {
        maxMessageLength: 1_048_576,
        maxFragments: 1000,
        rate: { count: 100, periodMs: 60_000 },
        idleMs: 300_000,
      },
    ],
    [["--max-payload", "2KiB"], { maxMessageLength: 2048 }],
    [["--max-fragments", "7", "--max-rate", "off"], { maxFragments: 7 }],
    [["--max-rate", "5/s"], { rate: { count: 5, periodMs: 1000 } }],
    [["--idle-timeout", "10s"], { idleMs: 10_000 }],
    [
      ["--guarded", "--idle-timeout", "off", "--max-rate", "off", "--max-fragments", "off"],
      {
        maxMessageLength: 1_048_576,
      },
    ],
  ])("the relay itself limits by %j", (argv, limits) => {
    expect(readRelayLimits(argsOf(LISTEN_OPTIONS, argv))).toEqual(limits);
  });
});

it("every value is described with its default, or what it is for", () => {
  const undescribed = GUARD_OPTIONS.filter(
    (option) => option.kind === "text" && option.default === undefined && option.name !== "csrf",
  );
  expect(undescribed).toEqual([]);
});

describe("a server with guards", () => {
  it("limits rates, and tells why", async () => {
    const { guards, serve } = read(["--guarded", "--max-rate", "2/h"]);
    const { log, listener, url } = await startListener(echo, { guards, serve });
    const socket = await wsClient(url);
    const { messages, until } = collect(socket);
    for (const text of ["one", "two", "three"]) socket.send(text);
    await until(3);
    expect(messages.map(({ data }) => data.toString())).toEqual([
      "one",
      "two",
      expect.stringMatching(/^\{"type":"error","code":"rate-limited",/),
    ]);
    const told = closing(socket);
    socket.send("four");
    expect(await told).toEqual({ code: 1008, reason: "too many messages" });
    await eventually(() => listener.counters.connected === 0);
    expect([...listener.counters.refusals]).toEqual([["rate", 2]]);
    expect(log.of("note").at(-1)?.message).toBe(
      "refused: it sends more than 2 messages in 3600 s and was told",
    );
  });

  it("bounds who only dribbles, from the accept on", async () => {
    const { guards, serve } = read(["--max-per-ip", "1", "--handshake-timeout", "100ms"]);
    const { log, listener, port } = await startListener(echo, { guards, serve });
    const clients = await Promise.all(Array.from({ length: 25 }, () => rawClient(port)));
    for (const client of clients) client.send("GET / HTTP/1.1\r\nX: ");
    await Promise.all(clients.map((client) => client.end()));
    expect(clients.filter(({ received }) => received.length === 0)).toHaveLength(4);
    expect(Object.fromEntries(listener.counters.refusals)).toEqual({ sockets: 4, handshake: 21 });
    expect(log.of("note")[0]?.message).toMatch(
      /^refused: 127\.0\.0\.1:\d+: 21 sockets of 127\.0\.0\.1 are there$/,
    );
  });
});
