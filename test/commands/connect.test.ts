import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Writable } from "node:stream";
import { Ajv } from "ajv";
import { describe, expect, it, onTestFinished } from "vitest";
import { main } from "../../src/cli.ts";
import type { Io } from "../../src/io.ts";
import { encodeClosePayload } from "../../src/protocol/close-codes.ts";
import { encodeFrame } from "../../src/protocol/encoder.ts";
import type { Frame } from "../../src/protocol/frame.ts";
import { Opcode } from "../../src/protocol/opcodes.ts";
import { filler, hex, utf8 } from "../helpers/bytes.ts";
import { certificate } from "../helpers/certificates.ts";
import { parse } from "../helpers/frames.ts";
import { expectGolden } from "../helpers/golden.ts";
import { memoryIo, type MemoryIo, type MemoryIoOptions } from "../helpers/memory-io.ts";
import { eventually, freePort, type RawPeer, rawServer, response } from "../helpers/transport.ts";
import { collect, echoBack, wsServer } from "../helpers/ws-peers.ts";

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** `framecat connect` with these arguments, to its end. Without `stdin` its input is empty. */
async function connect(argv: readonly string[], options: MemoryIoOptions = {}): Promise<Ran> {
  const io = memoryIo({ stdin: "", ...options });
  const code = await main(["connect", ...argv], io);
  return { code, out: io.out(), err: io.err() };
}

/** The same with a hand on its streams and signals while it runs. */
function start(argv: readonly string[], options: MemoryIoOptions = {}, replace: Partial<Io> = {}) {
  const io = memoryIo(options);
  return { io, code: main(["connect", ...argv], { ...io, ...replace }) };
}

/** Asserts that it fails with this code in one line that says so. */
function expectFails({ code, err }: Ran, exitCode: number, message: RegExp): void {
  expect(err).toMatch(/^framecat: [^\n]*\n$/);
  expect(err).toContain(`(exit ${exitCode})`);
  expect(err).toMatch(message);
  expect(code).toBe(exitCode);
}

const SOON = ["--eof", "linger=50ms"];
const text = (payload: string) => encodeFrame({ opcode: Opcode.text, payload: utf8(payload) });
const close = (code: number, reason = "") =>
  encodeFrame({ opcode: Opcode.close, payload: encodeClosePayload(code, reason) });

/** A server that says this once the connection is open, and ends it after the client's Close frame. */
const saying = (...frames: Uint8Array[]) =>
  rawServer(async (peer) => {
    await peer.accept();
    peer.send(...frames);
    await peer.until((received) => parse([received]).frames.some(isClose));
    peer.socket.end();
  });
const isClose = ({ header }: Frame) => header.opcode === Opcode.close;

/** A server that closes with this code, or not at all, once the connection is open. */
const closing = (code: number, reason = "") =>
  wsServer((socket) => (code === 1005 ? socket.close() : socket.close(code, reason)));

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "framecat-connect-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

