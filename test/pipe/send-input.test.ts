import { PassThrough, Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { Delivery } from "../../src/pipe/delivery.ts";
import type { InputFormat } from "../../src/pipe/input-format.ts";
import { sendInput } from "../../src/pipe/send-input.ts";
import { dialTo, eventually, expectFailure, startServer } from "../helpers/transport.ts";

const MIB = 1024 * 1024;
const LINES = { kind: "lines", binary: false } as const;

async function pair({ frames = false } = {}) {
  const server = await startServer({ frames });
  const { connection } = await dialTo(server.url, { frames: false });
  const delivery = new Delivery(connection);
  return { server, delivery, peer: await server.connection() };
}

/** The text as a pipe delivers it. */
function inChunks(text: string): Readable {
  const bytes = Buffer.from(text);
  const size = 64 * 1024;
  const count = Math.ceil(bytes.length / size);
  return Readable.from(
    Array.from({ length: count }, (_, i) => bytes.subarray(i * size, (i + 1) * size)),
  );
}

describe("an input becomes messages", () => {
  it("a line each, in order, the empty ones too", async () => {
    const { server, delivery } = await pair();
    await sendInput(delivery, Readable.from([Buffer.from("a\n\nb\nc")]), LINES);
    await server.log.count("message", 4, "in");
    expect([delivery.whole, server.log.texts("in")]).toEqual([true, ["a", "", "b", "c"]]);
  });

  it("a chunk each, in binary, whatever is in it", async () => {
    const { server, delivery } = await pair();
    const chunks = [Buffer.from("a\nb"), Buffer.from([0xff, 0x00])];
    await sendInput(delivery, Readable.from(chunks), { kind: "chunks" });
    const messages = await server.log.count("message", 2, "in");
    expect(messages.map(({ kind, data }) => [kind, Buffer.from(data)])).toEqual([
      ["binary", chunks[0]],
      ["binary", chunks[1]],
    ]);
  });

  it("a line of several MiB goes as fragments and arrives as one message", async () => {
    const { server, delivery } = await pair({ frames: true });
    const line = "0123456789abcdef".repeat(MIB / 8);
    await sendInput(delivery, inChunks(`${line}\nnext\n`), LINES);
    await server.log.count("message", 2, "in");
    expect(server.log.texts("in")).toEqual([line, "next"]);
    const frames = server.log.of("frame").map(({ frame: { header } }) => header);
    expect(frames.length).toBeGreaterThan(2);
    expect(Math.max(...frames.map(({ length }) => length))).toBeLessThanOrEqual(MIB + 64 * 1024);
  });
});

describe("what cannot be sent", () => {
  it.each([
    ["good\n\u00fcber\n", "line 2"],
    ["good\nbad \u00ff\n", "line 2"],
    ["cut \u00c3", "line 1"],
  ])("a line that is not UTF-8 is a usage error that names it: %j", async (latin1, line) => {
    const { delivery } = await pair();
    const input = Readable.from([Buffer.from(latin1, "latin1")]);
    await expectFailure(sendInput(delivery, input, LINES), "usage", new RegExp(line));
  });

  it("a code point that two chunks share is no error", async () => {
    const { server, delivery } = await pair();
    const [lead, rest] = [Buffer.from([0xc3]), Buffer.from([0xbc, 0x0a])];
    await sendInput(delivery, Readable.from([lead, rest]), LINES);
    await server.log.count("message", 1, "in");
    expect(server.log.texts("in")).toEqual(["ü"]);
  });
});

describe("a connection that ends first", () => {
  it("ends the reading of an input that has nothing to say", async () => {
    const { delivery } = await pair();
    const input = new PassThrough();
    const sending = sendInput(delivery, input, LINES);
    input.destroy();
    await sending;
    expect(delivery.whole).toBe(true);
  });

  it.each<[InputFormat, string]>([
    [LINES, "half a line"],
    [{ kind: "chunks", size: 100 }, "half a chunk"],
    [{ kind: "one", binary: true }, ""],
  ])("with something begun that was not sent: %j", async (format, begun) => {
    const { delivery } = await pair();
    const input = new PassThrough();
    input.write(begun);
    const sending = sendInput(delivery, input, format);
    await eventually(() => input.readableLength === 0);
    input.destroy();
    await sending;
    expect(delivery.whole).toBe(false);
  });

  it("is told where there was more to send, and no more of the input is read", async () => {
    const { delivery, server, peer } = await pair();
    void server.log.count("message", 1, "in").then(() => peer.close(1000));
    const lines = inChunks(`${"x".repeat(100_000)}\n`.repeat(300));
    await sendInput(delivery, lines, LINES);
    await delivery.settled();
    expect([delivery.whole, lines.destroyed]).toEqual([false, true]);
  });
});

it("tells how much of the input was not to be sent", async () => {
  const { delivery, server } = await pair();
  const input = Readable.from([Buffer.from('{"dir":"out","text":"a"}\n{"text":"b"}\n')]);
  expect(await sendInput(delivery, input, { kind: "ndjson" })).toEqual({ skipped: 1 });
  await server.log.count("message", 1, "in");
  expect(server.log.texts("in")).toEqual(["b"]);
});

it("an input of strings is read as UTF-8", async () => {
  const { delivery, server } = await pair();
  await sendInput(delivery, Readable.from(["ü\n", new Uint8Array([0x61])]), LINES);
  await server.log.count("message", 2, "in");
  expect(server.log.texts("in")).toEqual(["ü", "a"]);
});
