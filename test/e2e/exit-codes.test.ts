import { describe, expect, it } from "vitest";
import { main } from "../../src/cli.ts";
import { EXIT_CODES } from "../../src/errors.ts";
import type { Io } from "../../src/io.ts";
import { encodeClosePayload } from "../../src/protocol/close-codes.ts";
import { encodeFrame } from "../../src/protocol/encoder.ts";
import { certificate } from "../helpers/certificates.ts";
import { memoryIo } from "../helpers/memory-io.ts";
import { freePort, rawServer } from "../helpers/transport.ts";
import { echoBack, wsServer } from "../helpers/ws-peers.ts";

/** What to run, and when it is ready for it a signal. */
interface Cause {
  readonly argv: readonly string[];
  readonly stdin?: string;
  readonly replace?: Partial<Io>;
  readonly signal?: "SIGINT" | "SIGTERM";
}

const echo = async () => (await wsServer(echoBack)).url;

/** A server that opens the connection, and then does this. */
async function opening(then: (send: (bytes: Uint8Array) => void, end: () => void) => void) {
  const server = await rawServer(async (peer) => {
    await peer.accept();
    then(
      (bytes) => peer.send(bytes),
      () => peer.socket.destroy(),
    );
  });
  return server.url();
}

const closing = (code: number) =>
  opening((send) => send(encodeFrame({ opcode: 8, payload: encodeClosePayload(code, "") })));

/** A real cause for every exit code of the design; a code of `frame-dump --lint` has its own test. */
const CAUSES: Readonly<Record<number, () => Promise<Cause>>> = {
  0: async () => ({ argv: [await echo(), "-x", "hi", "--expect", "hi"] }),
  1: async () => {
    const random = () => {
      throw new TypeError("a defect");
    };
    return { argv: [await echo()], replace: { random } };
  },
  2: async () => ({ argv: ["ws://127.0.0.1:0/"] }),
  10: async () => ({ argv: ["ws://nothing.invalid/"] }),
  11: async () => ({ argv: [`127.0.0.1:${await freePort()}`] }),
  12: async () => ({
    argv: [(await rawServer()).url(), "--handshake-timeout", "50ms"],
  }),
  13: async () => ({
    argv: [(await rawServer(undefined, { tls: await certificate() })).url()],
  }),
  14: async () => {
    const server = await rawServer((peer) => peer.send("HTTP/1.1 403 Forbidden\r\n\r\n"));
    return { argv: [server.url()] };
  },
  15: async () => ({
    argv: [(await rawServer((peer) => peer.accept("Sec-WebSocket-Protocol: other"))).url()],
  }),
  16: async () => ({
    argv: ["ws://away.invalid/", "--proxy", `http://127.0.0.1:${await freePort()}`],
  }),
  20: async () => ({
    argv: [await opening((send) => send(encodeFrame({ opcode: 3 }))), "--close-timeout", "50ms"],
  }),
  21: async () => ({ argv: [await opening((_, end) => end())] }),
  22: async () => ({ argv: [await closing(4000), "--close-timeout", "50ms"] }),
  23: async () => ({
    argv: [
      await opening(() => undefined),
      "--no-stdin",
      "--ping-interval",
      "20ms",
      "--ping-timeout",
      "20ms",
    ],
  }),
  24: async () => ({
    argv: [`127.0.0.1:${await freePort()}`, "--reconnect-tries", "2", "--reconnect-delay", "5ms"],
  }),
  30: async () => ({
    argv: [await echo(), "-x", "hi", "--expect", "never", "--timeout", "100ms"],
  }),
  32: async () => ({ argv: [await echo(), "--no-stdin", "--timeout", "50ms"] }),
  130: async () => ({ argv: [await echo(), "-x", "ready", "--no-stdin"], signal: "SIGINT" }),
  143: async () => ({ argv: [await echo(), "-x", "ready", "--no-stdin"], signal: "SIGTERM" }),
};

/** Codes of other commands than `connect`, with the file of their tests. */
const ELSEWHERE: Readonly<Record<number, string>> = {
  17: "commands/listen.test.ts",
  31: "commands/bench.test.ts",
  33: "commands/frame-dump.test.ts",
};

describe("an exit code from a real cause", () => {
  it.each(Object.keys(CAUSES).map(Number))("%d", async (exitCode) => {
    const { argv, stdin = "", replace, signal } = await CAUSES[exitCode]!();
    const io = memoryIo({ stdin });
    const ended = main(["connect", ...argv], { ...io, ...replace });
    if (signal) {
      await io.seen(/ready/);
      io.raise(signal);
    }
    expect(await ended).toBe(exitCode);
    const quiet = exitCode === 0 || signal !== undefined;
    const last = io.err().trimEnd().split("\n").at(-1);
    expect(last).toMatch(quiet ? /^$/ : new RegExp(`^framecat: .*\\(exit ${exitCode}\\)`));
  });

  it("is known for each that there is", () => {
    const known = [...Object.keys(CAUSES), ...Object.keys(ELSEWHERE)].map(Number);
    expect(known.toSorted((a, b) => a - b)).toEqual([0, 1, ...Object.values(EXIT_CODES)]);
  });
});