describe("a pipe", () => {
  it("sends lines and prints the replies, and nothing else", async () => {
    const { url } = await wsServer(echoBack);
    const stdin = "one\n\nthree\r\nlast";
    expect(await connect([url, ...SOON], { stdin })).toEqual({
      code: 0,
      out: "one\n\nthree\r\nlast\n",
      err: "",
    });
  });

  it("sends what -x says first, in order", async () => {
    const { url } = await wsServer(echoBack);
    const argv = [url, "-x", "a", "-x", "", "--send", "-1", ...SOON];
    expect(await connect(argv, { stdin: "b\n" })).toMatchObject({ code: 0, out: "a\n\n-1\nb\n" });
  });

  it("passes bytes as they are with --binary", async () => {
    const { url } = await wsServer(echoBack);
    const bytes = filler(1_000_000);
    const { io, code } = start([url, "--binary", ...SOON], { stdin: bytes });
    expect(await code).toBe(0);
    expect(Buffer.compare(io.outBytes(), bytes)).toBe(0);
  });

  it("brings 5,000 messages to a slow reader", async () => {
    const lines = Array.from({ length: 5000 }, (_, i) => `message ${i} ${"x".repeat(100)}`);
    const { url } = await wsServer((socket) => {
      for (const line of lines) socket.send(line);
      socket.close();
    });
    let taken = "";
    const stdout = new Writable({
      highWaterMark: 1000,
      write: (chunk: Buffer, _, done) => {
        taken += chunk.toString();
        setImmediate(done);
      },
    });
    const { code } = start([url], { stdin: "" }, { stdout });
    expect(await code).toBe(0);
    expect(taken).toBe(`${lines.join("\n")}\n`);
  });

  it("ends quietly when nobody reads it any more", async () => {
    const { url, clients } = await wsServer(echoBack);
    let taken = "";
    const stdout = new Writable({
      write: (chunk: Buffer, _, done) => {
        taken += chunk.toString();
        done(Object.assign(new Error("write EPIPE"), { code: "EPIPE" }));
      },
    });
    const { io, code } = start([url, "-x", "first"], {}, { stdout });
    expect(await code).toBe(0);
    expect([taken, io.err(), io.stdin.destroyed]).toEqual(["first\n", "", true]);
    await eventually(() => clients.size === 0);
  });

  it("is over when the peer closes, with stdin still open", async () => {
    const { url } = await closing(1000, "enough");
    const { io, code } = start([url]);
    expect(await code).toBe(0);
    expect([io.err(), io.stdin.destroyed]).toEqual(["", true]);
  });

  it("fails when the peer closed before all was sent, in peace or not", async () => {
    const { url } = await rawServer(async (peer) => {
      await peer.accept();
      peer.socket.pause();
      peer.send(close(1000));
    });
    const { io, code } = start([url(), "--close-timeout", "20ms"]);
    io.stdin.end(`${"x".repeat(1024 * 1024)}\n`.repeat(32));
    expect(await code).toBe(21);
    expect(io.err()).toBe(
      "· 1 message was never sent\n" +
        "framecat: the peer closed with 1000 before all of stdin was sent (exit 21). With --reconnect the rest goes out on another connection.\n",
    );
  });

  it.each([
    ["close", /^$/],
    ["linger=50ms", /^late\n$/],
    ["wait", /^late\nlater\n$/],
  ])("at the end of stdin: --eof %s", async (eof, out) => {
    const { url } = await rawServer(async (peer) => {
      await peer.accept();
      await peer.bytes(7);
      setTimeout(() => peer.send(text("late")), 10);
      const later = setTimeout(() => peer.send(text("later"), close(1000)), 200);
      await peer.until((received) => received.includes(Buffer.from("8882", "hex")));
      clearTimeout(later);
      if (eof !== "wait") peer.send(close(1000));
      peer.socket.end();
    });
    const { code, out: printed, err } = await connect([url(), "-x", "?", "--eof", eof]);
    expect([code, err]).toEqual([0, ""]);
    expect(printed).toMatch(out);
  });

  it("does not let a peer write to a terminal, but with --format raw", async () => {
    const hostile = "\u001b[2Jclear\u009b31m\u202e";
    const frames = [text(hostile), close(1000)];
    const onTerminal = async (...argv: string[]) => {
      const { url } = await saying(...frames);
      const io = memoryIo({ stdin: "" });
      Object.assign(io.stdout, { isTTY: true });
      expect(await main(["connect", url(), ...argv], io)).toBe(0);
      return io.out();
    };
    expect(await onTerminal()).toBe("\\x1b[2Jclear\\u009b31m\\u202e\n");
    expect(await onTerminal("--format", "raw")).toBe(hostile);
    // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
    expect(await onTerminal("--format", "ndjson")).not.toMatch(
      /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/,
    );
    const { url } = await saying(...frames);
    expect((await connect([url()])).out).toBe(`${hostile}\n`);
  });

  it("shows frames on stderr with -v, escaped, and data on stdout", async () => {
    const { url } = await saying(text("\u001b[31mred"), close(1000));
    const { code, out, err } = await connect([url(), "-v"]);
    expect([code, out]).toEqual([0, "\u001b[31mred\n"]);
    expect(err).toContain(String.raw`\x1b[31mred`);
    expect(err).not.toContain("\u001b");
    expect(err).toMatch(/^○ closed by the peer: 1000 Normal Closure, clean/m);
  });
});

