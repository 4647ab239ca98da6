import { PassThrough, Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { sendInput } from "../../src/pipe/send-input.ts";
import { dialTo, expectFailure, startServer } from "../helpers/transport.ts";

const MIB = 1024 * 1024;

async function pair() {
  const server = await startServer();
  const { connection } = await dialTo(server.url);
  return { server, connection, peer: await server.connection() };
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
    const { server, connection } = await pair();
    const sent = await sendInput(connection, Readable.from([Buffer.from("a\n\nb\nc")]), {
      binary: false,
    });
    await server.log.count("message", 4, "in");
    expect([sent.whole, server.log.texts("in")]).toEqual([true, ["a", "", "b", "c"]]);
  });

  it("a chunk each, in binary, whatever is in it", async () => {
    const { server, connection } = await pair();
    const chunks = [Buffer.from("a\nb"), Buffer.from([0xff, 0x00])];
    await sendInput(connection, Readable.from(chunks), { binary: true });
    const messages = await server.log.count("message", 2, "in");
    expect(messages.map(({ kind, data }) => [kind, Buffer.from(data)])).toEqual([
      ["binary", chunks[0]],
      ["binary", chunks[1]],
    ]);
  });

  it("a line of several MiB goes as fragments and arrives as one message", async () => {
    const { server, connection } = await pair();
    const line = "0123456789abcdef".repeat(MIB / 4);
    await sendInput(connection, inChunks(`${line}\nnext\n`), { binary: false });
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
    const { connection } = await pair();
    const input = Readable.from([Buffer.from(latin1, "latin1")]);
    await expectFailure(sendInput(connection, input, { binary: false }), "usage", new RegExp(line));
  });

  it("a code point that two chunks share is no error", async () => {
    const { server, connection } = await pair();
    const [lead, rest] = [Buffer.from([0xc3]), Buffer.from([0xbc, 0x0a])];
    await sendInput(connection, Readable.from([lead, rest]), { binary: false });
    await server.log.count("message", 1, "in");
    expect(server.log.texts("in")).toEqual(["ü"]);
  });
});

describe("a connection that ends first", () => {
  it("ends the reading of an input that has nothing to say", async () => {
    const { connection, peer } = await pair();
    const input = new PassThrough();
    const sending = sendInput(connection, input, { binary: false });
    void peer.close(1000);
    expect((await sending).whole).toBe(true);
    expect(input.destroyed).toBe(true);
  });

  it("is told where there was more to send", async () => {
    const { connection, server, peer } = await pair();
    void server.log.count("message", 1, "in").then(() => peer.close(1000));
    const lines = inChunks(`${"x".repeat(100_000)}\n`.repeat(500));
    expect((await sendInput(connection, lines, { binary: false })).whole).toBe(false);
  });
});
