import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { LISTEN_OPTIONS } from "../../src/commands/listen-options.ts";
import { shower, type Standing, tellAddress } from "../../src/commands/listen-output.ts";
import { createSink } from "../../src/commands/sink.ts";
import type { Connection } from "../../src/transport/connection.ts";
import type { Event } from "../../src/transport/events.ts";
import { argsOf } from "../helpers/args.ts";
import { memoryIo } from "../helpers/memory-io.ts";
import { eventually } from "../helpers/transport.ts";

const ADDRESSES = [
  { host: "127.0.0.1", port: 9000, url: "ws://127.0.0.1:9000/" },
  { host: "::1", port: 9000, url: "ws://[::1]:9000/" },
];

const SELF_SIGNED = { cert: "the PEM\n", key: "the secret\n", fingerprint256: "AB:CD" };

function tell(standing: Partial<Standing>, ...argv: string[]) {
  const io = memoryIo();
  const args = argsOf(LISTEN_OPTIONS, ["--color", "never", ...argv]);
  const server = { addresses: ADDRESSES, what: "echo", ...standing };
  tellAddress(server, args, io, createSink(io.stdout));
  return [io.out(), io.err()];
}

function told(...argv: string[]) {
  return tell({}, ...argv);
}

describe("the address", () => {
  it("is one line that says what is served", () => {
    expect(told()).toEqual([
      "● listening on ws://127.0.0.1:9000/ and ws://[::1]:9000/ · echo · Ctrl-C ends\n",
      "",
    ]);
  });

  it("is JSON on stdout, or beside NDJSON on stderr", () => {
    const [json = ""] = told("--json");
    expect(JSON.parse(json)).toMatchObject({ url: "ws://127.0.0.1:9000/", port: 9000 });
    expect(told("--format", "ndjson")).toEqual(["", expect.stringContaining("listening on ws:")]);
  });
});

describe("a certificate made on the spot", () => {
  it("is told with how to trust it", () => {
    const [text] = tell({ selfSigned: SELF_SIGNED });
    expect(text?.split("\n").slice(1)).toEqual([
      "  self-signed for this run: clients need --insecure, or compare its SHA-256",
      "  AB:CD",
      "",
    ]);
  });

  it("is in the JSON, without its key", () => {
    const [json = ""] = tell({ selfSigned: SELF_SIGNED }, "--json");
    expect(JSON.parse(json)).toMatchObject({
      certificate: { fingerprint256: "AB:CD", pem: "the PEM\n" },
    });
    expect(json).not.toContain("secret");
  });
});

describe("events", () => {
  const note = (at = memoryIo().clock.now()): Event => ({
    type: "note",
    conn: "7",
    at,
    message: "refused: no",
  });

  it("are lines with the connection, JSON, or nothing", () => {
    const shown = (...argv: string[]) => {
      const io = memoryIo();
      const args = argsOf(LISTEN_OPTIONS, ["--color", "never", ...argv]);
      shower(args, io, createSink(io.stdout))(note(), () => undefined);
      return io.out();
    };
    expect(shown()).toMatch(/#7 .*refused: no\n$/);
    expect(JSON.parse(shown("--format", "ndjson"))).toMatchObject({ type: "note", conn: "7" });
    expect(shown("-q")).toBe("");
  });

  it("of clients that never came in are counted while nobody reads", async () => {
    const io = memoryIo();
    const stdout = new PassThrough({ highWaterMark: 10 });
    const show = shower(argsOf(LISTEN_OPTIONS, ["--color", "never"]), io, createSink(stdout));
    for (let i = 0; i < 1000; i++) show(note(), () => undefined);
    expect(stdout.readableLength + stdout.writableLength).toBeLessThan(1000);
    const lines: string[] = [];
    stdout.on("data", (data: Buffer) => void lines.push(data.toString()));
    await eventually(() => lines.join("").includes("left out"));
    expect(lines.join("")).toMatch(/refused: no\n.* 999 events are left out/);
  });

  it("of clients that come and go are counted beyond what may wait", async () => {
    const io = memoryIo();
    const stdout = new PassThrough({ highWaterMark: 10 });
    const show = shower(argsOf(LISTEN_OPTIONS, ["--format", "ndjson"]), io, createSink(stdout));
    const message = "x".repeat(5 * 1024 * 1024);
    const connection = { hold: () => () => undefined };
    for (let i = 0; i < 20; i++) show({ ...note(), message } as Event, () => connection);
    expect(stdout.writableLength).toBeLessThan(21 * 1024 * 1024);
    let end = "";
    stdout.on("data", (data: Buffer) => (end = data.toString()));
    await eventually(() => end.includes("left out"));
    expect(JSON.parse(end)).toMatchObject({
      message: expect.stringMatching(/^16 events are left/),
    });
  });

  it("hold back who causes them while nobody reads", async () => {
    const io = memoryIo();
    const stdout = new PassThrough({ highWaterMark: 10 });
    let holds = 0;
    const hold = (): (() => void) => {
      holds += 1;
      return () => void (holds -= 1);
    };
    const connection = { hold } as unknown as Connection;
    const show = shower(argsOf(LISTEN_OPTIONS, []), io, createSink(stdout));
    show(note(), () => connection);
    show(note(), () => connection);
    expect(holds).toBe(1);
    stdout.resume();
    await eventually(() => holds === 0);
  });
});
