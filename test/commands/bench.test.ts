import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import type { BenchSummary } from "../../src/bench/summary.ts";
import { main } from "../../src/cli.ts";
import { echoServer } from "../helpers/bench.ts";
import { certificate } from "../helpers/certificates.ts";
import { memoryIo, type MemoryIoOptions } from "../helpers/memory-io.ts";
import { hasPythonWebsockets, startPythonServer } from "../helpers/python-server.ts";
import { freePort, rawServer } from "../helpers/transport.ts";
import { wsServer } from "../helpers/ws-peers.ts";

const SCHEMA = new URL("../../src/schema/bench.schema.json", import.meta.url);
const validate = new Ajv({ strict: false, formats: { "date-time": true } }).compile(
  JSON.parse(readFileSync(SCHEMA, "utf8")) as object,
);

/** Four sockets, no warm-up; 200 messages where nothing else is asked for. */
async function bench(args: readonly string[], options?: MemoryIoOptions) {
  const io = memoryIo(options);
  const length = args.includes("-d") || args.includes("-n") ? [] : ["-n", "200"];
  const code = await main(["bench", "-c", "4", "--warmup", "0s", ...length, ...args], io);
  return { code, out: io.out(), err: io.err() };
}

/** The document that --json prints, which keeps to its schema. */
function documentOf(text: string): BenchSummary {
  const document = JSON.parse(text) as BenchSummary;
  validate(document);
  expect(validate.errors).toBeNull();
  expect(text.indexOf("\n")).toBe(text.length - 1);
  return document;
}

describe("a run in which all goes well", () => {
  it("reports", async () => {
    const { url } = await echoServer();
    const { code, out, err } = await bench([url, "--in-flight", "2"]);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toContain(`bench        ${url}\n`);
    expect(out).toContain("messages     200 sent = 200 answered + 0 lost + 0 in flight\n");
    expect(out).toMatch(/^latency +min +p50 .*\necho +\d/m);
    expect(out).toContain("█");
    expect(out).not.toContain("\u001b");
  });

  it("needs no server", async () => {
    const { code, out } = await bench([]);
    expect([code, out.includes("embedded echo server")]).toEqual([0, true]);
  });

  it("is one JSON document", async () => {
    const { code, out } = await bench(["--json", "--workers", "2", "--binary", "--size", "1KiB"]);
    expect(code).toBe(0);
    expect(documentOf(out)).toMatchObject({
      embedded: true,
      message: { kind: "binary", length: 1024 },
      messages: { sent: 200, answered: 200 },
      latencyMs: { count: 200 },
      client: { workers: 2 },
      discrepancies: [],
    });
  });

  it("shows its progress on a terminal, in color, and takes it away again", async () => {
    const { url } = await echoServer();
    const { out, err } = await bench([url, "-d", "1600ms"], { tty: true, env: { TERM: "xterm" } });
    expect(err).toMatch(/^\r\u001b\[2K.*\r\u001b\[2K.*measuring/s);
    expect(err).toMatch(/msg\/s/);
    expect(err.endsWith("\r\u001b[2K")).toBe(true);
    expect(out).toContain("\u001b[");
    const quiet = await bench([url, "-d", "700ms", "-q", "--color", "never"], { tty: true });
    expect([quiet.err, quiet.out.includes("\u001b")]).toEqual(["", false]);
  });

  it("redacts the secrets of the address", async () => {
    const { url } = await echoServer();
    const secret = `${url}?token=abc`;
    expect((await bench([secret])).out).not.toContain("abc");
    const shown = await bench([secret, "--show-secrets", "--json"]);
    expect(documentOf(shown.out).url).toBe(secret);
  });

  it("works over TLS", async () => {
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
    const { code, out } = await bench([server.url(), "--insecure", "--json"]);
    expect([code, documentOf(out).messages.answered]).toEqual([0, 200]);
  });
});

describe.skipIf(!hasPythonWebsockets)("against Debian's python3-websockets", () => {
  it("all is answered", async () => {
    const server = await startPythonServer();
    try {
      const { code, out } = await bench([server.url, "--json", "--in-flight", "3", "-n", "2000"]);
      expect(code).toBe(0);
      expect(documentOf(out)).toMatchObject({
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
    expect(documentOf(out)).toMatchObject({
      ending: "disconnected",
      sockets: { opened: 0, failed: 4 },
      refusals: [{ code: "refused", count: 4 }],
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
    expect(out).toMatch(/^broke off +\d × /m);
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
  ])("%j is refused before anything is started", async (args, message) => {
    const io = memoryIo();
    expect(await main(["bench", ...args], io)).toBe(2);
    expect(io.err()).toMatch(message);
    expect(io.err().split("\n")).toHaveLength(2);
  });
});

describe("a signal", () => {
  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("%s ends the run; what there is is reported", async (signal, exitCode) => {
    const { url } = await echoServer();
    const io = memoryIo({ tty: true, env: { NO_COLOR: "1" } });
    const done = main(["bench", url, "-c", "4", "--warmup", "0s", "-d", "60s"], io);
    await io.seen(/measuring/);
    io.raise(signal);
    expect(await done).toBe(exitCode);
    expect(io.out()).toContain("ended early  interrupted");
    expect(io.out()).toMatch(/messages +[\d,]+ sent = [\d,]+ answered \+ 0 lost \+ 0 in flight/);
    expect(io.err()).not.toContain("framecat:");
  });

  it("while it connects ends that", async () => {
    const server = await rawServer();
    const io = memoryIo();
    const done = main(["bench", server.url(), "-c", "4", "--json"], io);
    await server.peer(0);
    io.raise("SIGINT");
    expect(await done).toBe(130);
    expect(documentOf(io.out())).toMatchObject({
      ending: "interrupted",
      sockets: { attempted: 4, opened: 0, failed: 0, unfinished: 4 },
    });
  });

  it("that comes twice ends it at once, without a report", async () => {
    const server = await wsServer();
    const io = memoryIo({ tty: true });
    const done = main(["bench", server.url, "--warmup", "0s", "-d", "60s", "--drain", "60s"], io);
    await io.seen(/measuring/);
    io.raise("SIGINT");
    io.raise("SIGINT");
    expect(await done).toBe(130);
    expect(io.out()).toBe("");
  });
});
