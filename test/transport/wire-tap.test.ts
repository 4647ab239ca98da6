import { describe, expect, it } from "vitest";
import type { DeflateParams } from "../../src/protocol/deflate.ts";
import { encodeFrame, type FrameSpec } from "../../src/protocol/encoder.ts";
import { Opcode } from "../../src/protocol/opcodes.ts";
import type { Direction, FrameEvent } from "../../src/transport/events.ts";
import { WireTap } from "../../src/transport/wire-tap.ts";
import { concat, hex, singly, toHex, utf8 } from "../helpers/bytes.ts";
import { compress } from "../helpers/endpoint.ts";
import { dialTo, rawServer, startServer, upgradedClient } from "../helpers/transport.ts";
import { echoBack, wsServer } from "../helpers/ws-peers.ts";

type Told = Omit<FrameEvent, "conn" | "at">;

const KEY = 0x37fa213d;
const DEFLATE: DeflateParams = {
  serverNoContextTakeover: true,
  clientNoContextTakeover: true,
  serverMaxWindowBits: 15,
  clientMaxWindowBits: 15,
};

/** A tap whose clock advances when it is told to. */
function tap({
  role = "client",
  deflate,
}: {
  role?: "client" | "server";
  deflate?: DeflateParams;
}) {
  const told: Told[] = [];
  const clock = { ms: 0, now: () => ({ epochUs: 0, ns: BigInt(clock.ms) * 1_000_000n }) };
  const wire = new WireTap({ role, deflate, clock, emit: (event) => told.push(event) });
  const push = (dir: Direction, spec: Partial<FrameSpec> & { text?: string }): void => {
    const { text = "", ...rest } = spec;
    const masked = (dir === "out") === (role === "client");
    const maskKey = masked ? KEY : undefined;
    wire.push(dir, encodeFrame({ opcode: Opcode.text, payload: utf8(text), maskKey, ...rest }));
  };
  return { wire, told, push, clock };
}

const rulesOf = (events: readonly Told[]) =>
  events.map(({ violations }) => violations.map(({ rule }) => rule));

describe("frames", () => {
  it("both ways, from the very bytes", () => {
    const { wire, told } = tap({});
    const out = hex("81 85 37fa213d 7f9f4d5158");
    wire.push("out", out);
    wire.push("in", hex("81 05 48656c6c6f"));
    expect(told).toMatchObject([
      { dir: "out", fragment: 1, violations: [], message: { kind: "text", fragments: 1 } },
      { dir: "in", fragment: 1, violations: [] },
    ]);
    expect(told.map(({ frame }) => toHex(frame.headerBytes))).toEqual(["818537fa213d", "8105"]);
    expect(told.map(({ frame }) => Buffer.from(frame.payload).toString())).toEqual([
      "Hello",
      "Hello",
    ]);
    expect(toHex(out)).toBe("818537fa213d7f9f4d5158");
  });

  it("in pieces and several at a time", () => {
    const { wire, told } = tap({});
    const bytes = concat([hex("01 01 61"), hex("89 01 70"), hex("80 01 62"), hex("82 00")]);
    for (const piece of singly(bytes)) wire.push("in", piece);
    const one = told.splice(0);
    wire.push("in", bytes);
    expect(one.map(({ fragment, message }) => [fragment, message?.kind])).toEqual([
      [1, undefined],
      [0, undefined],
      [2, "text"],
      [1, "binary"],
    ]);
    expect(told.map(({ frame }) => frame.header.offset)).toEqual([11, 14, 17, 20]);
    expect(rulesOf([...one, ...told]).flat()).toEqual([]);
  });

  it("with what is wrong about them, and goes on", () => {
    const { wire, told } = tap({});
    wire.push("in", hex("81 81 37fa213d 56")); // masked
    wire.push("in", hex("83 00")); // reserved
    wire.push("in", hex("80 00")); // continues nothing
    wire.push("in", hex("81 01 ff")); // no UTF-8
    wire.push("in", hex("88 02 03ee")); // a code that never travels
    wire.push("in", hex("81 00")); // after Close
    wire.push("out", hex("81 00")); // not masked
    expect(rulesOf(told)).toEqual([
      ["server-frame-masked"],
      ["opcode-reserved"],
      ["continuation-without-start"],
      ["text-utf8"],
      ["close-code-forbidden"],
      ["frame-after-close"],
      ["client-frame-unmasked"],
    ]);
  });

  it("judged from the other side by a server", () => {
    const { wire, told } = tap({ role: "server" });
    wire.push("in", hex("81 80 37fa213d"));
    wire.push("out", hex("81 00"));
    wire.push("in", hex("81 00"));
    expect(rulesOf(told)).toEqual([[], [], ["client-frame-unmasked"]]);
  });
});