describe("--format ndjson", () => {
  const schema = JSON.parse(readFileSync("src/schema/event.schema.json", "utf8")) as object;
  const validate = new Ajv({ strict: false }).compile(schema);
  const events = (out: string) =>
    out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);

  it("tells every event in order, each by the schema", async () => {
    const { url } = await wsServer(echoBack);
    const argv = [url, "-x", "hi", "--format", "ndjson", "--deflate", "off", ...SOON];
    const { code, out, err } = await connect(argv);
    expect([code, err]).toEqual([0, ""]);
    for (const event of events(out)) {
      validate(event);
      expect(validate.errors).toBeNull();
    }
    const told = events(out).map(({ type, state, dir, opcodeName }) =>
      [type, state ?? dir, opcodeName].filter(Boolean).join(" "),
    );
    expect(told).toEqual([
      "state CONNECTING",
      "handshake",
      "state OPEN",
      "frame out text",
      "message out",
      "frame in text",
      "message in",
      "state CLOSING",
      "frame out close",
      "frame in close",
      "state CLOSED",
      "close",
    ]);
  });

  it("hides secrets, unless they are asked for", async () => {
    const { url } = await wsServer();
    const secret = `${url.replace("://", "://user:hunter2@")}?token=hunter2`;
    const argv = [secret, "-H", "Cookie: sid=hunter2", "--format", "ndjson", "--eof", "close"];
    const { code, out, err } = await connect(argv);
    expect(code).toBe(0);
    expect(out + err).not.toContain("hunter2");
    expect(out + err).not.toContain(Buffer.from("user:hunter2").toString("base64"));
    const shown = await connect([...argv, "--show-secrets"]);
    expect(shown.out).toContain("sid=hunter2");
    expect(shown.out).toContain(Buffer.from("user:hunter2").toString("base64"));
  });

  it("tells what failed, too", async () => {
    const { url } = await rawServer(async (peer) => {
      await peer.head();
      peer.send("HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno");
    });
    const ran = await connect([url(), "--format", "ndjson"]);
    expectFails(ran, 14, /404 Not Found/);
    expect(events(ran.out).at(-1)).toMatchObject({ type: "handshake", body: { text: "no" } });
  });
});

