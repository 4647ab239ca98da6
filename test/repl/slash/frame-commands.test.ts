import { describe, expect, it } from "vitest";
import { toHex } from "../../helpers/bytes.ts";
import { openDesk } from "../../helpers/desk.ts";
import { rawServer, startServer } from "../../helpers/transport.ts";

async function open() {
  const server = await startServer();
  return { server, ...(await openDesk(server)) };
}

describe("commands that send control frames", () => {
  it.each([
    ["/ping", "ping", ""],
    ["/ping a b", "ping", "a b"],
    ["/ping hex:4142", "ping", "AB"],
    ["/pong x", "pong", "x"],
  ] as const)("%s", async (line, kind, payload) => {
    const { server, type } = await open();
    expect(await type(line)).toEqual([]);
    const event = await server.log.until(kind, ({ dir }) => dir === "in");
    expect(Buffer.from(event.data).toString()).toBe(payload);
  });

  it.each([
    ["/close", 1000, ""],
    ["/close 4001", 4001, ""],
    ["/close 4001 two words", 4001, "two words"],
    ["/close bye", 1000, "bye"],
  ])("%s", async (line, code, reason) => {
    const { server, type } = await open();
    expect(await type(line)).toEqual([]);
    expect(await server.log.until("close")).toMatchObject({ code, reason, clean: true });
  });

  it.each([
    [`/ping ${"x".repeat(126)}`, "/ping: a control frame holds at most 125 bytes, not 126"],
    ["/close 1005 x", "/close: a Close frame without a code has no reason either"],
    ["/close 1006", "/close: close code 1006 never travels in a frame"],
    ["/close 70000", "/close: 70000 is no close code"],
    ["/raw", "/raw: it needs bytes. Example: /raw 81 00"],
    ["/frame nonsense", '/frame: "nonsense" is no opcode. Opcodes are text, ping, 0x3, 11 ….'],
  ])("%s is refused", async (line, message) => {
    const { type } = await open();
    expect(await type(line)).toEqual([message]);
  });
});

describe("frames that nobody should send", () => {
  it.each([
    ["/raw 81 00", "8100"],
    ["/raw base64:gQA=", "8100"],
    ["/frame text nomask hi", "81026869"],
    ["/frame 0x3 rsv1 rsv2 rsv3 nofin mask=00000000 A", "73810000000041"],
    ["/frame ping nomask length=200 form=16 x", "897e00c878"],
  ])("%s leaves as it is described", async (line, bytes) => {
    const server = await rawServer((peer) => peer.accept());
    const { type } = await openDesk({ url: server.url() });
    expect(await type(line)).toEqual([]);
    const peer = await server.peer();
    const received = await peer.bytes(bytes.length / 2);
    expect(toHex(received)).toBe(bytes);
  });
});
