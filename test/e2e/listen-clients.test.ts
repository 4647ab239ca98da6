import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { main } from "../../src/cli.ts";
import { start, stop } from "../helpers/binary.ts";
import { type Browser, hasChromium, startChromium } from "../helpers/chromium.ts";
import { memoryIo, type MemoryIo } from "../helpers/memory-io.ts";
import { hasPythonWebsockets } from "../helpers/python-server.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const WSCAT = here("../../node_modules/wscat/bin/wscat");
const PYTHON_CLIENTS = here("../fixtures/websockets_clients.py");

/** What a client sends to a mode, and how many messages it then gets. */
interface Talk {
  readonly mode: string;
  readonly args: readonly string[];
  readonly sends: readonly string[];
  readonly gets: readonly (string | RegExp)[];
  /** Given to the server's stdin. */
  readonly typed?: string;
}

const PUBLISHED = '{"type":"publish","channel":"news","data":42}';

const TALKS: readonly Talk[] = [
  { mode: "echo", args: [], sends: ["hello"], gets: ["hello"] },
  { mode: "print", args: ["--mode", "print"], sends: [], gets: ["typed"], typed: "typed\n" },
  {
    mode: "broadcast",
    args: ["--mode", "broadcast", "--to-self"],
    sends: ["hello"],
    gets: ["hello"],
  },
  { mode: "silent", args: ["--mode", "silent"], sends: ["hello"], gets: [] },
  {
    mode: "push",
    args: ["--mode", "push", "--interval", "1ms", "--messages", "2"],
    sends: [],
    gets: [/^\{"seq":1,/, /^\{"seq":2,/, '{"seq":-1,"end":true}'],
  },
  {
    mode: "pubsub",
    args: ["--mode", "pubsub"],
    sends: ['{"type":"subscribe","channel":"news"}', PUBLISHED],
    gets: ['{"type":"subscribed","channel":"news"}', PUBLISHED],
  },
  { mode: "exec", args: ["--exec", "cat"], sends: ["hello"], gets: ["hello"] },
];

interface Job extends Talk {
  readonly io: MemoryIo;
  readonly url: string;
}

const jobs: Job[] = [];
const servers: { readonly io: MemoryIo; readonly code: Promise<number> }[] = [];

async function startServer(talk: Talk): Promise<Job> {
  const io = memoryIo();
  servers.push({
    io,
    code: main(["listen", "0", "--color", "never", "--allow-origin", "*", ...talk.args], io),
  });
  await io.seen(/listening on ws:\S+/);
  return { ...talk, io, url: /ws:\/\/\S+\//.exec(io.out())![0] };
}

beforeAll(async () => {
  jobs.push(...(await Promise.all(TALKS.map(startServer))));
  const relay = ["--to", jobs[0]!.url];
  jobs.push(await startServer({ mode: "relay", args: relay, sends: ["hello"], gets: ["hello"] }));
});

afterAll(async () => {
  for (const { io } of [...servers, ...servers]) io.raise("SIGTERM");
  await Promise.all(servers.map(({ code }) => code));
});

/** What the server is to say for itself is on its way, once a client is there. */
function type(): void {
  for (const { io, typed } of jobs) if (typed !== undefined) io.stdin.write(typed);
}

function expectGot(got: readonly (readonly string[] | string)[]): void {
  for (const [i, { mode, gets }] of jobs.entries()) {
    const wanted = gets.map((one): unknown =>
      typeof one === "string" ? one : expect.stringMatching(one),
    );
    expect({ mode, got: got[i] }).toEqual({ mode, got: wanted });
  }
}

/** Where it has no terminal, wscat prints what it got, a line for each message. */
async function runWscat({ url, sends, gets, io }: Job): Promise<string[]> {
  const says = sends.flatMap((text) => ["-x", text]);
  const client = start(process.execPath, [WSCAT, "-c", url, "-w", "-1", ...says]);
  if (gets.length === 0) await io.seen(/← text .*hello/);
  else await client.seen(new RegExp(`^(?:.*\n){${gets.length}}`));
  const { stdout } = await stop(client, "SIGINT");
  return stdout.toString().split("\n").slice(0, -1);
}

describe("each mode serves clients that others wrote", () => {
  it("wscat", async () => {
    type();
    expectGot(await Promise.all(jobs.map(runWscat)));
  });

  it.skipIf(!hasPythonWebsockets)(
    "Debian's python3-websockets (skipped where it is not installed)",
    async () => {
      type();
      const asked = jobs.map(({ url, sends, gets }) => ({ url, sends, count: gets.length }));
      const client = start("/usr/bin/python3", [PYTHON_CLIENTS], JSON.stringify(asked));
      const { code, stdout, stderr } = await client.finished;
      expect([code, stderr]).toEqual([0, ""]);
      expectGot(JSON.parse(stdout.toString()) as string[][]);
    },
  );

  describe.skipIf(!hasChromium)("headless Chromium (skipped where it is not installed)", () => {
    let browser: Browser;
    beforeAll(() => {
      browser = startChromium();
    });
    afterAll(() => browser.close());

    it("a page of another port", async () => {
      // Only pages of this machine may connect to it.
      const host = createServer((_, response) => response.end("a page")).listen(0, "127.0.0.1");
      onTestFinished(() => {
        host.close();
        host.closeAllConnections();
      });
      await once(host, "listening");
      const page = await browser.open(`http://127.0.0.1:${(host.address() as AddressInfo).port}/`);
      type();
      const asked = jobs.map(({ url, sends, gets }) => ({ url, sends, count: gets.length }));
      const run = `Promise.all(${JSON.stringify(asked)}.map(${inPage.toString()}))`;
      const got = await page.evaluate<string[][]>(run).catch(() => page.complaints);
      expect(page.complaints).toEqual([]);
      expectGot(got);
    });
  });
});

/** Runs in the page. */
function inPage({ url, sends, count }: { url: string; sends: string[]; count: number }) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url);
    const got: unknown[] = [];
    const check = () => got.length === count && socket.close();
    socket.addEventListener("open", () => {
      for (const text of sends) socket.send(text);
      check();
    });
    socket.addEventListener("message", ({ data }) => {
      got.push(data);
      check();
    });
    socket.addEventListener("close", ({ code }) =>
      got.length === count ? resolve(got) : reject(new Error(`${url}: ${code}`)),
    );
  });
}
