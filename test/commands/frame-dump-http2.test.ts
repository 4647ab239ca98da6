import { describe, expect, it } from "vitest";
import { main } from "../../src/cli.ts";
import { encodeClosePayload } from "../../src/protocol/close-codes.ts";
import { CONNECT, data, frame, headers, PREFACE, settings } from "../capture/http2/wire.ts";
import { concat, hex, utf8 } from "../helpers/bytes.ts";
import { frameBytes } from "../helpers/frame-events.ts";
import { expectGolden } from "../helpers/golden.ts";
import { memoryIo } from "../helpers/memory-io.ts";
import { captureOf, Talk } from "../helpers/talk.ts";

const CLOSE = { opcode: 8, payload: encodeClosePayload(1000, "bye") };
const masked = (maskKey: number, spec: Parameters<typeof frameBytes>[0]) =>
  frameBytes({ ...spec, maskKey });

/**
 * One connection of HTTP/2 in the clear: a page, a WebSocket with a bit of everything, one that is
 * refused, one that is reset, and one that its client begins wrongly.
 */
function conversation(): Uint8Array {
  const accepted = (id: number) => headers(id, { ":status": "200" });
  const talk = new Talk({ serverPort: 80 })
    .connect()
    .client(concat([PREFACE, settings()]))
    .server(settings({ 8: 1 }))
    .client(headers(1, { ":method": "GET", ":scheme": "http", ":path": "/", ":authority": "x" }, 1))
    .server(concat([headers(1, { ":status": "200" }), data(1, utf8("<p>"), { end: true })]))
    .client(headers(3, { ...CONNECT, "sec-websocket-protocol": "chat" }))
    .server(headers(3, { ":status": "200", "sec-websocket-protocol": "chat" }))
    .client(headers(5, { ...CONNECT, ":path": "/private" }))
    .client(data(3, masked(0x37fa213d, { opcode: 1, payload: "Hello" })))
    .server(
      concat([
        headers(5, { ":status": "403", "content-type": "text/plain" }),
        data(5, utf8("not you"), { end: true }),
      ]),
    )
    .server(data(3, frameBytes({ opcode: 1, fin: false, payload: "frag" })));
  talk
    .wait(10)
    .server(
      concat([
        data(3, frameBytes({ opcode: 9, payload: hex("7f01") })),
        data(3, frameBytes({ opcode: 0, payload: "ment" })),
      ]),
    );
  return captureOf(
    talk
      .client(data(3, masked(0x90c1e2aa, { opcode: 10, payload: hex("7f01") })))
      .client(headers(7, { ...CONNECT, ":path": "/feed" }))
      .server(concat([accepted(7), data(7, frameBytes({ opcode: 2, payload: hex("0001") }))]))
      .client(frame(3, 0, 7, hex("00000008")))
      .client(headers(9, { ...CONNECT, ":path": "/wrong", upgrade: "websocket" }))
      .server(accepted(9))
      .client(data(9, frameBytes({ opcode: 1, payload: "unmasked" })))
      .client(data(3, masked(0x01020304, CLOSE), { end: true }))
      .server(data(3, frameBytes(CLOSE), { end: true }))
      .close(),
  );
}

async function dump(...args: readonly string[]) {
  const io = memoryIo({ stdin: conversation() });
  const code = await main(["frame-dump", ...args, "--timestamps", "delta"], io);
  return { code, out: io.out(), err: io.err() };
}

describe("WebSockets over HTTP/2, in a capture", () => {
  it.each([
    ["lines.txt", []],
    ["verbose.txt", ["--include", "-v"]],
    ["events.ndjson", ["--format", "ndjson"]],
    ["tree.txt", ["--tree"]],
    ["summary.txt", ["--summary"]],
  ])("%s", async (name, args) => {
    const { code, out, err } = await dump(...args);
    expect([code, err]).toEqual([0, ""]);
    expectGolden(`frame-dump/http2/${name}`, out);
  });

  it("are judged", async () => {
    const { code, out, err } = await dump("--lint");
    expect([code, err]).toEqual([
      33,
      "framecat: 4 errors: tcp-without-close ×2, connect-upgrade-headers, client-frame-unmasked (exit 33).\n",
    ]);
    expectGolden("frame-dump/http2/lint.txt", out);
  });
});
