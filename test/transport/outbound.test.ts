import { expect, it } from "vitest";
import { Outbound, type OutboundOptions } from "../../src/transport/outbound.ts";
import { SharedMessage } from "../../src/transport/shared-message.ts";
import { SocketSink } from "../../src/transport/socket-sink.ts";
import { createCodec } from "../../src/transport/ws-parts.ts";
import { utf8 } from "../helpers/bytes.ts";
import { parse } from "../helpers/frames.ts";
import { eventually, socketPair } from "../helpers/transport.ts";

const PARAMS = {
  serverNoContextTakeover: true,
  clientNoContextTakeover: true,
  serverMaxWindowBits: 15,
  clientMaxWindowBits: 15,
};

async function begin(options: Partial<OutboundOptions> = {}) {
  const { here, there } = await socketPair();
  const sink = new SocketSink(here);
  const { sender, mayCompress } = createCodec(
    { role: "server", deflate: PARAMS, maxMessageLength: 100 },
    sink,
  );
  let emptied = 0;
  const outbound: Outbound = new Outbound({
    sender,
    sink,
    mask: false,
    mayCompress,
    deflateThreshold: 10,
    onEmpty: () => (emptied += 1),
    ...options,
  });
  return { outbound, here, there, emptied: () => emptied };
}

const whole = { binary: true, fin: true, compress: undefined, sent: undefined };

it("keeps the order of all kinds, whatever is deflated", async () => {
  const { outbound, there, emptied } = await begin();
  outbound.send(Buffer.alloc(5000, "x"), whole);
  outbound.raw(Uint8Array.of(0x81, 0x01, 0x72));
  outbound.ping(utf8("a"));
  outbound.pong(utf8("b"));
  outbound.close({ code: 1005, reason: "" }, () => undefined);
  await eventually(() => emptied() > 0);
  await there.until((received) => received.subarray(-2).toString("hex") === "8800");
  const { frames } = parse([there.received], { deflate: true });
  expect(frames.map(({ header }) => header.opcode)).toEqual([2, 1, 9, 10, 8]);
  expect([outbound.bytes, outbound.settled, outbound.isEmpty]).toEqual([0, 5, true]);
});

it.each([
  [9, undefined, true, false],
  [10, undefined, true, true],
  [9, true, true, true],
  [0, true, true, true],
  [5000, false, true, false],
  [5000, true, false, false],
])(
  "a message of %d bytes, compress %s, where it may be compressed %s: %s",
  async (length, compress, mayCompress, rsv1) => {
    const { outbound, there } = await begin({ mayCompress });
    outbound.send(Buffer.alloc(length), { ...whole, compress });
    await eventually(() => outbound.isEmpty);
    await there.bytes(2);
    expect(there.received[0]).toBe(rsv1 ? 0xc2 : 0x82);
  },
);

it("counts what has left: messages once they are whole", async () => {
  const { outbound, there } = await begin();
  const told: boolean[] = [];
  const sent = (ok: boolean) => told.push(ok);
  outbound.send(utf8("abc"), { ...whole, fin: false, sent });
  expect(outbound.bytes).toBe(3);
  await eventually(() => outbound.isEmpty);
  expect(outbound.tally).toEqual({ messages: 0, payloadBytes: 3, wireBytes: 5 });
  outbound.send(utf8("d"), { ...whole, sent });
  await eventually(() => outbound.isEmpty);
  expect(outbound.tally).toEqual({ messages: 1, payloadBytes: 4, wireBytes: 8 });
  expect(told).toEqual([true, true]);
  await there.bytes(8);
});

it("tells who sent, once it is abandoned, and lets go of who waits", async () => {
  const { outbound, there, here } = await begin();
  there.socket.pause();
  const told: [string, boolean][] = [];
  const send = (name: string, length: number) =>
    outbound.send(Buffer.alloc(length), {
      ...whole,
      compress: false,
      sent: (ok) => told.push([name, ok]),
    });
  send("big", 16 * 1024 * 1024);
  send("behind", 1);
  expect(outbound.congested).toBe(true);
  const room = outbound.room();
  here.destroy();
  outbound.abandon();
  await room;
  expect(told).toEqual([
    ["big", false],
    ["behind", false],
  ]);
  expect(outbound.tally).toMatchObject({ messages: 0, payloadBytes: 0 });
});

it.each([
  ["as it is", {}, true],
  ["of another kind", { binary: false }, false],
  ["as a fragment", { fin: false }, false],
  ["compressed", { compress: true }, false],
])("sends the frame of a shared message that is to be sent %s", async (_, how, uses) => {
  const { outbound, there } = await begin();
  const shared = new SharedMessage(utf8("shared"));
  outbound.send(shared.payload, { ...whole, shared, ...how });
  outbound.send(utf8("!"), { ...whole, shared });
  await there.until((received) => received.at(-1) === 0x21);
  const sent = there.received.subarray(0, -3).equals(shared.frame);
  expect(sent).toBe(uses);
  const { frames } = parse([there.received], { deflate: true });
  expect(frames[0]?.header).toMatchObject({
    fin: !("fin" in how),
    opcode: "binary" in how ? 1 : 2,
    rsv1: "compress" in how,
  });
});

it("masks a shared message where that is its duty", async () => {
  const { outbound, there } = await begin({ mask: true });
  const shared = new SharedMessage(utf8("shared"));
  outbound.send(shared.payload, { ...whole, shared });
  await there.until((received) => received.length === 12);
  expect(parse([there.received]).frames[0]?.header.masked).toBe(true);
});
