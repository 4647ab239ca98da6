import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { main } from "../../src/cli.ts";
import { memoryIo } from "../helpers/memory-io.ts";
import { folder } from "../helpers/temp-files.ts";
import { freePort, rawServer } from "../helpers/transport.ts";
import { echoBack, wsServer } from "../helpers/ws-peers.ts";

async function connect(...argv: string[]) {
  const io = memoryIo({ stdin: "" });
  const code = await main(["connect", ...argv], io);
  return { code, out: io.out(), err: io.err() };
}

const echo = async () => (await wsServer(echoBack)).url;
const parse = (text: string) => JSON.parse(text) as Record<string, unknown>;

describe("the result of a run", () => {
  it("is one document with --json, and the data goes to a file if anywhere", async () => {
    const data = join(folder(), "data");
    const argv = ["-x", "hi", "--expect", "hi", "--json", "--output", data];
    const { code, out } = await connect(await echo(), ...argv);
    expect(parse(out)).toMatchObject({
      v: "framecat.connect/1",
      outcome: "passed",
      exitCode: 0,
      checks: [{ kind: "expect", outcome: "passed" }],
      statistics: { sent: { messages: 1 }, received: { messages: 1 } },
      close: { code: 1000, initiator: "local", clean: true },
    });
    expect([code, readFileSync(data, "utf8")]).toEqual([0, "hi\n"]);
  });

  it("tells what failed, too", async () => {
    const { code, out, err } = await connect(`127.0.0.1:${await freePort()}`, "--json");
    expect(parse(out)).toMatchObject({
      outcome: "failed",
      exitCode: 11,
      failure: { code: "unreachable" },
      statistics: { attempts: 1, failed: 1, errors: { unreachable: 1 } },
    });
    expect([code, err]).toEqual([11, expect.stringContaining("refused the connection")]);
  });

  it("is JUnit XML, also of a failure", async () => {
    const file = join(folder(), "junit.xml");
    const argv = ["-x", "hi", "--expect", "hi", "--expect", "no", "--timeout", "50ms"];
    expect((await connect(await echo(), ...argv, "--junit", file)).code).toBe(30);
    const xml = readFileSync(file, "utf8");
    expect(xml).toContain('tests="3" failures="1"');
    expect(xml).toMatch(/<failure message="[^"]*no/);
  });

  it("is a summary for people on stderr", async () => {
    const argv = ["-x", "hi", "--expect", "hi", "--summary", "--color", "never"];
    const { out, err } = await connect(await echo(), ...argv);
    expect(out).toBe("hi\n");
    expect(err).toMatch(/^ok +ws:\/\/.*\nok +expected "hi" .*\npassed in .*, 1 of 1 check met\n\n/);
    expect(err).toMatch(/connections +1 of 1 attempt opened/);
  });
});

describe("a refused handshake", () => {
  const refusing = async (answer: string) =>
    (await rawServer((peer) => peer.send(`HTTP/1.1 ${answer}\r\n\r\n`))).url();
  const FORBIDDEN = "403 Forbidden\r\nContent-Length: 0";
  const WRONG = "101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade";

  // The heads that -v and -i show tell the status once more.
  it.each([
    [FORBIDDEN, [], 1, /^framecat: \S+ refused the handshake: HTTP 403 .* \(exit 14\)\. Often/],
    [WRONG, [], 1, /^framecat: the handshake is invalid: .+ \(exit 15\)\. A proxy/],
    [FORBIDDEN, ["-v"], 2, /^framecat: the handshake was refused \(exit 14\)\. Often/m],
    [WRONG, ["-i"], 1, /^framecat: the handshake is invalid \(exit 15\)\. A proxy/m],
  ])("%j is not told again with %j", async (answer, argv, times, last) => {
    const { err, out } = await connect(await refusing(answer), ...argv);
    expect(err).toMatch(last);
    expect([err.match(/403 Forbidden|must be the base64/g)?.length, out]).toEqual([times, ""]);
    expect(err).not.toMatch(/handshake-refused/);
  });

  it.each([
    [[], "framecat: the handshake was refused (exit 14)."],
    [["-q"], "refused the handshake: HTTP 403 Forbidden (exit 14)."],
  ])("at a prompt, too: %j", async (argv, last) => {
    const io = memoryIo({ tty: true });
    expect(await main(["connect", await refusing(FORBIDDEN), ...argv], io)).toBe(14);
    expect(io.err()).toContain(last);
    expect(io.out()).toMatch(argv.length > 0 ? /^$/ : /403 Forbidden/);
  });
});