describe("compressed messages", () => {
  it("inflated, where that was agreed", () => {
    const payload = compress(utf8("hello hello hello hello"));
    const { push, told } = tap({ deflate: DEFLATE });
    push("in", { rsv1: true, payload });
    push("out", { rsv1: true, payload });
    for (const { message, violations } of told) {
      expect(message).toMatchObject({ compressed: true, cut: false, wireLength: payload.length });
      expect(Buffer.from(message!.data).toString()).toBe("hello hello hello hello");
      expect(violations).toEqual([]);
    }
  });

  it("told as they are, where they cannot be inflated", () => {
    const { wire, told } = tap({ deflate: DEFLATE });
    wire.push("in", hex("c1 02 ffff"));
    expect(rulesOf(told)).toEqual([["deflate-corrupt"]]);
    expect(told[0]?.message).toMatchObject({ cut: true });
    const { wire: plain, told: wrong } = tap({});
    plain.push("in", hex("c1 02 ffff"));
    expect(rulesOf(wrong)).toEqual([["rsv-not-negotiated"]]);
  });
});

describe("round trips", () => {
  it("of pings, by payload", () => {
    const { push, told, clock } = tap({});
    push("out", { opcode: Opcode.ping, text: "a" });
    clock.ms = 5;
    push("out", { opcode: Opcode.ping, text: "b" });
    clock.ms = 7;
    push("in", { opcode: Opcode.pong, text: "b" });
    push("in", { opcode: Opcode.pong, text: "a" });
    push("in", { opcode: Opcode.pong, text: "a" });
    expect(told.map(({ rttMs }) => rttMs)).toEqual([undefined, undefined, 2, 7, undefined]);
  });

  it("of messages: the first reply answers the first that is unanswered", () => {
    const { push, told, clock } = tap({});
    push("in", { text: "unasked" });
    push("out", { text: "a", fin: false });
    clock.ms = 1;
    push("out", { opcode: Opcode.continuation });
    clock.ms = 4;
    push("out", { text: "b" });
    clock.ms = 10;
    push("in", { text: "A" });
    push("in", { text: "B" });
    const [unasked, a, b, c, first, second] = told.map(({ rttMs }) => rttMs);
    expect([unasked, a, b, c]).toEqual([undefined, undefined, undefined, undefined]);
    expect([first, second]).toEqual([9, undefined]);
  });

  it("not of what a server sends: its clients do not answer", () => {
    const { push, told, clock } = tap({ role: "server" });
    push("out", { text: "news" });
    clock.ms = 3;
    push("in", { text: "question" });
    expect(told.map(({ rttMs }) => rttMs)).toEqual([undefined, undefined]);
  });
});

describe("on a connection", () => {
  it("every frame is told before the message it completes, in the order of the wire", async () => {
    const { url } = await wsServer(echoBack);
    const { connection, log } = await dialTo(url);
    void connection.send("one");
    void connection.ping(utf8("p"));
    await log.count("pong", 1, "in");
    await connection.close();
    const told = log.events
      .filter(({ type }) => !["state", "handshake"].includes(type))
      .map((event) => {
        const dir = "dir" in event ? `${event.dir} ` : "";
        const name = event.type === "frame" ? ` 0x${event.frame.header.opcode.toString(16)}` : "";
        return `${dir}${event.type}${name}`;
      });
    const frames = told.filter((line) => line.includes("frame"));
    expect(frames.filter((line) => line.startsWith("out"))).toEqual([
      "out frame 0x1",
      "out frame 0x9",
      "out frame 0x8",
    ]);
    expect(frames.filter((line) => line.startsWith("in"))).toEqual([
      "in frame 0x1",
      "in frame 0xa",
      "in frame 0x8",
    ]);
    for (const [first, then] of [
      ["out frame 0x1", "out message"],
      ["out frame 0x9", "out ping"],
      ["in frame 0x1", "in message"],
      ["in frame 0xa", "in pong"],
    ]) {
      expect(told.indexOf(first!)).toBeGreaterThan(-1);
      expect(told.indexOf(then!)).toBeGreaterThan(told.indexOf(first!));
    }
    expect(told.at(-1)).toBe("close");
  });

  it("the bytes told are those of the wire, to the last one", async () => {
    const { url, peer } = await rawServer((raw) => raw.accept());
    const { connection, log } = await dialTo(url());
    void connection.send("a".repeat(300));
    void connection.send(new Uint8Array(70_000), { binary: true });
    void connection.close(4000, "bye");
    const { length } = await (await peer()).until((received) => received.length > 70_300);
    await log.count("frame", 3, "out");
    const frames = log.of("frame").filter(({ dir }) => dir === "out");
    const told = concat(
      frames.flatMap(({ frame: { header, headerBytes, payload } }) => [
        headerBytes,
        encodeFrame({ opcode: 0, maskKey: header.maskKey, payload }).subarray(header.headerLength),
      ]),
    );
    await (await peer()).bytes(told.length);
    const { received } = await peer();
    expect(received.length).toBeGreaterThanOrEqual(length);
    expect(Buffer.compare(received, told)).toBe(0);
  });

  it("a server does not unmask what the tap has told", async () => {
    const server = await startServer();
    const client = await upgradedClient(server);
    const frame = encodeFrame({ opcode: Opcode.binary, maskKey: KEY, payload: utf8("payload") });
    client.send(frame, frame);
    await server.log.count("message", 2);
    for (const { frame: told } of server.log.of("frame")) {
      expect(toHex(told.headerBytes)).toBe(toHex(frame.subarray(0, 6)));
      expect(Buffer.from(told.payload).toString()).toBe("payload");
    }
  });
});