describe("the exit code", () => {
  it.each([1000, 1001, 1005])("0: the peer closed with %d", async (code) => {
    const { url } = await closing(code);
    expect(await connect([url, "--eof", "wait"])).toEqual({ code: 0, out: "", err: "" });
  });

  it.each<[readonly string[], RegExp]>([
    [[], /connect needs an address/],
    [["ws://h/", "more"], /unexpected argument "more"/],
    [["ftp://h/"], /scheme ftp/],
    [["ws://h:99999/"], /no WebSocket address/],
    [["--nope", "ws://h/"], /unknown flag --nope/],
    [["ws://h/", "-x"], /needs a value/],
    [["ws://h/", "--format", "xml"], /--format must be one of text, raw, json/],
    [["ws://h/", "--eof", "never"], /--eof must be close, wait or linger=TIME/],
    [["ws://h/", "--eof", "linger=5"], /a duration such as/],
    [["ws://h/", "-H", "no colon"], /not of the form 'Name: value'/],
    [["ws://h/", "-H", "X: \u2603"], /header X/],
    [["ws://h/", "-s", "a b"], /is no token/],
    [["ws://h/", "--connect-timeout", "soon"], /--connect-timeout must be a duration/],
    [["ws://h/", "--ca", "/nowhere/ca.pem"], /--ca: .*no such file/],
    [["ws://h/", "--max-print", "much"], /--max-print must be a size/],
  ])("2: %j", async (argv, message) => {
    const ran = await connect(argv);
    expectFails(ran, 2, message);
    expect(ran.out).toBe("");
  });

  it("2: files that hold no certificate", async () => {
    const path = join(folder(), "ca.pem");
    writeFileSync(path, "not PEM");
    expectFails(await connect(["wss://127.0.0.1:1/", "--ca", path]), 2, /no certificate/);
  });

  it("2: a line that is not UTF-8, by its number; what was before it was sent", async () => {
    const { url, clients } = await wsServer();
    const stdin = new PassThrough();
    const { io, code } = start([url], {}, { stdin });
    await eventually(() => clients.size === 1);
    const { messages, until } = collect([...clients][0]!);
    stdin.end(Buffer.concat([Buffer.from("fine\n"), hex("c3 28 0a")]));
    await until(1);
    expect(messages[0]!.data.toString()).toBe("fine");
    expectFails({ code: await code, out: io.out(), err: io.err() }, 2, /line 2 of stdin/);
  });

  it("10: the name does not resolve", async () => {
    const name = `${"x".repeat(64)}.invalid`;
    expectFails(await connect([`ws://${name}/`]), 10, /does not resolve|could not be resolved/);
  });

  it("11: nobody listens", async () => {
    const ran = await connect([`127.0.0.1:${await freePort()}`]);
    expectFails(ran, 11, /refused the connection .*`framecat listen \d+`/);
  });

  it("11: the server hangs up", async () => {
    const { url } = await rawServer(({ socket }) => socket.end());
    expectFails(await connect([url()]), 11, /without answering the handshake/);
  });

  it("12: the server says nothing, at either step", async () => {
    const { url, port } = await rawServer();
    expectFails(await connect([url(), "--handshake-timeout", "30ms"]), 12, /within 30 ms/);
    const tls = await connect([`wss://127.0.0.1:${port}/`, "--connect-timeout", "30ms"]);
    expectFails(tls, 12, /within 30 ms/);
  });

  it("13: TLS, and the ways around it", async () => {
    const expired = await certificate({ from: -10, to: -1 });
    const { url } = await rawServer((peer) => peer.accept(), { tls: expired });
    const ca = join(folder(), "ca.pem");
    writeFileSync(ca, expired.cert);
    expectFails(await connect([url(), "--ca", ca]), 13, /expired \(exit 13\)\. Try --insecure/);
    const valid = await certificate();
    writeFileSync(ca, valid.cert);
    const trusted = await rawServer(
      async (peer) => {
        await peer.accept();
        peer.send(close(1000));
        await peer.bytes(8);
        peer.socket.end();
      },
      { tls: valid },
    );
    expect((await connect([trusted.url(), "--ca", ca, "--eof", "wait"])).code).toBe(0);
    expect((await connect([trusted.url(), "--insecure", "--eof", "wait"])).code).toBe(0);
    expectFails(await connect([trusted.url()]), 13, /self-signed/);
  });

  it("14: refused, with control characters in the reason", async () => {
    const { url } = await rawServer(async (peer) => {
      await peer.head();
      peer.send("HTTP/1.1 403 \u001b]0;title\u0007No\r\nContent-Length: 0\r\n\r\n");
    });
    const ran = await connect([url()]);
    expectFails(ran, 14, /HTTP 403/);
    // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
    expect(ran.err.trimEnd()).not.toMatch(/[\u0000-\u001f]/);
  });

  it("15: no WebSocket server, or one that breaks the handshake", async () => {
    const ssh = await rawServer((peer) => peer.send("SSH-2.0-OpenSSH_9.2\r\n"));
    expectFails(await connect([ssh.url()]), 15, /SSH-2/);
    const wrong = await rawServer(async (peer) => {
      await peer.head();
      peer.send(response("sec-websocket-key: other\n"));
    });
    expectFails(await connect([wrong.url()]), 15, /Accept/);
  });

  it("15: deflate is required and not granted", async () => {
    const { url } = await wsServer(undefined, { perMessageDeflate: false });
    expectFails(await connect([url, "--deflate", "required"]), 15, /permessage-deflate/);
    const granting = await wsServer(undefined, { perMessageDeflate: true });
    const argv = [granting.url, "--deflate", "required", "--eof", "close"];
    expect((await connect(argv)).code).toBe(0);
  });

  it("20: the peer breaks the protocol", async () => {
    const { url } = await saying(hex("83 00"));
    expectFails(await connect([url(), "--eof", "wait"]), 20, /broke the protocol: .*opcode 3/);
  });

  it.each<[string, (peer: RawPeer) => unknown]>([
    ["ends", ({ socket }) => socket.end()],
    ["is reset", ({ socket }) => socket.resetAndDestroy()],
  ])("21: the connection %s without a Close frame", async (_, script) => {
    const { url } = await rawServer(async (peer) => {
      await peer.accept();
      peer.send(text("last words"));
      await new Promise((resolve) => setTimeout(resolve, 20));
      script(peer);
    });
    const ran = await connect([url(), "--eof", "wait"]);
    expectFails(ran, 21, /without a Close frame|ECONNRESET/);
    expect(ran.out).toBe("last words\n");
  });

  it("22: the peer closed with another code", async () => {
    const { url } = await closing(1008, "policy \u001b[2J");
    const ran = await connect([url, "--eof", "wait"]);
    expectFails(ran, 22, /1008 Policy Violation "policy \\u001b\[2J"/);
  });

  it("22: and not all of stdin was sent, in the same line", async () => {
    const { url } = await rawServer(async (peer) => {
      await peer.accept();
      await peer.bytes(1_000_000);
      peer.socket.pause();
      peer.send(close(1011));
      setTimeout(() => peer.socket.resume().end(), 20);
    });
    const { io, code } = start([url(), "--eof", "wait"]);
    for (let i = 0; i < 200; i++) io.stdin.write(`${"x".repeat(100_000)}\n`);
    const ran = { code: await code, out: io.out(), err: io.err() };
    expectFails(ran, 22, /1011 Internal Error.*not all of stdin was sent/);
  });

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("%s: %d, after a clean close", async (signal, exitCode) => {
    const { url } = await wsServer(echoBack);
    const { io, code } = start([url, "-x", "up"]);
    await io.seen(/up/);
    io.raise(signal);
    expect([await code, io.err()]).toEqual([exitCode, ""]);
  });

  it("130: while it connects, and while the peer does not answer the close", async () => {
    const { url, peer } = await rawServer();
    const connecting = start([url()]);
    await (await peer()).head();
    connecting.io.raise("SIGINT");
    expect([await connecting.code, connecting.io.err()]).toEqual([130, ""]);
    const deaf = await rawServer(async (raw) => {
      await raw.accept();
      raw.send(text("up"));
    });
    const closed = start([deaf.url()]);
    await closed.io.seen(/up/);
    closed.io.raise("SIGINT");
    closed.io.raise("SIGINT");
    expect([await closed.code, closed.io.err()]).toEqual([130, ""]);
  });
});

