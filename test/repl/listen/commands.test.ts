import { expect, it } from "vitest";
import { LISTEN_COMMANDS } from "../../../src/repl/listen/commands.ts";
import { listenDesk, type TestListenDeskOptions } from "../../helpers/listen-desk.ts";

async function run(line: string, options?: TestListenDeskOptions) {
  const [, name, argument = ""] = /^(\S+)(?:\s(.*))?$/s.exec(line)!;
  const { desk, done } = listenDesk(options);
  const command = LISTEN_COMMANDS.find((one) => one.name === name);
  return { lines: await command!.run(argument, desk), done };
}

it.each([
  ["all hello  there", ["all ← hello  there"]],
  ["all ", ["all ← "]],
  ["to 1 hello there", ["1 ← hello there"]],
  ["to #2  two spaces", ["2 ←  two spaces"]],
  ["to 2,1 both", ["2 ← both", "1 ← both"]],
  ["to all everyone", ["1 ← everyone", "2 ← everyone"]],
  ["to 1", ["1 ← "]],
  ["kick 1", ["kick 1 1000"]],
  ["kick 12 4001", ["kick 12 4001"]],
  ["kick 1 4001 go away", ["kick 1 4001 go away"]],
  ["kick 1 go away", ["kick 1 1000 go away"]],
  ["kick all 1001", ["kick 1 1001", "kick 2 1001", "kick 12 1001"]],
  ["top", ["watch"]],
  ["quit", ["quit"]],
])("/%s", async (line, done) => {
  expect(await run(line)).toEqual({ lines: [], done });
});

it.each([
  ["ping", ["ping 1", "ping 2", "ping 12"], "pinged 2 clients"],
  ["ping 1", ["ping 1"], "pinged 1 client"],
  ["ping 2", ["ping 2"], "pinged 0 clients"],
  ["clients", [], "clients"],
  ["stats", [], "statistics"],
])("/%s shows something", async (line, done, shown) => {
  expect(await run(line)).toEqual({ lines: [shown], done });
});

it("/all tells where nobody is there", async () => {
  expect(await run("all hi", { ids: ["4*"] })).toEqual({
    lines: ["not sent: nobody is connected"],
    done: [],
  });
});

it.each([
  ["to", "it needs the id of a client"],
  ["to 3 hi", "no client 3 is there"],
  ["to 1,3 hi", "no client 3 is there"],
  ["to 12 hi", "no client 12 is there"],
  ["kick", "it needs the id of a client"],
  ["kick 1 1005", "1005 never travels"],
  ["ping x", "no client x is there"],
])("/%s is refused, and nothing is done", async (line, message) => {
  await expect(run(line)).rejects.toThrow(message);
});
