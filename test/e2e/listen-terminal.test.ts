import { afterEach, describe, expect, it } from "vitest";
import { hasTmux, openTerminal, type Terminal } from "../helpers/terminal.ts";
import { dialTo } from "../helpers/transport.ts";

let screen: Terminal | undefined;
afterEach(() => screen?.close());

async function listen(name: string, ...args: readonly string[]) {
  screen = openTerminal(`listen-${name}`, ["listen", "0", "--no-history", ...args], 100);
  const [url = ""] = /ws:\/\/127\.0\.0\.1:\d+\//.exec(await screen.shows(/^›/m)) ?? [];
  return { screen, url };
}

describe.skipIf(!hasTmux)("listen in a terminal (skipped where tmux is not installed)", () => {
  it("keeps what is being typed while clients come and talk, and sends it to all", async () => {
    const { screen: terminal, url } = await listen("print", "--mode", "print");
    terminal.type("half a ");
    const { connection, log } = await dialTo(url);
    for (let i = 1; i <= 20; i++) await connection.send(`from the client ${i}`);
    await terminal.shows(/#1 +← text .* from the client 20\n› half a\n/);
    terminal.type("line");
    terminal.key("Enter");
    await log.count("message", 1, "in");
    expect(log.texts("in")).toEqual(["half a line"]);
    await terminal.shows(/› half a line\n.*#1 +→ text +11 B +FIN +half a line\n›/);
  });

  it("shows the live table in place of the log, which is there again after", async () => {
    const { screen: terminal, url } = await listen("table");
    const { connection } = await dialTo(url, { subprotocols: ["chat"] });
    await terminal.shows(/#1 +● open/);
    terminal.type("/top");
    terminal.key("Enter");
    await terminal.shows(/^id +address +age +protocol .*\n#1 +127\.0\.0\.1:\d+ +\ds +chat /m);
    await connection.send("hello");
    const table = await terminal.shows(/^#1 .* 1 +5 B +1 +5 B/m);
    expect(table).not.toMatch(/● open|hello/);
    expect(table).toMatch(/q back\n*$/);
    terminal.type("q");
    const log = await terminal.shows(/#1 +← text .*hello\n.*#1 +→ text .*hello\n›/);
    expect(log).toMatch(/● listening on [^]*#1 +● open [^]*› \/top\n/);
    terminal.type("/kick 1 4001 enough");
    terminal.key("Enter");
    expect(await connection.closed).toMatchObject({ code: 4001, reason: "enough" });
    await terminal.shows(/○ closed by us: 4001/);
    terminal.key("C-c");
    await terminal.shows(/exit 0/);
  });
});
