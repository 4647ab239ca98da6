import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { Writable } from "node:stream";
import { Ajv } from "ajv";
import { describe, expect, it, onTestFinished } from "vitest";
import { main } from "../../src/cli.ts";
import type { Io } from "../../src/io.ts";
import { encodeFrame } from "../../src/protocol/encoder.ts";
import { Opcode } from "../../src/protocol/opcodes.ts";
import { filler, utf8 } from "../helpers/bytes.ts";
import { expectGolden } from "../helpers/golden.ts";
import { memoryIo, type MemoryIo } from "../helpers/memory-io.ts";
import { eventually, openingRequest, rawClient } from "../helpers/transport.ts";
import { closing, collect, wsClient } from "../helpers/ws-peers.ts";

interface Listening {
  readonly io: MemoryIo;
  readonly code: Promise<number>;
  readonly url: string;
  readonly port: number;
}

/** `framecat listen` on a free port, ended by SIGTERM when the test is over. */
async function listen(argv: readonly string[] = [], replace: Partial<Io> = {}): Promise<Listening> {
  const io = memoryIo();
  const code = main(["listen", "0", "--color", "never", ...argv], { ...io, ...replace });
  onTestFinished(async () => {
    io.raise("SIGTERM");
    io.raise("SIGTERM");
    await code;
  });
  await io.seen(/ws:\/\/127\.0\.0\.1:\d+\//);
  const port = Number(/ws:\/\/127\.0\.0\.1:(\d+)\//.exec(io.out() + io.err())?.[1]);
  return { io, code, port, url: `ws://127.0.0.1:${port}/` };
}

/** Runs to the end, which comes at once where it cannot serve. */
async function fails(argv: readonly string[]) {
  const io = memoryIo();
  const code = await main(["listen", ...argv], io);
  expect(io.err()).toMatch(/^framecat: [^\n]*\n$/);
  expect(io.err()).toContain(`(exit ${code})`);
  expect(io.out()).toBe("");
  return { code, err: io.err() };
}

describe("tells where it listens", () => {
  it("on both loopback addresses, in one line", async () => {
    const { io, port } = await listen();
    expect(io.out()).toBe(
      `● listening on ws://127.0.0.1:${port}/ and ws://[::1]:${port}/ · echo · Ctrl-C ends\n`,
    );
    expect(port).toBeGreaterThan(0);
  });

  it("as JSON, which is all of stdout", async () => {
    const { io, url, port } = await listen(["--json"]);
    const socket = await wsClient(url);
    socket.send("hello");
    await io.seen(/hello/);
    expect(JSON.parse(io.out())).toEqual({
      url,
      port,
      addresses: [
        { host: "127.0.0.1", port, url },
        { host: "::1", port, url: `ws://[::1]:${port}/` },
      ],
    });
    expect(io.err()).toContain("hello");
  });

  it("on stderr beside NDJSON", async () => {
    const { io } = await listen(["--format", "ndjson"]);
    expect(io.err()).toMatch(/^● listening on ws:/);
    expect(io.out()).toBe("");
  });
});

describe("echoes", () => {
  it("every kind of message, and shows every frame", async () => {
    const { io, url } = await listen();
    const socket = await wsClient(url, { perMessageDeflate: false });
    const { messages, until } = collect(socket);
    socket.send("hello");
    socket.send(filler(70_000));
    socket.ping("p");
    await until(2);
    expect(messages.map(({ isBinary, data }) => [isBinary, data.length])).toEqual([
      [false, 5],
      [true, 70_000],
    ]);
    socket.close(1000, "bye");
    await io.seen(/○ closed/);
    const lines = io.out().split("\n");
    expect(lines.some((line) => /#1 +← text +5 B +FIN +mask [0-9a-f]{8} +hello$/.test(line))).toBe(
      true,
    );
    expect(lines.some((line) => /#1 +→ text +5 B +FIN +hello/.test(line))).toBe(true);
    expect(io.out()).toMatch(/#1 +○ closed by the peer: 1000 Normal Closure "bye", clean/);
  });

  it("compressed messages, unless deflate is off", async () => {
    const { url } = await listen();
    const socket = await wsClient(url);
    expect(socket.extensions).toBe("permessage-deflate");
    const { until } = collect(socket);
    socket.send("x".repeat(100_000));
    await until(1);
    const { url: plain } = await listen(["--deflate", "off"]);
    expect((await wsClient(plain)).extensions).toBe("");
  });

  it("in silence with -q", async () => {
    const { io, url } = await listen(["-q"]);
    const before = io.out();
    const socket = await wsClient(url);
    const { until } = collect(socket);
    socket.send("hello");
    await until(1);
    expect(io.out()).toBe(before);
    expect(io.err()).toBe("");
  });

  it("and keeps the terminal safe from what clients send", async () => {
    const { io, url } = await listen();
    const socket = await wsClient(`${url}%1b?${encodeURIComponent("\u009b")}`, {
      headers: { "User-Agent": "evil" },
    });
    socket.send("\u001b[2J\u009b31m\u202e");
    socket.close(4000, "\u001b]0;title\u0007");
    await io.seen(/○ closed/);
    // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
    expect(io.out()).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    expect(io.out()).toContain(String.raw`\x1b[2J\u009b31m\u202e`);
  });
});

describe("subprotocols", () => {
  it("takes the first that a client offers", async () => {
    const { url } = await listen(["-q"]);
    expect((await wsClient(url, { protocols: ["a", "b"] })).protocol).toBe("a");
    expect((await wsClient(url)).protocol).toBe("");
  });

  it("or one of those that are named", async () => {
    const { url } = await listen(["-q", "-s", "b", "-s", "c"]);
    expect((await wsClient(url, { protocols: ["a", "c", "b"] })).protocol).toBe("c");
  });
});

describe("--format ndjson", () => {
  const schema = JSON.parse(readFileSync("src/schema/event.schema.json", "utf8")) as object;
  const validate = new Ajv({ strict: false }).compile(schema);

  it("tells every event by the schema, without secrets", async () => {
    const { io, url } = await listen(["--format", "ndjson"]);
    const socket = await wsClient(`${url}?token=hunter2`, { headers: { Cookie: "sid=hunter2" } });
    socket.send("hi");
    socket.close();
    await io.seen(/"type":"close"/);
    const events = io
      .out()
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { type: string });
    for (const event of events) {
      validate(event);
      expect(validate.errors).toBeNull();
    }
    expect(events[0]).toMatchObject({ type: "handshake", role: "server", conn: "1" });
    expect(events.filter(({ type }) => type === "frame")).toHaveLength(4);
    expect(io.out()).not.toContain("hunter2");
  });
});

describe("bad clients", () => {
  it("get their answer, and are shown", async () => {
    const { io, url, port } = await listen();
    const answer = await fetch(`${url.replace("ws:", "http:")}chat`);
    expect(answer.status).toBe(404);
    const noise = await rawClient(port);
    noise.send("\u0000\u0001\u0002");
    await noise.end();
    expect(noise.received.toString()).toMatch(/^HTTP\/1\.1 400 /);
    await io.seen(/GET "\/chat" is answered with 404/);
    const socket = await wsClient(url);
    const { until } = collect(socket);
    socket.send("others are served");
    await until(1);
  });

  it("who break the protocol are told so, and shown", async () => {
    const { io, port } = await listen();
    const client = await rawClient(port);
    client.send(openingRequest());
    await client.head();
    client.send(encodeFrame({ opcode: Opcode.text, payload: utf8("unmasked") }));
    await client.end();
    expect(client.received.toString("hex")).toBe("880203ea");
    await io.seen(/! the peer broke the protocol/);
  });

  it("cannot send more than --max-payload", async () => {
    const { url } = await listen(["-q", "--max-payload", "1KiB"]);
    const socket = await wsClient(url);
    const told = closing(socket);
    socket.send("x".repeat(1025));
    expect(await told).toMatchObject({ code: 1009 });
  });
});

describe("the exit code", () => {
  it.each([["SIGINT"], ["SIGTERM"]] as const)(
    "0: %s, after closing all with 1001",
    async (signal) => {
      const { io, code, url } = await listen(["-q"]);
      const sockets = await Promise.all([wsClient(url), wsClient(url)]);
      const told = sockets.map(closing);
      io.raise(signal);
      expect(await code).toBe(0);
      expect(await Promise.all(told)).toMatchObject([{ code: 1001 }, { code: 1001 }]);
      expect(io.err()).toBe("");
    },
  );

  it("130: a second signal waits for nobody", async () => {
    const { io, code, port } = await listen(["-q"]);
    const client = await rawClient(port);
    client.send(openingRequest());
    await client.head();
    io.raise("SIGINT");
    await client.bytes(4);
    io.raise("SIGTERM");
    expect(await code).toBe(130);
  });

  it("0: nobody reads the output any more", async () => {
    const io = memoryIo();
    const stdout = new Writable({ write: (_, __, done) => done(new Error("write EPIPE")) });
    expect(await main(["listen", "0"], { ...io, stdout })).toBe(0);
    expect(io.err()).toBe("");
  });

  it("17: the port is in use", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    onTestFinished(() => void other.close());
    const { port } = other.address() as AddressInfo;
    const { code, err } = await fails([String(port)]);
    expect([code, err]).toEqual([
      17,
      `framecat: cannot listen on 127.0.0.1:${port}: the port is in use (exit 17). Port 0 takes a free one.\n`,
    ]);
  });

  it.each([
    [["65536"], /PORT must be a whole number from 0 to 65535/],
    [["-1"], /PORT|unknown flag/],
    [["http"], /PORT must be a whole number/],
    [[""], /PORT must be a whole number/],
    [["1", "2"], /unexpected argument "2"/],
    [["0", "--nope"], /unknown flag --nope/],
    [["0", "--format", "xml"], /--format must be one of text, ndjson/],
    [["0", "--max-payload", "much"], /--max-payload must be a size/],
    [["0", "--max-payload", "0"], /--max-payload/],
    [["0", "--max-print", "much"], /--max-print must be a size/],
    // An empty address would open the server to the network.
    [["0", "--host", ""], /--host/],
    [["0", "--host="], /--host/],
    [["0", "-s", "a b"], /no token/],
  ])("2: %j", async (argv, message) => {
    const { code, err } = await fails(argv);
    expect(err).toMatch(message);
    expect(code).toBe(2);
  });
});

it("reads no client faster than its output is read, also those that come later", async () => {
  const pending: (() => void)[] = [];
  let taken = 0;
  let open = false;
  const stdout = new Writable({
    highWaterMark: 100,
    write: (chunk: Buffer, _, done) => {
      taken += chunk.length;
      if (open) done();
      else pending.push(done);
    },
  });
  const io = memoryIo();
  const code = main(["listen", "0", "--json", "--format", "ndjson"], { ...io, stderr: stdout });
  await io.seen(/"url"/);
  const { port } = JSON.parse(io.out()) as { port: number };
  const url = `ws://127.0.0.1:${port}/`;
  const first = await wsClient(url, { perMessageDeflate: false });
  const second = await wsClient(url, { perMessageDeflate: false });
  const echoes = [collect(first), collect(second)];
  const message = "x".repeat(64 * 1024);
  for (let i = 0; i < 200; i++) for (const socket of [first, second]) socket.send(message);
  await eventually(() => pending.length > 0);
  await new Promise((resolve) => setTimeout(resolve, 100));
  for (const { bufferedAmount } of [first, second]) expect(bufferedAmount).toBeGreaterThan(0);
  open = true;
  for (const done of pending.splice(0)) done();
  await Promise.all(echoes.map(({ until }) => until(200)));
  expect(taken).toBeGreaterThan(2 * 200 * message.length);
  io.raise("SIGINT");
  expect(await code).toBe(0);
});

it.each([["--help"], ["--help", "all"]])("%j", async (...argv) => {
  const io = memoryIo();
  expect(await main(["listen", ...argv], io)).toBe(0);
  expectGolden(`help/listen${argv.includes("all") ? "-all" : ""}.txt`, io.out());
});
