import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readTcpCapture, TcpCapture } from "../../../src/capture/packets/tcp-capture.ts";
import { FramecatError } from "../../../src/errors.ts";
import { formatEndpoint } from "../../../src/capture/packets/endpoint.ts";
import { FrameParser } from "../../../src/protocol/parser.ts";
import { concat, splitAt, utf8 } from "../../helpers/bytes.ts";
import {
  ACK,
  block,
  enhancedPacket,
  ethernet,
  fields,
  FIN,
  interfaceBlock,
  ipv4,
  ipv6,
  pcap,
  type PacketSpec,
  sectionHeader,
  SYN,
  tcp,
  TcpRecorder,
} from "../../helpers/packets.ts";

function read(bytes: Uint8Array, pieces: readonly Uint8Array[] = [bytes]) {
  const recorder = new TcpRecorder();
  const capture = new TcpCapture(recorder, "x.pcap");
  for (const piece of pieces) capture.push(piece);
  capture.end();
  return { recorder, capture };
}

async function* each(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* pieces;
}

/** A client that says `hello` in as many segments, over any IP. */
function conversation(wrap: (segment: Uint8Array) => Uint8Array): PacketSpec[] {
  const data = Array.from("hello", (letter, i) =>
    tcp({ seq: 101 + i, ack: 501, payload: utf8(letter) }),
  );
  const fin = tcp({ seq: 106, ack: 501, flags: FIN | ACK });
  const segments = [tcp({ seq: 100, flags: SYN }), ...data, fin];
  return segments.map((segment, i) => ({ data: wrap(segment), ns: BigInt(i) * 1_000_000n }));
}

describe("layers", () => {
  it.each([
    ["Ethernet, IPv4", 1, (segment: Uint8Array) => ethernet(ipv4(segment))],
    ["Ethernet with padding", 1, (s: Uint8Array) => concat([ethernet(ipv4(s)), new Uint8Array(6)])],
    ["VLAN, IPv6", 1, (segment: Uint8Array) => ethernet(ipv6(segment), 0x86dd, [0x88a8, 0x8100])],
    ["raw IPv6", 229, (segment: Uint8Array) => ipv6(segment)],
    ["loopback", 0, (segment: Uint8Array) => concat([fields("big", [2, 4]), ipv4(segment)])],
  ])("%s", (_, linkType, wrap) => {
    const { recorder, capture } = read(pcap(conversation(wrap), { linkType }));
    expect(recorder.stream(0, 0).toString()).toBe("hello");
    expect(recorder.log.slice(-2)).toEqual(["fin 1> 5", "end 1 capture-end"]);
    expect(capture.counts).toMatchObject({ packets: 7, segments: 7, malformed: 0 });
  });

  it("interfaces with different link types, and secrets", () => {
    const [raw, cooked] = [conversation((s) => ipv4(s)), conversation((s) => ethernet(ipv4(s)))];
    const key = utf8("CLIENT_RANDOM 0 1\n");
    const file = concat([
      sectionHeader(),
      interfaceBlock("little", { linkType: 101 }),
      interfaceBlock("little", { linkType: 1 }),
      block("little", 10, concat([fields("little", [0x544c534b, 4], [key.length, 4]), key])),
      ...raw.map(({ data }, i) =>
        i % 2 === 0 ? enhancedPacket(data) : enhancedPacket(cooked[i]!.data, { interface: 1 }),
      ),
    ]);
    const { recorder } = read(file);
    expect(recorder.stream(0, 0).toString()).toBe("hello");
    expect(recorder.secretTexts).toEqual(["CLIENT_RANDOM 0 1\n"]);
  });

  it("fragments that never become a packet are counted", () => {
    const part = ethernet(ipv4(tcp({}).subarray(0, 16), { fragment: 0x2000 }));
    expect(read(pcap([{ data: part }])).capture.incompletePackets).toBe(1);
  });
});

describe("a file", () => {
  const file = pcap(conversation((segment) => ethernet(ipv4(segment))));

  it("may come in one buffer that is used again and again", () => {
    const [syn, ...rest] = conversation((segment) => ethernet(ipv4(segment)));
    const bytes = pcap([syn!, ...rest.toReversed()]);
    const recorder = new TcpRecorder();
    const capture = new TcpCapture(recorder);
    for (let at = 0; at < bytes.length; at += 200) {
      const buffer = Buffer.from(bytes.subarray(at, at + 200));
      capture.push(buffer);
      buffer.fill(0);
    }
    capture.end();
    expect(recorder.stream(0, 0).toString()).toBe("hello");
    expect(recorder.log[0]).toBe("open 1 10.0.0.1:1000");
    expect(formatEndpoint(recorder.connections[0]!.client)).toBe("10.0.0.1:1000");
  });

  it("that is gzip'ed", async () => {
    const recorder = new TcpRecorder();
    await readTcpCapture(each(splitAt(gzipSync(file), [1, 2, 100])), recorder);
    expect(recorder.stream(0, 0).toString()).toBe("hello");
    expect(recorder.notes).toEqual([]);
  });

  it("that is gzip'ed and cut gives what is there, and both notes", async () => {
    const recorder = new TcpRecorder();
    const half = gzipSync(file, { level: 0 }).subarray(0, -80);
    await readTcpCapture(each([half]), recorder);
    expect(recorder.log.at(-1)).toBe("end 1 capture-end");
    expect(recorder.notes.map(({ type }) => type)).toEqual(["gzip-truncated", "truncated"]);
  });

  it("that is damaged tells what lies before, ends its connections, and throws", async () => {
    const recorder = new TcpRecorder();
    const damaged = concat([file, new Uint8Array(16).fill(0xff)]);
    const reading = readTcpCapture(each([damaged]), recorder, "x.pcap");
    await expect(reading).rejects.toThrow(`x.pcap is damaged at byte ${file.length}`);
    expect(recorder.stream(0, 0).toString()).toBe("hello");
    expect(recorder.log.at(-1)).toBe("end 1 capture-end");
  });

  it("that is empty is refused", async () => {
    const reading = readTcpCapture(each([]), new TcpRecorder(), "x.pcap");
    await expect(reading).rejects.toThrow("x.pcap is empty");
  });
});

