import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { main } from "../../src/cli.ts";
import { readExec } from "../../src/commands/listen-exec.ts";
import { LISTEN_OPTIONS } from "../../src/commands/listen-options.ts";
import { argsOf } from "../helpers/args.ts";
import { memoryIo } from "../helpers/memory-io.ts";
import { folder } from "../helpers/temp-files.ts";
import { closing, collect, wsClient } from "../helpers/ws-peers.ts";

const env = { PATH: process.env.PATH ?? "" };

function read(argv: readonly string[], path = env.PATH) {
  const args = argsOf(LISTEN_OPTIONS, argv);
  return readExec(args, memoryIo({ env: { PATH: path } }), args.text("mode"));
}

it("is asked for by its command", () => {
  expect(read([])).toBeUndefined();
  expect(read(["--exec", "cat"])).toBeTypeOf("function");
  expect(read(["--mode", "exec", "--exec", "/bin/sh -c 'a | b'"])).toBeTypeOf("function");
  const flags = ["--max-processes", "3", "--kill-after", "100ms", "--binary"];
  expect(read(["--exec", "cat", ...flags, "--max-payload", "1KiB"])).toBeTypeOf("function");
});

it.each([
  [["--mode", "exec"], "--mode exec needs --exec COMMAND"],
  [["--max-processes", "3"], "--max-processes needs --exec COMMAND"],
  [["--kill-after", "3s"], "--kill-after needs --exec COMMAND"],
  [["--mode", "echo", "--exec", "cat"], "--exec runs a program, which --mode echo does not"],
  [["--exec", "cat", "--max-processes", "0"], "--max-processes must be"],
  [["--exec", "cat", "--kill-after", "soon"], "--kill-after must be"],
  [["--exec", "cat", "--max-payload", "big"], "--max-payload must be"],
  [["--exec", "no-such-program -x"], '--exec: there is no program "no-such-program"'],
  [["--exec", "./no-such-program"], '--exec: there is no program "./no-such-program"'],
  [["--exec", "/"], '--exec: there is no program "/"'],
])("refuses %s", (argv, message) => {
  expect(() => read(argv)).toThrow(message);
});

it("tells a file that may not be run", () => {
  const path = folder();
  writeFileSync(join(path, "app"), "#!/bin/sh\n");
  expect(() => read(["--exec", "app"], path)).toThrow(/app" may not be run/);
  chmodSync(join(path, "app"), 0o755);
  expect(read(["--exec", "app"], path)).toBeTypeOf("function");
});

it("runs as typed: what passes and what goes wrong is shown, and harms no terminal", async () => {
  const io = memoryIo({ env });
  const script = String.raw`read -r a; echo "$a $USER_$HTTP_X"; printf "\033[31mno\n" >&2; exit 7`;
  const argv = ["listen", "0", "--color", "never", "--exec", `sh -c '${script}'`];
  const code = main(argv, io);
  onTestFinished(async () => {
    io.raise("SIGTERM");
    await code;
  });
  await io.seen(/listening on/);
  const [url = ""] = /ws:\/\/127\.0\.0\.1:\d+\//.exec(io.out()) ?? [];
  const socket = await wsClient(url, { headers: { X: "y" } });
  const { messages } = collect(socket);
  const closed = closing(socket);
  socket.send("hello");
  expect(await closed).toEqual({ code: 1011, reason: "program failed" });
  expect(messages.map(({ data }) => data.toString())).toEqual(["hello y"]);
  await io.seen(/#1 +· process \d+ ended with exit code 7/);
  expect(io.out()).toContain(String.raw`· stderr: \x1b[31mno`);
  io.raise("SIGTERM");
  expect(await code).toBe(0);
});