describe("at a terminal", () => {
  const PLAIN = ["--color", "never", "--no-history"];

  /** What a person sees in the end, without what moves the cursor. */
  const seen = (io: MemoryIo) =>
    // oxlint-disable-next-line no-control-regex -- control characters are what is taken off
    io
      .out()
      .replace(/\u001b\[[0-9;?]*[A-Za-z]/g, "")
      .replaceAll("\r", "");

  it("is talked at, shows every frame, and ends with Ctrl-D", async () => {
    const { url } = await wsServer(echoBack, { perMessageDeflate: false });
    const { io, code } = start([url, ...PLAIN], { tty: true });
    await io.seen(/● open .*›/s);
    io.stdin.write("hello\r");
    await io.seen(/← text .*hello/s);
    io.stdin.write("/ping abc\r");
    await io.seen(/← pong .*abc/s);
    io.stdin.write("\u0004");
    expect(await code).toBe(0);
    expect(seen(io)).toMatch(/→ text +5 B +FIN +mask [0-9a-f]{8} +hello/);
    expect(seen(io)).toMatch(
      /○ closed by us: 1000 Normal Closure, clean.*, after .*\n +1 sent, 5 B · 1 received, 5 B\n$/,
    );
    expect(io.err()).toBe("");
  });

  it("keeps what is being typed when frames come", async () => {
    const { url, clients } = await wsServer();
    const { io, code } = start([url, ...PLAIN], { tty: true });
    await io.seen(/›/);
    io.stdin.write("half a li");
    await io.seen(/half a li/);
    [...clients][0]!.send("news");
    await io.seen(/news[^]*half a li/);
    const { messages, until } = collect([...clients][0]!);
    io.stdin.write("ne\r");
    await until(1);
    expect(messages[0]!.data.toString()).toBe("half a line");
    io.stdin.write("\u0003");
    expect([await code, io.err()]).toEqual([130, ""]);
  });

  it("knows slash commands, and their limits", async () => {
    const { url, clients } = await wsServer(echoBack);
    const { io, code } = start([url, ...PLAIN], { tty: true });
    await io.seen(/›/);
    for (const [line, answer] of [
      ["/help", /\/ping \[PAYLOAD\]/],
      ["/state", /OPEN · 0 B buffered · 0 sent/],
      ["/nope", /unknown command \/nope/],
      ["/close 1006", /\/close: close code 1006 never travels/],
      ["/close 99999", /\/close: 99999 is no close code/],
      [`/ping ${"x".repeat(126)}`, /at most 125 bytes/],
      ["//slash", /text .*\/slash/],
    ] as const) {
      io.stdin.write(`${line}\r`);
      await io.seen(answer);
    }
    const [socket] = clients;
    const told = new Promise((resolve) => socket!.on("close", resolve));
    io.stdin.write("/close 4001 that is all\r");
    expect(await code).toBe(0);
    expect(await told).toBe(4001);
    expect(seen(io)).toContain('4001 Private Use "that is all"');
  });

  it("shows payloads alone with -q", async () => {
    const { url } = await wsServer((socket) => socket.send("just this\u001b[2J"));
    const { io, code } = start([url, "-q", "--no-history"], { tty: true });
    await io.seen(/just this/);
    io.stdin.write("\u0004");
    expect(await code).toBe(0);
    expect(io.out()).toContain(String.raw`just this\x1b[2J`);
    expect(io.out()).not.toMatch(/● open|FIN|○ closed/);
  });

  it("fails in one line on stderr, before a prompt is shown", async () => {
    const { io, code } = start([`127.0.0.1:${await freePort()}`, "--no-history"], { tty: true });
    expectFails({ code: await code, out: io.out(), err: io.err() }, 11, /refused/);
    expect(io.out()).not.toContain("›");
  });

  it("exits with the code of how the peer closed", async () => {
    const { url } = await closing(4000, "enough");
    const { io, code } = start([url, ...PLAIN], { tty: true });
    expect(await code).toBe(22);
    expect(seen(io)).toMatch(/○ closed by the peer: 4000 Private Use "enough", clean/);
    expect(io.err()).toMatch(/^framecat: the peer closed with 4000 .*\(exit 22\)\.\n$/);
  });
});

describe("the handshake", () => {
  it("takes headers, subprotocols and the origin from the flags", async () => {
    let asked = "";
    const { url } = await rawServer(async (peer) => {
      asked = await peer.accept("Sec-WebSocket-Protocol: chat");
      peer.send(close(1000));
      await peer.bytes(8);
      peer.socket.end();
    });
    const flags = ["-H", "X-One: 1", "-H", "X-Two:two", "-s", "chat", "-s", "v2"];
    const argv = [...flags, url("/room"), "--origin", "https://example.com", "--eof", "wait"];
    expect((await connect(argv)).code).toBe(0);
    expect(asked).toMatch(/^GET \/room HTTP\/1\.1\r\n/);
    for (const line of [
      "X-One: 1",
      "X-Two: two",
      "Sec-WebSocket-Protocol: chat, v2",
      "Origin: https://example.com",
      "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits",
    ]) {
      expect(asked).toContain(`\r\n${line}\r\n`);
    }
  });
});

it.each([["--help"], ["--help", "all"]])("%j", async (...argv) => {
  const { code, out, err } = await connect(argv);
  expect([code, err]).toEqual([0, ""]);
  expectGolden(`help/connect${argv.includes("all") ? "-all" : ""}.txt`, out);
});
