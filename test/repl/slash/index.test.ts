import { describe, expect, it } from "vitest";
import { SLASH_COMMANDS } from "../../../src/repl/slash/index.ts";
import { RECONNECT_DEFAULTS } from "../../../src/transport/reconnect-policy.ts";
import { deferred } from "../../../src/transport/deferred.ts";
import { openDesk } from "../../helpers/desk.ts";
import { startServer } from "../../helpers/transport.ts";

async function open() {
  const server = await startServer();
  return { server, ...(await openDesk(server)) };
}

describe("a typed line", () => {
  it.each([
    ["hello", "hello"],
    ["", ""],
    [" /ping", " /ping"],
    ["//ping", "/ping"],
    ["//", "/"],
    ["two\nlines", "two\nlines"],
  ])("%j is sent as %j", async (line, sent) => {
    const { server, type } = await open();
    expect(await type(line)).toEqual([]);
    await server.log.count("message", 1, "in");
    expect(server.log.texts("in")).toEqual([sent]);
  });

  it("is not sent once the connection is closing, and says so", async () => {
    const { link, type } = await open();
    void link.close();
    expect(await type("late")).toEqual(["not sent: the connection is not open"]);
  });

  it("waits for a message that is being sent in steps, and says so", async () => {
    const { desk, server, shown, type } = await open();
    const slow = deferred();
    const streamed = desk.conversation.turn(() => slow.promise);
    const typed = [type("one"), type("two")];
    expect(shown).toEqual([
      "1 of your lines waits for the message before",
      "2 of your lines wait for the message before",
    ]);
    slow.resolve();
    expect(await Promise.all([...typed, streamed])).toEqual([[], [], undefined]);
    await server.log.count("message", 2, "in");
    expect(server.log.texts("in")).toEqual(["one", "two"]);
  });

  it("waits for the next connection where there is to be one, unless too much waits", async () => {
    const server = await startServer();
    const reconnect = { ...RECONNECT_DEFAULTS, firstDelayMs: 60_000 };
    const queue = { messages: 2, bytes: 100 };
    const { type, log } = await openDesk(server, { reconnect, queue });
    void (await server.connection()).close(1001);
    await log.until("reconnect");
    expect(await type("one")).toEqual([]);
    void type("two");
    await new Promise(setImmediate);
    expect(await type("three")).toEqual([
      "not sent: too much is waiting for the connection already",
    ]);
    expect(await type("/ping")).toEqual(["/ping: the connection is not open"]);
    void type("/reconnect");
    await server.log.count("message", 2, "in");
    expect(server.log.texts("in")).toEqual(["one", "two"]);
  });
});

describe("a slash command", () => {
  it("that nobody knows is told, harmless", async () => {
    const { type } = await open();
    const [line] = await type("/no\u001b[2J");
    expect(line).toBe("unknown command /no\\x1b[2J; /help lists them, // sends a slash");
    expect(await type("/")).toEqual(["unknown command /; /help lists them, // sends a slash"]);
  });

  it("with a wrong argument says what is wrong, and what would be right", async () => {
    const { type } = await open();
    expect(await type("/binary xyz")).toEqual([
      '/binary: "xyz" is no hex. Pairs of digits, or base64:…, or @FILE.',
    ]);
  });

  it("/help lists each by its topic, or tells of one", async () => {
    const { type } = await open();
    const lines = await type("/help");
    for (const { name, meaning } of SLASH_COMMANDS) {
      expect(lines.join("\n")).toMatch(
        new RegExp(`^/${name}( .*)? – ${meaning.slice(0, 10)}`, "m"),
      );
    }
    expect(await type("/help /ping")).toEqual([
      "",
      expect.stringMatching(/^\/ping \[PAYLOAD\] – /),
    ]);
  });

  it("has a name of its own", () => {
    const names = SLASH_COMMANDS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});
