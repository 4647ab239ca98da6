import { describe, expect, it } from "vitest";
import { runLine } from "../../src/repl/slash-commands.ts";
import { dialTo, startServer } from "../helpers/transport.ts";

async function open() {
  const server = await startServer();
  const { connection } = await dialTo(server.url);
  return { server, connection };
}

describe("a typed line", () => {
  it.each([
    ["hello", "hello"],
    ["", ""],
    [" /ping", " /ping"],
    ["//ping", "/ping"],
    ["//", "/"],
  ])("%j is sent as %j", async (line, sent) => {
    const { server, connection } = await open();
    expect(runLine(line, connection)).toEqual([]);
    await server.log.count("message", 1, "in");
    expect(server.log.texts("in")).toEqual([sent]);
  });

  it("is not sent once the connection is closing, and says so", async () => {
    const { connection } = await open();
    void connection.close();
    expect(runLine("late", connection)).toEqual(["not sent: the connection is closing"]);
  });
});

describe("a slash command", () => {
  it.each([
    ["/ping", "ping", ""],
    ["/ping a b", "ping", "a b"],
    ["/pong x", "pong", "x"],
  ] as const)("%s sends a control frame", async (line, type, payload) => {
    const { server, connection } = await open();
    expect(runLine(line, connection)).toEqual([]);
    const event = await server.log.until(type, ({ dir }) => dir === "in");
    expect(Buffer.from(event.data).toString()).toBe(payload);
  });

  it.each([
    ["/close", 1000, ""],
    ["/close 4001", 4001, ""],
    ["/close 4001 two words", 4001, "two words"],
    ["/close bye", 1000, "bye"],
  ])("%s closes the connection", async (line, code, reason) => {
    const { server, connection } = await open();
    expect(runLine(line, connection)).toEqual([]);
    expect(await server.log.until("close")).toMatchObject({ code, reason, clean: true });
  });

  it("/state tells the ready state and what is buffered", async () => {
    const { connection } = await open();
    expect(runLine("/state", connection)).toEqual(["OPEN · 0 B buffered · subprotocol none"]);
  });

  it("/help names each command", async () => {
    const { connection } = await open();
    const help = runLine("/help", connection).join("\n");
    for (const name of ["/ping", "/pong", "/close", "/state", "//"]) expect(help).toContain(name);
  });
});

describe("what a slash command cannot do is said, and the connection stays open", () => {
  it.each([
    ["/nope", "unknown command /nope"],
    ["/toString", "unknown command /toString"],
    ["/", "unknown command /"],
    [`/ping ${"x".repeat(126)}`, "at most 125 bytes"],
    ["/close 70000", "70000 is no close code"],
    [`/close 1000 ${"x".repeat(124)}`, "123"],
  ])("%s", async (line, message) => {
    const { connection } = await open();
    const [said = "", ...more] = runLine(line, connection);
    expect([more, connection.state]).toEqual([[], "OPEN"]);
    expect(said).toContain(message);
  });
});
