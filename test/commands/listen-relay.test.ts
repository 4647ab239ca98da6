import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it, onTestFinished } from "vitest";
import { main } from "../../src/cli.ts";
import { encodeFrame } from "../../src/protocol/encoder.ts";
import { certificate } from "../helpers/certificates.ts";
import { newFolder } from "../helpers/folder.ts";
import { memoryIo } from "../helpers/memory-io.ts";
import { freePort, openingRequest, rawClient, rawServer } from "../helpers/transport.ts";
import { closing, collect, echoBack, wsClient, wsServer } from "../helpers/ws-peers.ts";

/** `framecat listen --to URL` on a free port; it ends with the test. */
async function relayTo(url: string, argv: readonly string[] = []) {
  const io = memoryIo();
  const code = main(["listen", "0", "--color", "never", "--to", url, ...argv], io);
  onTestFinished(async () => {
    io.raise("SIGTERM");
    io.raise("SIGTERM");
    await code;
  });
  await io.seen(/ws:\/\/127\.0\.0\.1:\d+\//);
  const port = Number(/ws:\/\/127\.0\.0\.1:(\d+)\//.exec(io.out() + io.err())?.[1]);
  return { io, code, port, url: `ws://127.0.0.1:${port}/` };
}

/** Runs to the end, which comes at once. */
async function fails(argv: readonly string[]): Promise<string> {
  const io = memoryIo();
  expect(await main(["listen", "0", ...argv], io)).toBe(2);
  expect(io.err()).toMatch(/^framecat: [^\n]*\(exit 2\)[^\n]*\n$/);
  return io.err();
}

const plain = { perMessageDeflate: false };

describe("a relay", () => {
  it("shows what passes, each way, and how it ends", async () => {
    const server = await wsServer(echoBack);
    const { io, url } = await relayTo(server.url, ["--timestamps", "off"]);
    expect(io.out()).toMatch(/· relay ·/);
    const client = await wsClient(url, plain);
    const { until } = collect(client);
    client.send("hello");
    await until(1);
    client.close(4000, "bye");
    await io.seen(/○ closed/);
    const out = io
      .out()
      .replaceAll(/:\d{4,5}\b/g, ":PORT")
      .replaceAll(/\b\d+(\.\d+)? (ms|µs)/g, "T");
    expect(out).toMatch(/^#1 +· from 127\.0\.0\.1:PORT$/m);
    expect(out).toMatch(/^#1 +● open +ws:\/\/127\.0\.0\.1:PORT\/ in T/m);
    expect(out).toMatch(/^#1 +→ text +5 B +FIN +mask [0-9a-f]{8} +hello$/m);
    expect(out).toMatch(/^#1 +← text +5 B +FIN +hello +T$/m);
    expect(out).toMatch(/^#1 +○ closed by the client: 4000 [^]*"bye", clean/m);
    expect(out).toMatch(/1 from the client, 5 B · 1 from the server, 5 B/);
  });

  it("holds, changes, drops and delays by flags", async () => {
    const server = await wsServer(echoBack);
    const argv = ["--drop", "out:secret", "--edit", "in:s/o/0/g", "--delay", "1ms out:/x/"];
    const { io, url } = await relayTo(server.url, [...argv, "--hold", "/stop/"]);
    const client = await wsClient(url);
    const { messages, until } = collect(client);
    for (const text of ["foo", "secret", "x", "stop"]) client.send(text);
    await until(2);
    await io.seen(/held as 1/);
    expect(messages.map(({ data }) => data.toString())).toEqual(["f00", "x"]);
    expect(io.out()).toMatch(/dropped → text of 6 B/);
    expect(io.out()).toMatch(/changed ← text of 3 B, to 3 B/);
  });

  it("records what passes as NDJSON and as HAR, also in silence", async () => {
    const file = newFolder();
    const [record, har] = [file("x.ndjson"), file("x.har")];
    const server = await wsServer(echoBack);
    const { io, code, url } = await relayTo(server.url, ["-q", "--record", record, "--har", har]);
    const client = await wsClient(`${url}?token=hunter2`, plain);
    const { until } = collect(client);
    client.send("hello");
    await until(1);
    const told = closing(client);
    client.close();
    await told;
    io.raise("SIGTERM");
    expect(await code).toBe(0);
    const lines = readFileSync(record, "utf8").trimEnd().split("\n");
    const types = lines.map((line) => (JSON.parse(line) as { type: string }).type);
    expect(types.filter((type) => type === "frame")).toHaveLength(4);
    expect(types.filter((type) => type === "message")).toHaveLength(2);
    expect(types).toContain("close");
    expect(readFileSync(har, "utf8")).toContain('"type":"receive"');
    expect(readFileSync(record, "utf8") + readFileSync(har, "utf8")).not.toContain("hunter2");
    expect(io.out().split("\n")).toHaveLength(2);
  });

  it("decodes what messages say, and with -v tells the rules that are broken", async () => {
    const server = await rawServer((peer) => void peer.accept());
    const { io, port } = await relayTo(server.url(), ["-v", "--decode", "json"]);
    const client = await rawClient(port);
    client.send(openingRequest());
    await client.head();
    const masked = (payload: string) =>
      encodeFrame({ opcode: 1, payload: Buffer.from(payload), maskKey: 0x37fa213d });
    client.send(masked('{"a":1}'), masked('{"a":2}'), encodeFrame({ opcode: 1 }));
    await io.seen(/unmasked/);
    expect(io.out()).toMatch(/→ GET \/chat HTTP\/1\.1/);
    expect(io.out()).toMatch(/^ +"a": 1$/m);
    expect(io.out()).toMatch(/masking key/);
  });

  it("watches a wss service through a plain port, trusting what it is told to trust", async () => {
    const { cert, key } = await certificate();
    const ca = newFolder()("ca.pem");
    writeFileSync(ca, cert);
    const server = await rawServer((peer) => void peer.accept(), { tls: { cert, key } });
    for (const trust of [["--to-ca", ca], ["--insecure"]]) {
      const { io, port } = await relayTo(server.url(), trust);
      const client = await rawClient(port);
      client.send(openingRequest());
      expect(await client.head()).toMatch(/^HTTP\/1\.1 101/);
      expect(io.out()).toMatch(/TLS 1\.3/);
    }
    const { io, port } = await relayTo(server.url());
    const client = await rawClient(port);
    client.send(openingRequest());
    await client.end();
    expect(client.received.toString()).toMatch(/^HTTP\/1\.1 502/);
    expect(io.out()).toMatch(/#1 +! TLS certificate is self-signed/);
  });

  it.each([
    [["--max-payload", "4"], 1009],
    [["--max-fragments", "1"], 1008],
    [["--max-rate", "1/h"], 1008],
    [["--idle-timeout", "60ms"], 1000],
    [["--guarded", "--max-payload", "4", "--token", "t"], 1009],
  ])("guards its clients, in silence too: %j", async (argv, code) => {
    const server = await wsServer();
    const { url } = await relayTo(server.url, ["-q", ...argv]);
    const client = await wsClient(`${url}?token=t`, plain);
    const told = closing(client);
    client.send("hel", { fin: false });
    client.send("lo");
    if (code === 1008) client.send("hello");
    expect(await told).toMatchObject({ code });
  });

  it("changes the request by flags", async () => {
    const server = await rawServer();
    const argv = ["-H", "X-A: 1", "--to-origin", "http://n.test", "--to-host", "h.test", "-q"];
    const { port } = await relayTo(server.url("/deep"), [...argv, "--to-bearer", "t"]);
    const client = await rawClient(port);
    client.send(openingRequest().replace("/chat", "/"));
    const head = await (await server.peer()).head();
    expect(head).toMatch(/^GET \/deep HTTP\/1\.1\r\nHost: h\.test\r\n/);
    for (const line of ["X-A: 1", "Origin: http://n.test", "Authorization: Bearer t"]) {
      expect(head).toContain(`\r\n${line}\r\n`);
    }
  });

  it("goes on where the server cannot be reached, and says so in a line", async () => {
    const { io, port } = await relayTo(`ws://127.0.0.1:${await freePort()}/`, [
      "--timestamps",
      "off",
    ]);
    const client = await rawClient(port);
    client.send(openingRequest());
    await client.end();
    expect(io.out()).toMatch(/^#1 +! 127\.0\.0\.1:\d+ refused the connection\./m);
  });

  it.each([
    [["-q"], 1],
    [["-q", "--drop", "x"], 0],
    [[], 0],
  ])("that nobody looks at collects its garbage at once: %j", async (argv, times) => {
    const io = memoryIo();
    let calls = 0;
    const collectAtOnce = (): void => void (calls += 1);
    const code = main(["listen", "0", "--to", "ws://a/", ...argv], { ...io, collectAtOnce });
    await io.seen(/listening/);
    io.raise("SIGTERM");
    expect([await code, calls]).toEqual([0, times]);
  });

  it("closes both sides with 1001 when it stops, and exits with 0", async () => {
    const server = await wsServer();
    const { io, code, url } = await relayTo(server.url);
    const client = await wsClient(url);
    const [upstream] = server.clients;
    const told = Promise.all([closing(client), closing(upstream!)]);
    io.raise("SIGINT");
    expect(await told).toMatchObject([{ code: 1001 }, { code: 1001 }]);
    expect(await code).toBe(0);
    expect(io.out()).toMatch(/○ closed by the relay: 1001 Going Away, clean/);
  });
});

describe("2: bad input", () => {
  it.each([
    [["--mode", "relay"], /--mode relay needs --to URL/],
    [["--mode", "echo", "--to", "ws://a/"], /--to makes a relay, which --mode echo is not/],
    [["--to", "ftp://a/"], /the scheme ftp is no WebSocket's/],
    [["--hold", "x"], /--hold is for a relay/],
    [["--insecure"], /--insecure is for a relay/],
    [["--to-sni", "x"], /--to-sni is for a relay/],
    [["--to", "ws://a/", "-s", "x"], /--subprotocol is not for a relay/],
    [
      ["--to", "ws://a/", "--guarded", "--max-buffered", "1MiB"],
      /--max-buffered is not for a relay/,
    ],
    [["--to", "ws://a/", "--max-payload", "0"], /--max-payload must be at least one byte/],
    [["--to", "ws://a/", "--deflate", "off"], /--deflate is not for a relay/],
    [["--to", "ws://a/", "--hold", "/(/"], /--hold: .* no regular expression/],
    [["--to", "ws://a/", "--edit", "x"], /--edit must be like/],
    [["--to", "ws://a/", "--delay", "x"], /--delay must be a duration/],
    [["--to", "ws://a/", "--to-ca", "/nowhere"], /--to-ca/],
    [["--to", "ws://a/", "--to-key", "/nowhere"], /--to-key is of no use without --to-cert/],
    [["--to", "ws://a/", "--to-host", "h", "--keep-host"], /both set the Host header/],
    [["--to", "ws://a/", "-H", "x"], /--to-header "x…" is not of the form/],
    [["--to", "ws://a/", "--record", "/nowhere/x"], /--record: cannot write/],
    [["--to", "ws://a/", "--decode", "x"], /--decode/],
  ])("%j", async (argv, message) => {
    expect(await fails(argv)).toMatch(message);
  });
});

describe("a relay to itself", () => {
  const refusal = async (...argv: string[]) => {
    const io = memoryIo();
    expect(await main(["listen", ...argv], io)).toBe(2);
    return io.err();
  };

  it.each([
    [["--to", ":8080"]],
    [["9100", "--to", "ws://localhost:9100/x"]],
    [["9100", "--host", "0.0.0.0", "--to", "[::1]:9100"]],
    [["9100", "--host", "127.0.0.2", "--to", "127.0.0.2:9100"]],
  ])("is refused: %j", async (argv) => {
    const err = await refusal(...argv);
    expect(err).toMatch(/--to ws:\S+ is where the relay itself listens \(exit 2\)\. Example: /);
  });

  it.each([
    [["--to", ":9100"]],
    [["--to", ":8080", "--host", "127.0.0.2"]],
    [["--to", ":8080", "--to-proxy", "socks5://127.0.0.1:1"]],
    [["./8080", "--to", ":8080"]],
  ])("is not what others are: %j", async (argv) => {
    // Nothing listens: a flag that is wrong is found later.
    expect(await refusal(...argv, "--grace", "soon")).toMatch(/^framecat: --grace/);
  });
});
