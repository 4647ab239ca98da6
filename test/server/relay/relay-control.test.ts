import { describe, expect, it } from "vitest";
import { encodeFrame } from "../../../src/protocol/encoder.ts";
import { Opcode } from "../../../src/protocol/opcodes.ts";
import { utf8 } from "../../helpers/bytes.ts";
import { relayedPair, startRelay } from "../../helpers/relay.ts";
import { eventually, openingRequest, rawClient, rawServer } from "../../helpers/transport.ts";

const ALL = { hold: [{ text: "*", matches: () => true }] };
const text = (payload: string) => encodeFrame({ opcode: Opcode.text, payload: utf8(payload) });

describe("what is held", () => {
  it("has a number, and is let go, changed or dropped by it", async () => {
    const { client, server, control, log } = await relayedPair({ rules: ALL });
    for (const one of ["a", "b", "c"]) server.send(text(one));
    await eventually(() => control.held.length === 3);
    expect(control.held.map(({ id, held }) => [id, held.passing.conn, held.passing.dir])).toEqual([
      [1, "1", "in"],
      [2, "1", "in"],
      [3, "1", "in"],
    ]);
    expect(log.of("note").at(-1)?.message).toMatch(/^held as 3/);
    control.drop(2);
    control.release(3, utf8("C"));
    expect(client.received).toHaveLength(0);
    control.release(1);
    expect(await client.bytes(6)).toEqual(Buffer.concat([text("a"), text("C")]));
    expect(control.held).toEqual([]);
    expect(() => control.release(1)).toThrow("nothing is held");
  });

  it("is forgotten when its connection ends", async () => {
    const { client, server, control } = await relayedPair({ rules: ALL });
    server.send(text("a"));
    await eventually(() => control.held.length === 1);
    expect(() => control.drop(7)).toThrow("7 is not held; these are: 1");
    client.socket.resetAndDestroy();
    await server.close();
    await eventually(() => control.held.length + control.connections.size === 0);
  });

  it("cannot become a control frame that is too long", async () => {
    const { server, control } = await relayedPair({ rules: ALL });
    server.send(encodeFrame({ opcode: Opcode.ping }));
    await eventually(() => control.held.length === 1);
    expect(() => control.release(1, new Uint8Array(126))).toThrow("at most 125 bytes");
  });
});

describe("inject", () => {
  it("reaches either side, masked where it has to be", async () => {
    const { client, server, control } = await relayedPair();
    control.inject("in", Opcode.text, utf8("hi"));
    expect(await client.bytes(4)).toEqual(Buffer.from(text("hi")));
    control.inject("out", Opcode.binary, utf8("x"), "1");
    const [first, second] = await server.bytes(7);
    expect([first, second]).toEqual([0x82, 0x81]);
  });

  it("needs to know which connection, where there are several", async () => {
    const server = await rawServer((peer) => void peer.accept());
    const { port, control } = await startRelay(server.url());
    expect(() => control.inject("in", 1, utf8("x"))).toThrow("no connection is open");
    for (let i = 0; i < 2; i++) {
      const client = await rawClient(port);
      client.send(openingRequest());
      await client.head();
    }
    expect(() => control.inject("in", 1, utf8("x"))).toThrow("name one of 1, 2");
    expect(() => control.inject("in", 1, utf8("x"), "9")).toThrow("no connection #9");
    expect(control.inject("in", 1, utf8("x"), "2").id).toBe("2");
    expect(() => control.inject("in", Opcode.ping, new Uint8Array(126), "2")).toThrow("125");
  });
});
