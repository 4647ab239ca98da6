import { existsSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import { describe, expect, it, vi } from "vitest";
import { WebSocketServer } from "ws";
import type { BenchResult } from "../../src/bench/result.ts";
import { main } from "../../src/cli.ts";
import { bench, command, folder } from "../helpers/bench-commands.ts";
import { echoServer } from "../helpers/bench.ts";
import { certificate } from "../helpers/certificates.ts";
import { withProcesses } from "../helpers/local-workers.ts";
import { memoryIo } from "../helpers/memory-io.ts";
import { connectProxy, socksProxy } from "../helpers/proxies.ts";
import { hasPythonWebsockets, startPythonServer } from "../helpers/python-server.ts";
import { messageLine, openLine } from "../helpers/recorded.ts";
import { benchDocument } from "../helpers/schemas.ts";
import { freePort, rawServer } from "../helpers/transport.ts";
import { echoBack, wsServer } from "../helpers/ws-peers.ts";

vi.mock(import("../../src/bench/child-process.ts"), async (original) => {
  const { localWorkers } = await import("../helpers/local-workers.ts");
  return localWorkers(original);
});

/** What a run with --json printed, which ended well. */
async function measured(args: readonly string[]): Promise<BenchResult> {
  const { code, out, err } = await bench([...args, "--json"]);
  expect([code, err]).toEqual([0, ""]);
  const result = benchDocument(out);
  expect(result.discrepancies).toEqual([]);
  return result;
}

describe("a run in which all goes well", () => {
  it("reports", async () => {
    const { url } = await echoServer();
    const { code, out, err } = await withProcesses(() => bench([url, "--in-flight", "2"]));
    expect([code, err]).toEqual([0, ""]);
    expect(out).toContain(`bench        ${url}`);
    expect(out).toMatch(/^messages +200 .*= 200 answered/m);
    expect(out).toMatch(/^latency +min +p50 .*\necho +\d/m);
    expect(out).not.toContain("\u001b");
  });

  it("needs no server, and watches its own", async () => {
    const args = ["--workers", "2", "--binary", "--size", "1KiB"];
    const result = await withProcesses(() => measured(args));
    expect(result).toMatchObject({
      embedded: true,
      settings: { measure: "echo", message: "1 KiB binary", connections: 4 },
      sockets: { attempted: 4, opened: 4, open: 4 },
      messages: { planned: 200, sent: 200, answered: 200 },
      histograms: { latency: { count: 200 } },
      client: { workers: 2 },
    });
    if (existsSync("/proc/self/stat")) expect(result.server?.pid).toBeGreaterThan(0);
  });

  it("has the same seed make the same choices", async () => {
    const { url } = await echoServer();
    const args = [url, "-c", "1", "--size", "1-1000", "--seed", "5", "-n", "50"];
    const bytes = (result: BenchResult) =>
      Math.round((result.throughput.bytesOutPerSecond * result.throughput.windowMs) / 1000);
    expect(bytes(await measured(args))).toBe(bytes(await measured(args)));
  });
});

describe("every measure", () => {
  it("echo, in the open model: constant, by socket, or as independent users come", async () => {
    const { url } = await echoServer();
    const arrivals = [
      ["-r", "1000/s"],
      ["--rate-per-socket", "250/s"],
    ];
    for (const args of [...arrivals, ["-r", "1000/s", "--arrival", "poisson"]]) {
      const { messages, histograms, settings } = await measured([url, "-n", "100", ...args]);
      expect(messages).toMatchObject({ planned: 100, answered: 100 });
      expect(settings.load.model).toBe("open");
      expect(histograms.slip?.count).toBe(100);
    }
  });

  it("ping", async () => {
    const { url } = await wsServer();
    const { messages } = await measured([url, "--measure", "ping", "--think", "1ms"]);
    expect(messages).toMatchObject({ planned: 200, answered: 200 });
  });

  it.each([
    ["all there", 1_000_000, 0],
    ["some missing", 5, 30],
  ])("push, with its sequence: %s", async (_, leftOut, exitCode) => {
    const { url } = await wsServer((socket) => {
      let n = 0;
      const timer = setInterval(() => {
        n += 1;
        if (n % leftOut !== 0) socket.send(JSON.stringify({ n }));
      }, 2);
      socket.on("close", () => clearInterval(timer));
    });
    const args = ["--measure", "push", "--sequence", "$.n", "-x", "go", "-d", "200ms"];
    const { code, out } = await bench([url, ...args, "--json"]);
    const { stream, histograms } = benchDocument(out);
    expect(histograms.gap?.count ?? 0).toBeGreaterThan(0);
    expect(stream?.expected).toBe((stream?.received ?? 0) + (stream?.missing ?? 0));
    expect([code, (stream?.missing ?? 0) > 0]).toEqual([exitCode, exitCode === 30]);
  });

  it("fanout", async () => {
    const server = await wsServer((socket) => {
      socket.on("message", (data: Buffer) => {
        for (const client of server.clients) client.send(data.toString());
      });
    });
    const args = ["--measure", "fanout", "-r", "100/s", "-n", "10", "--publishers", "2"];
    const { stream, messages } = await measured([server.url, ...args]);
    expect(messages.sent).toBe(10);
    expect(stream).toMatchObject({ expected: 40, received: 40, missing: 0 });
  });

  it("connect", async () => {
    const { url } = await echoServer();
    const { histograms, sockets } = await measured([url, "--measure", "connect", "-n", "40"]);
    expect(histograms.handshake?.count).toBe(40);
    expect(sockets).toMatchObject({ attempted: 40, opened: 40, closed: 40, open: 0 });
    const paced = await measured([url, "--measure", "connect", "-r", "200/s", "-n", "20"]);
    expect(paced.messages.answered).toBe(20);
  });

  it("hold", async () => {
    const { url } = await wsServer();
    const args = ["--measure", "hold", "--ping-interval", "50ms", "-d", "200ms"];
    const { messages, sockets } = await measured([url, ...args]);
    expect(messages.answered).toBeGreaterThan(0);
    expect(sockets).toMatchObject({ open: 4, broken: 0 });
  });
});

describe("sockets that come and go", () => {
  it("by stages", async () => {
    const { url } = await echoServer();
    const { sockets, throughput } = await measured([url, "--stages", "100ms:6,1s:6,100ms:0"]);
    expect(sockets.peak).toBe(6);
    expect(sockets.opened).toBe(sockets.open + sockets.closed);
    expect(throughput.windowMs).toBeGreaterThan(1000);
  });

  it("by churn", async () => {
    const { url } = await echoServer();
    const { sockets } = await measured([url, "--churn", "50/s", "-d", "200ms", "--think", "1ms"]);
    expect(sockets.closed).toBeGreaterThan(0);
    expect(sockets.broken).toBe(0);
  });

  it("at a rate of handshakes, and again where they end", async () => {
    let left = 2;
    const { url } = await wsServer((socket) => {
      if (left > 0) socket.terminate();
      else echoBack(socket);
      left -= 1;
    });
    const again = ["--reconnect", "--reconnect-delay", "10ms", "--connect-rate", "200/s"];
    const { code, out } = await bench([url, ...again, "-d", "300ms", "--json"]);
    const { sockets, breaks } = benchDocument(out);
    expect([code, sockets.broken, breaks[0]?.count]).toEqual([21, 2, 2]);
    expect(sockets).toMatchObject({ opened: 6, open: 4 });
  });
});

describe("messages", () => {
  /** What a server was sent, and with which request. */
  async function listening() {
    const messages: string[] = [];
    const requests: { url: string; token: string }[] = [];
    const { url } = await wsServer(
      (socket) => {
        socket.on("message", (data: Buffer) => messages.push(data.toString()));
        echoBack(socket);
      },
      {
        verifyClient: ({ req }: { readonly req: IncomingMessage }) => {
          requests.push({ url: req.url ?? "", token: String(req.headers.token) });
          return true;
        },
      },
    );
    return { url, messages, requests };
  }

  it("are templates with rows, in the payload, in headers and in the address", async () => {
    const data = folder({ "users.csv": "name,token\nann,t1\nbob,t2\n" })("users.csv");
    const { url, messages, requests } = await listening();
    const address = `${url}{{row.name}}?id={{socket}}`;
    const rows = ["--data", data, "-H", "Token: {{csv.token}}", "-x", "hello {{row.name}}"];
    const payload = ["--payload", "{{row.name}} {{seq}}", "-c", "2", "-n", "4"];
    const result = await measured([address, ...rows, ...payload]);
    expect(requests.toSorted((a, b) => a.url.localeCompare(b.url))).toEqual([
      { url: "/ann?id=0", token: "t1" },
      { url: "/bob?id=1", token: "t2" },
    ]);
    expect(messages).toEqual(expect.arrayContaining(["hello ann", "hello bob", "ann 0", "bob 0"]));
    expect(result.url).toBe(address);
  });

  it("have headers that are filled, for a server of our own too", async () => {
    expect((await measured(["-H", "T: {{socket}}"])).messages.answered).toBe(200);
  });

  it("are of several kinds, by weight", async () => {
    const { url, messages } = await listening();
    await measured([url, "--payload", "a", "--payload", "b", "--weights", "1,0"]);
    expect(new Set(messages)).toEqual(new Set(["a"]));
  });

  it("are a recorded session, made by connect", async () => {
    const echo = await listening();
    const io = memoryIo();
    const recorded = main(["connect", echo.url, "--format", "ndjson"], io);
    for (const text of ["one", "two"]) {
      io.stdin.write(`${text}\n`);
      await io.seen(new RegExp(`"dir":"in".*"${text}"`));
    }
    io.stdin.end();
    expect(await recorded).toBe(0);
    const path = folder({ session: io.out() });
    const { url, messages } = await listening();
    await measured([url, "--replay", path("session"), "-c", "1", "-n", "4"]);
    expect(messages).toEqual(["one", "two", "one", "two"]);
  });

  it("of a recording keep its pace, and have as many replies", async () => {
    const session = [openLine(0), messageLine(1, "out", "a"), messageLine(2, "in", "a")].join("");
    const { url } = await listening();
    const path = folder({ session });
    const { settings, messages } = await measured([url, "--replay", path("session"), "-n", "8"]);
    expect(settings.message).toBe("a recording of 1 messages");
    expect(messages.answered).toBe(8);
  });

  it("are matched and verified", async () => {
    const { url } = await listening();
    const json = ["--payload", '{"id":{{seq}},"pad":"{{uuid}}"}', "--match", "json:$.id"];
    for (const args of [json, ["--match", "seq"], []]) {
      const { messages } = await measured([url, "--verify", "--in-flight", "4", ...args]);
      expect(messages).toMatchObject({ answered: 200, wrong: 0, unexpected: 0 });
    }
  });

  it("that come back altered are wrong", async () => {
    const { url } = await wsServer((socket) => {
      socket.on("message", (data: Buffer) => socket.send(data.toString().toUpperCase()));
    });
    const { code, out, err } = await bench([url, "--verify", "--json"]);
    expect([code, err]).toEqual([30, expect.stringContaining("200 of 200 replies were not what")]);
    expect(benchDocument(out).messages).toMatchObject({ answered: 0, wrong: 200 });
  });

  it("are compressed", async () => {
    const { url } = await wsServer(echoBack, { perMessageDeflate: { threshold: 0 } });
    const args = [url, "--deflate", "on", "--size", "4KiB", "-c", "2", "-n", "10"];
    const { throughput, settings } = await measured([...args, "--verify"]);
    const bytes = (throughput.bytesOutPerSecond * throughput.windowMs) / 1000;
    expect([settings.deflate, bytes < 10 * 1024]).toEqual([true, true]);
  });
});

describe("dials all that connect does", () => {
  it("TLS", async () => {
    const tls = await certificate();
    const server = await rawServer(
      async (peer) => {
        await peer.accept();
        peer.socket.removeAllListeners("data");
        peer.socket.on("data", (bytes: Buffer) => {
          const frames = Math.floor(bytes.length / 26);
          peer.send(...Array.from({ length: frames }, () => Uint8Array.of(0x81, 1, 97)));
        });
      },
      { tls },
    );
    const { messages, histograms } = await measured([server.url(), "--insecure"]);
    expect(messages.answered).toBe(200);
    expect(histograms.tls?.count).toBe(4);
  });

  it("a proxy", async () => {
    const { port, url } = await echoServer();
    for (const [scheme, make] of [
      ["http", connectProxy],
      ["socks5", socksProxy],
    ] as const) {
      const proxy = await make({ to: port });
      await measured([url, "--proxy", `${scheme}://127.0.0.1:${proxy.port}`]);
      expect(proxy.asked).toHaveLength(4);
    }
  });

  it("a unix socket", async () => {
    const path = folder()("s");
    const server = createServer().listen(path);
    const sockets = new WebSocketServer({ server });
    sockets.on("connection", echoBack);
    await new Promise((resolve) => server.once("listening", resolve));
    try {
      expect((await measured([`ws+unix:${path}:/`])).messages.answered).toBe(200);
    } finally {
      for (const client of sockets.clients) client.terminate();
      server.close();
    }
  });

  it.runIf(process.platform === "linux")("from many source addresses", async () => {
    const sources = new Set<string>();
    const { url } = await wsServer(echoBack, {
      verifyClient: ({ req }: { readonly req: IncomingMessage }) =>
        sources.add(req.socket.remoteAddress ?? "").size > 0,
    });
    await measured([url, "-c", "16", "--local-address", "127.0.0.2-127.0.0.9"]);
    const expected = Array.from({ length: 8 }, (_, i) => `127.0.0.${i + 2}`);
    expect([...sources].toSorted()).toEqual(expected);
  });
});

it.runIf(existsSync("/proc/self/stat"))("watches the process of a server", async () => {
  const { url } = await echoServer();
  const result = await measured([url, "-d", "300ms", "--server-pid", String(process.pid)]);
  expect(result.server).toMatchObject({ pid: process.pid });
  expect(result.server?.maxRssBytes).toBeGreaterThan(1e6);
  const none = await bench([url, "--server-pid", "2000000000"]);
  expect([none.code, none.err]).toEqual([2, expect.stringMatching(/there is no such process/)]);
});

describe.skipIf(!hasPythonWebsockets)("against Debian's python3-websockets", () => {
  it("all is answered", async () => {
    const server = await startPythonServer();
    try {
      const args = [server.url, "--in-flight", "3", "-n", "2000"];
      const result = await withProcesses(() => measured(args));
      expect(result).toMatchObject({
        sockets: { attempted: 4, opened: 4 },
        messages: { sent: 2000, answered: 2000, lost: 0, inFlight: 0, unexpected: 0 },
        refusals: [],
        breaks: [],
      });
    } finally {
      await server.stop();
    }
  });
});

describe("outputs", () => {
  it("are files of every form, of one run", async () => {
    const path = folder();
    const flags = ["save", "csv", "hgrm", "hlog", "html", "junit"];
    const { code } = await bench(flags.flatMap((flag) => [`--${flag}`, path(flag)]));
    expect(code).toBe(0);
    for (const flag of flags) expect(readFileSync(path(flag), "utf8").length).toBeGreaterThan(50);
    const { code: again, out } = await command(["bench", "report", path("save"), "--json"]);
    expect(again).toBe(0);
    expect(benchDocument(out)).toEqual(benchDocument(readFileSync(path("save"), "utf8")));
  });

  it("are there also where no socket opened", async () => {
    const path = folder();
    const port = await freePort();
    const { code, out } = await bench([`:${port}`, "--junit", path("j"), "--save", path("s")]);
    expect([code, out]).toEqual([11, ""]);
    expect(readFileSync(path("j"), "utf8")).toContain("failure");
    expect(benchDocument(readFileSync(path("s"), "utf8")).sockets.failed).toBe(4);
  });

  it("tell which objective failed, and by how much", async () => {
    const { url } = await echoServer();
    const { code, out, err } = await bench([url, "--assert", "connected==4,errors==1,p99<1us"]);
    expect(code).toBe(31);
    expect(err).toMatch(
      /^framecat: 2 of 3 assertions failed: errors==1 \(it is 0\), p99<1us \(it is [\d.]+ ms\) \(exit 31\)\.\n$/,
    );
    expect(out).toMatch(/^asserted +connected==4 +held: 4\n +errors==1 +failed: 0, 1 under\n/m);
    expect((await bench([url, "--assert", "connected==4", "--assert", "lost==0"])).code).toBe(0);
  });

  it("redact the secrets of the address", async () => {
    const { url } = await echoServer();
    const secret = `${url}?token=abc`;
    expect((await bench([secret])).out).not.toContain("abc");
    expect((await measured([secret, "--show-secrets"])).url).toBe(secret);
  });
});

describe("progress", () => {
  it("is shown on a terminal, in color, and taken away again", async () => {
    const { url } = await echoServer();
    const { out, err } = await bench([url, "-d", "1100ms"], { tty: true, env: { TERM: "xterm" } });
    expect(err).toMatch(/measuring/);
    expect(err).toMatch(/msg\/s/);
    expect(err.endsWith("\u001b[J")).toBe(true);
    expect(out).toContain("\u001b[");
  });

  it("is not shown where nobody wants it", async () => {
    const { url } = await echoServer();
    const quiet = await bench([url, "-d", "700ms", "-q", "--color", "never"], { tty: true });
    expect([quiet.err, quiet.out.includes("\u001b")]).toEqual(["", false]);
  });
});

describe("a server that fails has its exit code and one line", () => {
  it("refuses", async () => {
    const port = await freePort();
    const { code, out, err } = await bench([`:${port}`]);
    expect([code, out]).toEqual([11, ""]);
    expect(err).toBe(
      `framecat: localhost:${port} refused the connection (exit 11). Is the server running? \`framecat listen ${port}\` starts one.\n`,
    );
  });

  it("is silent", async () => {
    const server = await rawServer();
    const { code, err } = await bench([server.url(), "--handshake-timeout", "50ms"]);
    expect([code, err.split("\n").length]).toEqual([12, 2]);
    expect(err).toMatch(/did not answer the handshake within 50 ms \(exit 12\)/);
  });

  it("has a certificate that has expired", async () => {
    const tls = await certificate({ from: -10, to: -1 });
    const server = await rawServer(undefined, { tls });
    const { code, err } = await bench([server.url()]);
    expect([code, err.split("\n").length]).toEqual([13, 2]);
  });

  it("is no WebSocket server, with a document all the same", async () => {
    const server = await rawServer(async (peer) => {
      await peer.head();
      peer.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    });
    const { code, out, err } = await bench([server.url(), "--json"]);
    expect([code, err]).toEqual([14, expect.stringMatching(/HTTP 200 OK \(exit 14\)/)]);
    expect(benchDocument(out)).toMatchObject({
      ending: "disconnected",
      sockets: { opened: 0, failed: 4 },
      refusals: [{ kind: "http-status", code: "refused", count: 4 }],
    });
  });

  it("speaks no HTTP", async () => {
    const server = await rawServer((peer) => peer.send("220 smtp ready\r\n"));
    expect((await bench([server.url()])).code).toBe(15);
  });

  it("dies in mid-run: what there is is reported", async () => {
    let count = 0;
    const server = await wsServer((socket) => {
      socket.on("message", (data) => {
        count += 1;
        if (count === 100) for (const client of server.clients) client.terminate();
        else socket.send(data);
      });
    });
    const { code, out, err } = await bench([server.url, "-d", "60s"]);
    expect([code, err]).toEqual([21, expect.stringMatching(/4 of 4 sockets failed: .*exit 21/)]);
    expect(out).toContain("ended early  no socket was left\n");
  });

  it("closes", async () => {
    const server = await wsServer((socket) => {
      socket.on("message", () => socket.close(1013, "later\u001b[2J"));
    });
    const { code, out, err } = await bench([server.url]);
    expect(code).toBe(22);
    expect(out + err).toContain("1013 Try Again Later");
    expect(out + err).not.toContain("\u001b");
  });

  it("breaks the protocol", async () => {
    const server = await rawServer(async (peer) => {
      await peer.accept();
      peer.send(Uint8Array.of(0xf1, 0));
      // The Close frame that says so.
      await peer.until((bytes) => bytes.at(0) === 0x88);
      peer.socket.end();
    });
    expect((await bench([server.url(), "-d", "60s"])).code).toBe(20);
  });

  it("does not echo", async () => {
    const server = await wsServer();
    const { code, err } = await bench([server.url, "-d", "100ms", "--drain", "100ms"]);
    expect([code, err]).toEqual([30, expect.stringMatching(/4 of 4 messages were not answered/)]);
  });
});

describe("usage", () => {
  it.each([
    [["--such"], /unknown flag --such/],
    [["-c", "nought"], /--connections/],
    [["ws://x/#f"], /fragment/],
    [["ws://x/", "ws://y/"], /unexpected argument/],
    [["-H", "A: b\u0000"], /header A/],
    [["-c", "1000000", "ws://127.0.0.1/"], /local ports|limit on open files/],
    [["--assert", "p99"], /--assert "p99" needs one of the operators/],
    [["--assert", "p99<50"], /--assert "p99<50"/],
    [["--server-pid", "x"], /--server-pid must be a whole number/],
    [["--csv", "/nonexistent/x"], /--csv: cannot write/],
    [["--measure", "all"], /--measure must be one of echo, ping/],
    [["-d", "1s", "-n", "1"], /exclude each other/],
    [["--color", "blue"], /--color must be one of/],
    [["-c", "4", "report"], /"report" is a command of its own/],
  ])("%j is refused before anything is started", async (args, message) => {
    const { code, out, err } = await command(["bench", ...args]);
    expect([code, out, err.split("\n").length]).toEqual([2, "", 2]);
    expect(err).toMatch(message);
  });
});

describe("a signal", () => {
  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("%s ends the run; what there is is reported", async (signal, exitCode) => {
    const { url } = await echoServer();
    const path = folder();
    const io = memoryIo({ tty: true, env: { NO_COLOR: "1" } });
    const line = ["bench", url, "-c", "4", "--warmup", "0s", "-d", "60s", "--save", path("s")];
    const done = withProcesses(() => main(line, io));
    await io.seen(/measuring/);
    io.raise(signal);
    expect(await done).toBe(exitCode);
    expect(io.out()).toContain("ended early  interrupted");
    expect(io.err()).not.toContain("framecat:");
    expect(benchDocument(readFileSync(path("s"), "utf8"))).toMatchObject({
      ending: "interrupted",
      messages: { lost: 0 },
    });
  });

  it("while it connects ends that", async () => {
    const server = await rawServer();
    const io = memoryIo();
    const done = main(["bench", server.url(), "-c", "4", "--json"], io);
    await server.peer(0);
    io.raise("SIGINT");
    expect(await done).toBe(130);
    expect(benchDocument(io.out())).toMatchObject({
      ending: "interrupted",
      sockets: { attempted: 4, opened: 0, failed: 0, unfinished: 4 },
    });
  });

  it("that comes twice ends it at once, without a report", async () => {
    const server = await wsServer();
    const io = memoryIo({ tty: true });
    const line = ["bench", server.url, "--warmup", "0s", "-d", "60s", "--drain", "60s"];
    const done = withProcesses(() => main(line, io));
    await io.seen(/measuring/);
    io.raise("SIGINT");
    io.raise("SIGINT");
    expect(await done).toBe(130);
    expect(io.out()).toBe("");
  });
});
