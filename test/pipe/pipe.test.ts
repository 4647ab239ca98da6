import { PassThrough, Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { encodeFrame } from "../../src/protocol/encoder.ts";
import type { Frame } from "../../src/protocol/frame.ts";
import { Opcode } from "../../src/protocol/opcodes.ts";
import type { Eof } from "../../src/pipe/linger.ts";
import { systemClock } from "../../src/io.ts";
import { createWriter, isData } from "../../src/pipe/output-format.ts";
import { type PipeOptions, runPipe } from "../../src/pipe/pipe.ts";
import type { Connection } from "../../src/transport/connection.ts";
import { deferred } from "../../src/transport/deferred.ts";
import { dial } from "../../src/transport/dial.ts";
import { eventToJson } from "../../src/transport/event-json.ts";
import type { Event } from "../../src/transport/events.ts";
import { openLink } from "../../src/transport/link.ts";
import { RECONNECT_DEFAULTS } from "../../src/transport/reconnect-policy.ts";
import { parseTarget } from "../../src/transport/target.ts";
import { echoing, startEchoServer } from "../helpers/echo-server.ts";
import { parse } from "../helpers/frames.ts";
import {
  dialTo,
  EventLog,
  eventually,
  expectFailure,
  random,
  rawServer,
  startServer,
} from "../helpers/transport.ts";

const LINGER: Eof = { kind: "linger", quietMs: 50 };

/** A reader that takes nothing until it is let, and may go away. */
class Reader {
  readonly got: string[] = [];
  congested = false;
  #resume: (() => void) | undefined;
  #leave: () => void = () => undefined;
  readonly broken = new Promise<void>((resolve) => {
    this.#leave = resolve;
  });

  readonly write = (event: Event): void => {
    if (event.type === "message" && event.dir === "in")
      this.got.push(Buffer.from(event.data).toString());
  };

  drained(): Promise<void> {
    return new Promise((resolve) => {
      this.#resume = resolve;
    });
  }

  /** Takes what is there: there is room again. */
  takeAll(): void {
    this.congested = false;
    this.#resume?.();
  }

  leave(): void {
    this.#leave();
  }
}

function defaults(reader: Reader): PipeOptions {
  return {
    input: Readable.from([]),
    output: reader,
    format: { kind: "lines", binary: false },
    eof: LINGER,
    write: reader.write,
  };
}

function pipe(url: string, reader: Reader, options: Partial<PipeOptions> = {}) {
  return runPipe(async (onEvent) => (await dialTo(url, { onEvent, frames: false })).connection, {
    ...defaults(reader),
    ...options,
  });
}

describe("a pipe", () => {
  it("sends the input, and brings every reply in order", async () => {
    const server = await startEchoServer();
    const reader = new Reader();
    const lines = Array.from({ length: 5000 }, (_, i) => `line ${i}`);
    const input = Readable.from([Buffer.from(lines.join("\n"))]);
    const { close, whole } = await pipe(server.url, reader, { input });
    expect(reader.got).toEqual(lines);
    expect([close.code, close.initiator, close.clean, whole]).toEqual([1000, "local", true, true]);
  });

  it("holds the peer back while the reader is slow, and loses nothing, nor counts that time", async () => {
    const z = "z".repeat(200_000);
    const server = await startServer({
      frames: false,
      onConnection: (connection) => {
        void (async () => {
          for (let i = 0; i < 100; i++) await connection.send(`${i} ${z}`);
        })();
      },
    });
    const reader = new Reader();
    reader.congested = true;
    const piped = pipe(server.url, reader);
    const peer = await server.connection();
    await eventually(() => peer.congested);
    expect(reader.got.length).toBeLessThan(100);
    expect(peer.state).toBe("OPEN");
    reader.takeAll();
    await piped;
    expect(reader.got.map((text) => Number.parseInt(text, 10))).toEqual(
      Array.from({ length: 100 }, (_, i) => i),
    );
  });

  it("ends in peace when the reader goes away", async () => {
    const server = await startEchoServer();
    const reader = new Reader();
    const input = new PassThrough();
    const piped = pipe(server.url, reader, { input });
    await server.connection();
    reader.leave();
    const { close, readerGone } = await piped;
    expect([close.initiator, readerGone, input.destroyed]).toEqual(["local", true, true]);
  });

  it("closes before it fails for a line that is not UTF-8", async () => {
    const server = await startServer();
    const input = Readable.from([Buffer.from([0x61, 0xff, 0x0a])]);
    await expectFailure(pipe(server.url, new Reader(), { input }), "usage", /line 1/);
    expect(await server.log.until("close")).toMatchObject({ code: 1000, clean: true });
  });
});

describe("after the end of the input", () => {
  it("close: closes at once, and what was sent before has arrived", async () => {
    const server = await startServer();
    const input = Readable.from([Buffer.from("last words")]);
    await pipe(server.url, new Reader(), { input, eof: { kind: "close" } });
    await server.log.until("close");
    expect(server.log.texts("in")).toEqual(["last words"]);
  });

  it("wait: waits until the peer closes", async () => {
    const server = await startServer();
    const piped = pipe(server.url, new Reader(), { eof: { kind: "wait" } });
    const peer = await server.connection();
    void peer.close(4000, "enough");
    const { close } = await piped;
    expect([close.code, close.reason, close.initiator]).toEqual([4000, "enough", "peer"]);
  });

  it("linger: is over at once when the peer closes", async () => {
    const server = await startServer();
    const piped = pipe(server.url, new Reader(), { eof: { kind: "linger", quietMs: 60_000 } });
    const peer = await server.connection();
    void peer.close(1001);
    expect((await piped).close.code).toBe(1001);
  });

  it("linger: a reply of which a part has come is waited for, a ping is none", async () => {
    const reply = encodeFrame({ opcode: Opcode.text, payload: Buffer.alloc(30, "r") });
    const { url } = await rawServer(async (peer) => {
      await peer.accept();
      for (const byte of reply) {
        peer.send(Uint8Array.of(byte));
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      const pings = setInterval(() => peer.send(Uint8Array.of(0x89, 1, 0x70)), 5);
      await peer.until((received) => parse([received]).frames.some(isClose));
      clearInterval(pings);
      peer.send(encodeFrame({ opcode: Opcode.close }));
      peer.socket.end();
    });
    const reader = new Reader();
    const { close } = await pipe(url(), reader);
    expect(reader.got).toEqual(["r".repeat(30)]);
    expect(close).toMatchObject({ initiator: "local", clean: true });
  });
});

const isClose = ({ header }: Frame) => header.opcode === Opcode.close;

describe("without an input", () => {
  it("waits until the peer closes", async () => {
    const server = await startServer();
    const piped = pipe(server.url, new Reader(), { input: undefined, eof: undefined });
    const peer = await server.connection();
    void peer.close(1000);
    expect(await piped).toMatchObject({ whole: true, close: { initiator: "peer" } });
  });

  it("lingers where that is asked for", async () => {
    const server = await startServer({ onConnection: (connection) => void connection.send("hi") });
    const reader = new Reader();
    const { close } = await pipe(server.url, reader, { input: undefined });
    expect([reader.got, close.initiator]).toEqual([["hi"], "local"]);
  });
});

describe("something from outside", () => {
  it("ends it in good order: what was sent arrives, and no more of the input is read", async () => {
    const server = await startServer();
    const until = deferred();
    const input = new PassThrough();
    input.write("one\ntwo\nthr");
    const piped = pipe(server.url, new Reader(), { input, until: until.promise });
    await server.log.count("message", 2, "in");
    until.resolve();
    const { close, stopped, readerGone, whole } = await piped;
    expect(close).toMatchObject({ code: 1000, initiator: "local", clean: true });
    expect([stopped, readerGone, whole, input.destroyed]).toEqual([true, false, false, true]);
    expect(server.log.texts("in")).toEqual(["one", "two"]);
  });

  it("may have happened before it was open", async () => {
    const server = await startServer();
    const input = new PassThrough();
    const piped = pipe(server.url, new Reader(), { input, until: Promise.resolve() });
    expect(await piped).toMatchObject({ stopped: true, close: { clean: true } });
  });

  it("does not count when it is all over", async () => {
    const server = await startEchoServer();
    const until = deferred();
    const { stopped } = await pipe(server.url, new Reader(), { until: until.promise });
    until.resolve();
    expect(stopped).toBe(false);
  });
});

describe("over one connection after the other", () => {
  /** Echoes; the first connection is lost at the first message. */
  async function startLosing() {
    let losses = 0;
    const connections = new Map<string, Connection>();
    const echoes = echoing();
    const server = await startServer({
      frames: false,
      onConnection: (connection, asking) => {
        connections.set(connection.id, connection);
        echoes.onConnection(connection, asking);
      },
      onEvent: (event) => {
        const connection = connections.get(event.conn);
        if (!connection || !isData(event)) return;
        if (losses === 0) connection.terminate();
        else echoes.onEvent(event);
        losses += 1;
      },
    });
    return server;
  }

  function linkedPipe(url: string, reader: Reader, options: Partial<PipeOptions>) {
    const log = new EventLog();
    const target = parseTarget(url);
    const common = { clock: systemClock, random, frames: false };
    const times = { connectTimeoutMs: 5000, handshakeTimeoutMs: 5000 };
    const piped = runPipe(
      (onEvent) =>
        openLink({
          clock: systemClock,
          random,
          onEvent: (event) => {
            log.listener(event);
            onEvent(event);
          },
          reconnect: { ...RECONNECT_DEFAULTS, firstDelayMs: 80, jitter: 0 },
          dial: (id, listener, signal) =>
            dial({ id, onEvent: listener, signal, target, ...common, ...times }),
        }),
      { ...defaults(reader), ...options },
    );
    return { piped, log };
  }

  it("goes on, in order", async () => {
    const server = await startLosing();
    const reader = new Reader();
    const input = new PassThrough();
    const { piped, log } = linkedPipe(server.url, reader, { input });
    input.write("lost\n");
    await log.until("reconnect");
    input.end("a\nb\n");
    const { close, whole } = await piped;
    expect([reader.got, close.conn, whole]).toEqual([["a", "b"], "2", true]);
  });

  it("does not count the gap as quiet", async () => {
    const server = await startLosing();
    const input = Readable.from([Buffer.from("lost\n")]);
    const eof: Eof = { kind: "linger", quietMs: 60 };
    const { piped } = linkedPipe(server.url, new Reader(), { input, eof });
    expect(await piped).toMatchObject({ close: { conn: "2", initiator: "local" } });
  });

  it.each<Eof>([{ kind: "close" }, { kind: "linger", quietMs: 0 }])(
    "closes only when all has left, if need be on the next: %j",
    async (eof) => {
      const server = await startLosing();
      const input = new PassThrough();
      const { piped, log } = linkedPipe(server.url, new Reader(), { input, eof });
      input.write("lost\n");
      await log.until("reconnect");
      input.end("kept\n");
      expect(await piped).toMatchObject({ whole: true, close: { conn: "2", code: 1000 } });
      expect(server.log.texts("in")).toEqual(["lost", "kept"]);
    },
  );
});

it("mixed text and binary come round as NDJSON, and round again", async () => {
  const server = await startEchoServer();
  const messages = ['{"text":"a\\nb"}', '{"base64":"AP8K"}', '{"text":""}', '{"base64":""}'];
  let lines = messages.join("\n");
  for (let round = 0; round < 2; round++) {
    const out: string[] = [];
    const write = createWriter({
      kind: "ndjson",
      lineOf: (event) => `${JSON.stringify(eventToJson(event))}\n`,
    });
    const { skipped } = await pipe(server.url, new Reader(), {
      input: Readable.from([Buffer.from(lines)]),
      format: { kind: "ndjson" },
      write: (event) => void out.push(...write(event).map(String)),
    });
    expect(skipped).toBe(round === 0 ? 0 : messages.length);
    lines = out.join("");
  }
  const found = lines.split("\n").filter((line) => line.includes('"dir":"in"'));
  expect(found.map((line) => pick(JSON.parse(line)))).toEqual(messages);
});

function pick({ text, base64 }: { text?: string; base64?: string }): string {
  return JSON.stringify({ text, base64 });
}

it("tells how a peer ended it before all was sent", async () => {
  const server = await startServer({
    onConnection: (connection) => {
      const release = connection.hold();
      setTimeout(() => {
        void connection.close(1008, "no");
        setTimeout(release, 20);
      }, 20);
    },
  });
  const input = Readable.from(Array.from({ length: 500 }, () => `${"x".repeat(100_000)}\n`));
  const { close, whole } = await pipe(server.url, new Reader(), { input });
  expect([close.code, close.reason, close.initiator, whole]).toEqual([1008, "no", "peer", false]);
});

it("closes before it fails for an input that cannot be read", async () => {
  const server = await startServer();
  const input = new Readable({ read: () => void input.destroy(new Error("EISDIR: a directory")) });
  await expectFailure(
    pipe(server.url, new Reader(), { input }),
    "usage",
    /^cannot read stdin: EISDIR/,
  );
  expect(await server.log.until("close")).toMatchObject({ code: 1000, clean: true });
});
