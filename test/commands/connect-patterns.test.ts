import { describe, expect, it } from "vitest";
import { main } from "../../src/cli.ts";
import { CONNECT_OPTIONS } from "../../src/commands/connect-options.ts";
import { readPatterns } from "../../src/commands/connect-patterns.ts";
import { argsOf } from "../helpers/args.ts";
import { memoryIo } from "../helpers/memory-io.ts";
import { wsServer } from "../helpers/ws-peers.ts";

const patterns = (...argv: string[]) => readPatterns(argsOf(CONNECT_OPTIONS, argv));

describe("the shapes of messages", () => {
  it.each([
    [[], '{"id":1,"type":"get"}'],
    [["--rpc", "default"], '{"id":1,"type":"get"}'],
    [["--rpc", "jsonrpc"], '{"jsonrpc":"2.0","id":1,"method":"get"}'],
    [["--rpc", '{"op":"{{type}}","ref":{{id}}}'], '{"op":"get","ref":1}'],
  ])("%j", async (argv, text) => {
    const { shape } = await patterns(...argv);
    expect(shape.encode({ id: 1, type: "get" })).toBe(text);
  });

  it("of channels may be others", async () => {
    const { channels } = await patterns("--sub-as", "SUB {{channel}}", "--channel-path", "$.topic");
    expect(channels.subscribe("news")).toBe("SUB news");
    expect(channels.labelOf(Buffer.from('{"topic":"news"}'))).toBe("news");
  });

  it.each([
    [["--rpc", "soap"], "--rpc"],
    [["--sub-as", "x"], "--sub-as needs {{channel}}"],
    [["--sequence", "$["], "--sequence"],
    [["--request-timeout", "1"], "--request-timeout"],
  ])("%j is refused", async (argv, message) => {
    await expect(patterns(...argv)).rejects.toThrow(message);
  });
});

it("a numbered stream is watched: gaps, duplicates, and the mark of its end", async () => {
  const { url } = await wsServer((socket) => {
    for (const seq of [0, 1, 3, 3, 2, 5, -1]) socket.send(JSON.stringify({ seq }));
    socket.close(1000);
  });
  const io = memoryIo();
  const argv = [url, "--sequence", "seq", "--no-stdin", "--color", "never"];
  expect(await main(["connect", ...argv], io)).toBe(0);
  expect(io.err().trimEnd().split("\n")).toEqual([
    "! gap: 2 missing (1 message)",
    "! duplicate: 3 has come before",
    "! out of order: 2 came late",
    "! gap: 4 missing (1 message)",
    "· end of the stream",
    expect.stringMatching(
      /^sequence: 6 received from 0 to 5 · 1 missing · 1 duplicate · 1 out of order/,
    ),
  ]);
});
