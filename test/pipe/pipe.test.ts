import { PassThrough, Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { encodeFrame } from "../../src/protocol/encoder.ts";
import type { Frame } from "../../src/protocol/frame.ts";
import { Opcode } from "../../src/protocol/opcodes.ts";
import type { Eof } from "../../src/pipe/linger.ts";
import { type PipeOptions, runPipe } from "../../src/pipe/pipe.ts";
import type { Event } from "../../src/transport/events.ts";
import { startEchoServer } from "../helpers/echo-server.ts";
import { parse } from "../helpers/frames.ts";
import { dialTo, eventually, expectFailure, rawServer, startServer } from "../helpers/transport.ts";

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

function pipe(url: string, reader: Reader, options: Partial<PipeOptions> = {}) {
  return runPipe(async (onEvent) => (await dialTo(url, { onEvent, frames: false })).connection, {
    input: Readable.from([]),
    output: reader,
    first: [],
    format: { kind: "lines", binary: false },
    eof: LINGER,
    write: reader.write,
    ...options,
  });
}

describe("a pipe", () => {
  it("sends what comes first, then the input, and brings every reply in order", async () => {
    const server = await startEchoServer();
    const reader = new Reader();
    const lines = Array.from({ length: 5000 }, (_, i) => `line ${i}`);
    const input = Readable.from([Buffer.from(lines.join("\n"))]);
    const { close, whole } = await pipe(server.url, reader, { first: ["x", "y"], input });
    expect(reader.got).toEqual(["x", "y", ...lines]);
    expect([close.code, close.initiator, close.clean, whole]).toEqual([1000, "local", true, true]);
  });

  it("holds the peer back while the reader is slow, and loses nothing, nor counts that time", async () => {
    const server = await startServer({
      frames: false,
      onConnection: (connection) => {
        void (async () => {
          for (let i = 0; i < 200; i++) await connection.send(`${i} ${"z".repeat(100_000)}`);
        })();
      },
    });
    const reader = new Reader();
    reader.congested = true;
    const piped = pipe(server.url, reader);
    const peer = await server.connection();
    await eventually(() => peer.congested);
    expect(reader.got.length).toBeLessThan(200);
    expect(peer.state).toBe("OPEN");
    reader.takeAll();
    await piped;
    expect(reader.got.map((text) => Number.parseInt(text, 10))).toEqual(
      Array.from({ length: 200 }, (_, i) => i),
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

it("tells how a peer ended it before all was sent, first messages too", async () => {
  const server = await startServer({
    onConnection: (connection) => {
      const release = connection.hold();
      setTimeout(() => {
        void connection.close(1008, "no");
        setTimeout(release, 20);
      }, 20);
    },
  });
  const first = Array.from({ length: 500 }, () => "x".repeat(100_000));
  const { url } = server;
  const { close, whole } = await pipe(url, new Reader(), { first });
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
