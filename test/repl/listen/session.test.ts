import { expect, it, onTestFinished } from "vitest";
import { openListenSession } from "../../../src/repl/listen/session.ts";
import { listenDesk, type TestListenDeskOptions } from "../../helpers/listen-desk.ts";
import { memoryIo } from "../../helpers/memory-io.ts";

function open(options: TestListenDeskOptions = {}, env: Record<string, string> = {}) {
  const { desk, done } = listenDesk(options);
  const io = memoryIo({ tty: true, env });
  const session = openListenSession({
    input: io.stdin,
    output: io.stdout,
    env,
    prompt: "› ",
    operator: desk.operator,
    views: desk.views,
    more: desk.more,
    picture: { draw: () => ["a picture"], press: () => false },
    interrupt: () => done.push("interrupt"),
    editText: (text) => Promise.resolve(`${text} edited`),
  });
  onTestFinished(() => session.close());
  return { io, session, done };
}

it("runs what is typed, and shows lines above it", async () => {
  const { io, session, done } = open({ typed: true });
  io.stdin.write("hello\r/stats\r");
  await io.seen(/statistics/);
  session.print(["a frame"]);
  await io.seen(/a frame/);
  expect(done).toEqual(["typed hello"]);
  io.stdin.write("\u0003");
  io.stdin.write("\u0004");
  await new Promise(setImmediate);
  expect(done).toEqual(["typed hello", "interrupt", "quit"]);
});

it("has the live table in place of the log, which comes after it", async () => {
  const { io, session } = open();
  io.stdin.write("/top\r");
  await io.seen(/a picture/);
  session.watch();
  session.print(["a frame of meanwhile"]);
  await new Promise(setImmediate);
  expect(io.out()).not.toContain("meanwhile");
  io.stdin.write("q");
  await io.seen(/1049l[^]*a frame of meanwhile/);
  expect(io.out().split("\u001b[?1049h")).toHaveLength(2);
});

it("leaves the live table when it is closed", async () => {
  const { io, session } = open();
  session.watch();
  session.print(["a frame of meanwhile"]);
  session.close();
  await io.seen(/1049l[^]*a frame of meanwhile/);
  expect(io.out().split("\u001b[?1049l")).toHaveLength(2);
});

it("lists the clients where a terminal cannot show a table in place", async () => {
  const { io } = open({}, { TERM: "dumb" });
  io.stdin.write("/top\n");
  await io.seen(/^clients$/m);
  expect(io.out()).not.toContain("\u001b");
});

it("lets a command of the mode use the editor and the line", async () => {
  const { io, done } = open({
    typed: true,
    commands: [
      {
        name: "edit",
        takes: "",
        meaning: "",
        run: async (text, { insert, edit }) => {
          insert(await edit(text));
          return [];
        },
      },
    ],
  });
  io.stdin.write("/edit draft\r");
  await io.seen(/draft edited/);
  io.stdin.write("!\r");
  await new Promise(setImmediate);
  expect(done).toEqual(["typed draft edited!"]);
});
