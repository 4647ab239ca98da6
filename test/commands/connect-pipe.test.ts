import { describe, expect, it } from "vitest";
import { main } from "../../src/cli.ts";
import { memoryIo, type MemoryIoOptions } from "../helpers/memory-io.ts";
import { rawServer } from "../helpers/transport.ts";
import { echoBack, wsServer } from "../helpers/ws-peers.ts";

async function connect(argv: readonly string[], options: MemoryIoOptions = { stdin: "" }) {
  const { url } = await wsServer(echoBack);
  const io = memoryIo(options);
  const code = await main(["connect", url, "--eof", "linger=50ms", ...argv], io);
  return { code, out: io.out(), err: io.err() };
}

const done = (out: string) => ({ code: 0, out, err: "" });

describe("connect for a script", () => {
  it.each([
    [["-0"], "a\0b\nc\0", "a\0b\nc\0"],
    [["--keep-delimiter"], "a\nb\n", "a\nb\n"],
    [["--escape-newlines", "-0"], "a\nb\\\0", "a\\nb\\\\\0"],
    [["--one"], "a\nb\n", "a\nb\n\n"],
    [["--binary", "--chunk", "2", "--format", "hex"], "abc", "6162\n63\n"],
    [["--input-format", "hex", "--format", "base64"], "00 01\n\n", "AAE=\n\n"],
    [["--input-format", "base64", "--format", "hex"], "AAE=\n", "0001\n"],
    [["--format", "json"], '{"a":\t1}\nplain\n', '{"a":\t1}\n"plain"\n'],
    [["--format", "raw"], "a\nb\n", "ab"],
  ])("%j", async (argv, stdin, out) => {
    expect(await connect(argv, { stdin })).toEqual(done(out));
  });

  it("brings text, binary and nothing through ndjson, both ways", async () => {
    const messages = [{ text: "a\nb" }, { base64: "AP8=" }, { text: "" }, { base64: "" }];
    const stdin = messages.map((message) => `${JSON.stringify(message)}\n`).join("");
    const first = await connect(["--input-format", "ndjson", "--format", "ndjson"], { stdin });
    const again = await connect(["--input-format", "ndjson", "--format", "ndjson"], {
      stdin: first.out,
    });
    expect(again.err).toMatch(/^framecat: 4 messages of stdin were sent the other way/);
    const received = again.out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(({ type, dir }) => type === "message" && dir === "in");
    expect(received).toMatchObject(messages);
  });

  it("ends after a quiet while where nothing is awaited, though something must not come", async () => {
    const { url } = await wsServer(echoBack);
    const io = memoryIo({ stdin: "fine\n" });
    expect(await main(["connect", url, "--reject", "error"], io)).toBe(0);
    expect([io.out(), io.err()]).toEqual(["fine\n", ""]);
  });

  it("needs no stdin with --no-stdin, and stays until the peer closes", async () => {
    const { url } = await wsServer((socket) => {
      socket.send("news");
      socket.on("message", () => socket.close(1000));
    });
    const io = memoryIo();
    const code = main(["connect", url, "--no-stdin", "-x", "end"], io);
    expect([await code, io.out()]).toEqual([0, "news\n"]);
  });

  it("is over in time, also while it is still connecting", async () => {
    const { url } = await rawServer();
    const io = memoryIo({ stdin: "" });
    expect(await main(["connect", url(), "--timeout", "50ms"], io)).toBe(32);
    expect(io.err()).toBe("framecat: the time limit of 50 ms has passed (exit 32).\n");
    const checked = memoryIo({ stdin: "" });
    const argv = [url(), "--timeout", "50ms", "--expect", "hi"];
    expect(await main(["connect", ...argv], checked)).toBe(30);
    expect(checked.err()).toMatch(/^framecat: expected "hi" within 50 ms; .* \(exit 30\)/);
  });

  it("shows a terminal nothing that commands it, JSON indented if it is asked", async () => {
    const argv = ["--pretty", "--color", "never", "--count", "1"];
    const hostile = await connect([...argv, "-x", "\u001b[2J"], { tty: true });
    expect(hostile.out).toBe("\\x1b[2J\n");
    const json = await connect([...argv, "-x", '{"a":1}'], { tty: true });
    expect(json.out).toBe('{\n  "a": 1\n}\n');
  });
});

it("says what messages mean with --decode, beside the data", async () => {
  const { out, err } = await connect(["-v", "--decode", "json", "-x", '{"a":[1]}', "--count", "1"]);
  expect(out).toBe('{"a":[1]}\n');
  expect(err).toMatch(/"a": \[/);
});
