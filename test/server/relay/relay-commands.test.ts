import { describe, expect, it } from "vitest";
import { parsePayload } from "../../../src/repl/payload-notation.ts";
import { parseDelay, parseEdit, parseRule } from "../../../src/scenario/relay-rule.ts";
import { relayCommands, type RelayNotation } from "../../../src/server/relay/relay-commands.ts";
import { encodeFrame } from "../../../src/protocol/encoder.ts";
import { Opcode } from "../../../src/protocol/opcodes.ts";
import { utf8 } from "../../helpers/bytes.ts";
import { relayedPair } from "../../helpers/relay.ts";
import { eventually } from "../../helpers/transport.ts";

const PARSE = { hold: parseRule, drop: parseRule, delay: parseDelay, edit: parseEdit };
const NOTATION: RelayNotation = {
  rule: (kind, text) => PARSE[kind](text, `/${kind}`) as never,
  payload: parsePayload,
};
const text = (payload: string) => encodeFrame({ opcode: Opcode.text, payload: utf8(payload) });

/** A relay with one connection, and what a person can type. */
async function prompt() {
  const pair = await relayedPair();
  const commands = relayCommands(pair.control, NOTATION);
  const tools = {
    insert: () => undefined,
    edit: (before: string) => Promise.resolve(`${before}!`),
  };
  const type = async (line: string): Promise<readonly string[]> => {
    const [, name, argument = ""] = /^\/(\S+)(?:\s(.*))?$/s.exec(line) ?? [];
    return commands.find((command) => command.name === name)!.run(argument, tools);
  };
  const hold = async (...texts: string[]): Promise<void> => {
    await type("/hold");
    for (const one of texts) pair.server.send(text(one));
    await eventually(() => pair.control.held.length === texts.length);
  };
  return { ...pair, commands, type, hold };
}

describe("what is held", () => {
  it("is listed, and goes on from the oldest, or all of it", async () => {
    const { client, type, hold, commands } = await prompt();
    expect(await type("/held")).toEqual(["nothing is held"]);
    await expect(type("/release")).rejects.toThrow("nothing is held");
    await hold("one", "two", "three".repeat(20));
    expect(await type("/held")).toEqual([
      "1  #1 ← text 3 B  one",
      "2  #1 ← text 3 B  two",
      `3  #1 ← text 100 B  ${"three".repeat(12)}…`,
    ]);
    expect(commands.find(({ name }) => name === "release")!.candidates!("")).toEqual([
      "1",
      "2",
      "3",
    ]);
    await type("/release");
    expect(await client.bytes(5)).toEqual(Buffer.from(text("one")));
    await type("/release all");
    await client.bytes(5 + 5 + 102);
    expect(await type("/held")).toEqual(["nothing is held"]);
  });

  it("is changed by what is typed, or in the editor", async () => {
    const { client, type, hold } = await prompt();
    await hold("one", "two", "three", "four");
    await type("/edit 1 new");
    await type("/edit 2");
    await type("/edit hex:ff");
    expect(await client.bytes(5 + 6 + 3)).toEqual(
      Buffer.concat([text("new"), text("two!"), Buffer.from("8101ff", "hex")]),
    );
    await expect(type("/release x")).rejects.toThrow("ID must be");
  });

  it("is dropped", async () => {
    const { client, type, hold } = await prompt();
    await hold("one", "two");
    await type("/drop");
    await type("/release 2");
    expect(await client.bytes(5)).toEqual(Buffer.from(text("two")));
  });
});

describe("rules", () => {
  it("are set, listed and taken back", async () => {
    const { type, control } = await prompt();
    expect(await type("/rules")).toEqual(["no rules"]);
    await type("/hold in:/x/");
    await type("/drop opcode:ping");
    await type("/delay 10ms in:*");
    expect(await type("/rules")).toEqual(["hold in:/x/", "drop opcode:ping", "delay 10ms in:*"]);
    for (const kind of ["hold", "drop", "delay"]) await type(`/${kind} off`);
    expect(control.rules.isActive("in")).toBe(false);
    await expect(type("/delay")).rejects.toThrow("it needs a time");
    await expect(type("/hold /(/")).rejects.toThrow("no regular expression");
  });
});

describe("/inject", () => {
  it.each([
    [
      "/inject in hello",
      "8105" + Buffer.from("hello").toString("hex"),
      "text of 5 B to the client",
    ],
    ["/inject in #1 hex:0102", "82020102", "binary of 2 B to the client"],
    ["/inject in ping p", "890170", "ping of 1 B to the client"],
    ["/inject in close 4000 bye", "88050fa0627965", "close of 5 B to the client"],
    ["/inject in close", "8800", "close of 0 B to the client"],
  ])("%s", async (line, wire, told) => {
    const { client, type } = await prompt();
    expect(await type(line)).toEqual([`sent ${told} of #1`]);
    expect((await client.bytes(wire.length / 2)).toString("hex")).toBe(wire);
  });

  it("reaches the server", async () => {
    const { server, type, commands } = await prompt();
    await type("/inject out x");
    expect((await server.bytes(7)).subarray(0, 2)).toEqual(Buffer.from("8181", "hex"));
    await expect(type("/inject x")).rejects.toThrow("it needs a direction");
    const { candidates } = commands.find(({ name }) => name === "inject")!;
    expect(candidates!("")).toEqual(["out", "in", "#1"]);
  });
});