const CAPTURES = fileURLToPath(new URL("../../../../shared/captures/", import.meta.url));

interface Expected {
  readonly nodes: readonly string[];
  readonly request: { readonly line: string } | null;
  readonly response: { readonly line: string } | null;
  readonly frames?: readonly ExpectedFrame[];
}

interface ExpectedFrame {
  readonly dir: "c2s" | "s2c";
  readonly offset: number;
  readonly opcode: number;
  readonly fin: boolean;
  readonly masked: boolean;
  readonly length: number;
  readonly length_form: number;
  readonly payload?: { readonly sha256_16: string };
}

describe.skipIf(!existsSync(CAPTURES))("real captures (skipped without ../shared/captures)", () => {
  const names = existsSync(CAPTURES)
    ? readdirSync(CAPTURES).filter((name) => /\.(pcap|pcapng|pcap\.gz)$/.test(name))
    : [];
  const load = (name: string) => readFileSync(CAPTURES + name);

  async function streamsOf(name: string, cuts: readonly number[] = []) {
    const recorder = new TcpRecorder();
    await readTcpCapture(each(splitAt(load(name), cuts)), recorder, name);
    expect(recorder.notes).toEqual([]);
    return recorder;
  }

  /** The WebSocket part of a direction: what follows the head, where there is one. */
  function behindHead(stream: Buffer, head: { readonly line: string } | null): Buffer {
    if (!head) return stream;
    const at = stream.lastIndexOf(`${head.line}\r\n`);
    expect(at).toBeGreaterThanOrEqual(0);
    return stream.subarray(stream.indexOf("\r\n\r\n", at) + 4);
  }

  function expectFrames(bytes: Buffer, expected: readonly ExpectedFrame[]): void {
    const parser = new FrameParser({ sender: "unknown", deflate: true });
    const frames = parser.push(bytes).map(({ header, payload }) => ({
      offset: header.offset,
      opcode: header.opcode,
      fin: header.fin,
      masked: header.masked,
      length: header.length,
      length_form: header.lengthForm,
      sha256_16: createHash("sha256").update(payload).digest("hex").slice(0, 16),
    }));
    expect(parser.end()).toBeUndefined();
    const none = createHash("sha256").digest("hex").slice(0, 16);
    expect(frames).toEqual(
      expected.map(({ offset, opcode, fin, masked, length, length_form, payload }) => ({
        offset,
        opcode,
        fin,
        masked,
        length,
        length_form,
        sha256_16: payload?.sha256_16 ?? none,
      })),
    );
  }

  it.each(names.filter((name) => !name.startsWith("22-")))("%s", async (name) => {
    const json = readFileSync(CAPTURES + name.replace(/\.pcap.*$/, ".expect.json"), "utf8");
    const { streams } = JSON.parse(json) as { streams: readonly Expected[] };
    const recorder = await streamsOf(name);
    expect(recorder.log.some((line) => line.startsWith("gap"))).toBe(false);
    for (const { nodes, request, response, frames = [] } of streams) {
      const index = recorder.connections.findIndex(
        ({ client, server }) =>
          nodes.includes(formatEndpoint(client)) && nodes.includes(formatEndpoint(server)),
      );
      expect(index).toBeGreaterThanOrEqual(0);
      const first = recorder.connections[index]!.client;
      const client = formatEndpoint(first) === nodes[0] ? 0 : 1;
      const sides = [
        ["c2s", client, request],
        ["s2c", client === 0 ? 1 : 0, response],
      ] as const;
      for (const [dir, flow, head] of sides) {
        const bytes = behindHead(recorder.stream(index, flow), head);
        const expected = frames.filter((frame) => frame.dir === dir);
        if (frames.length > 0) expectFrames(bytes, expected);
      }
    }
  });

  it("TLS records come whole", async () => {
    const recorder = await streamsOf("22-wss-tls13.pcap");
    for (const dir of [0, 1] as const) {
      const stream = recorder.stream(0, dir);
      let at = 0;
      while (at < stream.length) at += 5 + stream.readUInt16BE(at + 3);
      expect(at).toBe(stream.length);
    }
  });

  it.each(names.filter((name) => /^(14|40|55|23)/.test(name)))(
    "%s is the same in pieces of any size, and through gzip",
    async (name) => {
      const whole = await streamsOf(name);
      const cuts = Array.from({ length: 300 }, (_, i) => i * 397);
      expect((await streamsOf(name, cuts)).log).toEqual(whole.log);
      const zipped = new TcpRecorder();
      await readTcpCapture(each([gzipSync(load(name))]), zipped);
      expect(zipped.log).toEqual(whole.log);
    },
  );

  it("any damage to one gives streams or one error", () => {
    const good = load("55-plain.pcapng");
    const damage = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 30 });
    fc.assert(
      fc.property(damage, fc.nat(good.length), (changes, length) => {
        const bytes = Uint8Array.from(good.subarray(0, length));
        for (const [at, value] of changes) bytes[at] = value;
        const recorder = new TcpRecorder();
        const capture = new TcpCapture(recorder);
        try {
          capture.push(bytes);
          capture.end();
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(FramecatError);
        }
        capture.close();
        const ends = recorder.log.filter((line) => line.startsWith("end"));
        expect(ends).toHaveLength(recorder.connections.length);
      }),
      { numRuns: 60 },
    );
  });
});
