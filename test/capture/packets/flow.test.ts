import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concat, filler } from "../../helpers/bytes.ts";
import { ACK, FIN, handshake, RST, type SpokenSegment, SYN, Wire } from "../../helpers/packets.ts";

const SECOND = 1_000_000_000n;

/** What the client's direction tells after a handshake; its data begins at 101. */
function told(...segments: readonly SpokenSegment[]): string[] {
  return new Wire().send(...handshake(100, 500), ...segments).log.slice(1);
}

const at = (seq: number, payload: string, more: Partial<SpokenSegment> = {}): SpokenSegment => ({
  seq,
  ack: 501,
  payload,
  ...more,
});
const acknowledge = (ack: number, ns = 0n): SpokenSegment => ({ back: true, seq: 501, ack, ns });

describe("order", () => {
  it("segments in turn come as they are", () => {
    expect(told(at(101, "ab"), at(103, "cd"))).toEqual(["data 1> 0 ab", "data 1> 2 cd"]);
  });

  it("segments out of turn wait", () => {
    expect(told(at(103, "cd"), at(105, "ef"))).toEqual([]);
    const log = told(at(105, "ef"), at(103, "cd"), at(101, "ab"));
    expect(log).toEqual(["data 1> 0 ab", "data 1> 2 cd", "data 1> 4 ef"]);
  });

  it("numbers wrap", () => {
    const wire = new Wire().send(...handshake(0xffff_fffd, 500));
    wire.send(at(0xffff_fffe, "ab"), at(2, "ef"), at(0, "cd"), at(4, "gh"));
    expect(wire.recorder.stream(0, 0).toString()).toBe("abcdefgh");
  });

  it("one that comes again, whole or in part, is told once", () => {
    expect(told(at(101, "ab"), at(101, "ab"))).toEqual(["data 1> 0 ab"]);
    const log = told(at(101, "abc"), at(102, "bcde"), at(100, "?abcdef"));
    expect(log).toEqual(["data 1> 0 abc", "data 1> 3 de", "data 1> 5 f"]);
  });

  it("what came first wins, and the rest is counted", () => {
    const wire = new Wire().send(...handshake(), at(103, "cd"), at(101, "abXYef"));
    const { repeatedBytes, differingBytes } = wire.recorder.connections[0]!.flows[0];
    expect(wire.recorder.stream(0, 0).toString()).toBe("abcdef");
    expect({ repeatedBytes, differingBytes }).toEqual({ repeatedBytes: 2, differingBytes: 2 });
  });

  it("keep-alives are no data", () => {
    const log = told(at(100, ""), at(100, "\0"), at(101, "ab"), at(102, "\0"), at(103, "c"));
    expect(log).toEqual(["data 1> 0 ab", "data 1> 2 c"]);
  });

  it("keep-alives that come before what they repeat are no data, either", () => {
    const log = told(at(104, "\0"), at(103, "cd"), at(101, "ab"));
    expect(log).toEqual(["data 1> 0 ab", "data 1> 2 cd"]);
  });

  it("a window probe is the byte that comes again with more", () => {
    expect(told(at(101, "a"), at(101, "abc"))).toEqual(["data 1> 0 a", "data 1> 1 bc"]);
  });

  it("numbers outside of every window belong to something else", () => {
    expect(told(at(101 + 2 ** 30 + 1, "x"), at(101 - 2 ** 31, "x"), at(101, "ab"))).toEqual([
      "data 1> 0 ab",
    ]);
  });
});

describe("times", () => {
  it("are those at which the receiver could have the bytes", () => {
    const wire = new Wire().send(...handshake(), at(103, "cd", { ns: 5n }));
    wire.send(at(101, "ab", { ns: 9n }));
    const [flow] = wire.recorder.connections[0]!.flows;
    expect([flow.tsNs, flow.packetNumber]).toEqual([9n, 5]);
    wire.send(at(105, "e", { ns: 8n }));
    expect(flow.tsNs).toBe(9n);
    wire.send(at(106, "f", { ns: SECOND }));
    expect([flow.tsNs, flow.packetNumber]).toEqual([SECOND, 7]);
  });

  it("of bytes behind a gap are their own", () => {
    const wire = new Wire().send(...handshake(), at(103, "cd", { ns: 5n })).end();
    expect(wire.recorder.connections[0]!.flows[0].tsNs).toBe(5n);
  });
});

describe("holes", () => {
  it("that the peer has acknowledged are given up soon", () => {
    const lost = [at(103, "cd"), acknowledge(105)];
    expect(told(...lost)).toEqual([]);
    expect(told(...lost, acknowledge(105, SECOND))).toEqual([]);
    const log = told(...lost, acknowledge(105, SECOND + 1n));
    expect(log).toEqual(["gap 1> 0 +2", "data 1> 2 cd"]);
  });

  it("that the peer has acknowledged may still be filled", () => {
    const log = told(at(103, "cd"), acknowledge(105), at(101, "ab"), acknowledge(105, 9n * SECOND));
    expect(log).toEqual(["data 1> 0 ab", "data 1> 2 cd"]);
  });

  it("that are captured only when they are sent again were there by their acknowledgement", () => {
    const wire = new Wire().send(...handshake(), acknowledge(103, 5n), {
      ...at(101, "ab"),
      ns: 9n,
    });
    expect(wire.recorder.connections[0]!.flows[0].tsNs).toBe(5n);
    wire.send({ ...at(103, "cd"), ns: 12n });
    expect(wire.recorder.connections[0]!.flows[0].tsNs).toBe(12n);
  });

  it("that the peer has acknowledged do not outlast many segments", () => {
    const many = Array.from({ length: 65 }, (_, i) => at(103 + 2 * i, "xx"));
    expect(told(acknowledge(103), ...many.slice(0, 64))).toEqual([]);
    expect(told(acknowledge(103), ...many)[0]).toBe("gap 1> 0 +2");
  });

  it("that nobody has acknowledged wait a minute", () => {
    expect(told(at(103, "cd"), acknowledge(101, 60n * SECOND))).toEqual([]);
    expect(told(at(103, "cd"), acknowledge(101, 61n * SECOND))).toEqual([
      "gap 1> 0 +2",
      "data 1> 2 cd",
    ]);
  });

  it("are given up one by one, each with its length", () => {
    const wire = new Wire().send(
      ...handshake(),
      at(103, "cd"),
      at(110, "j"),
      at(200, "", { flags: FIN | ACK }),
    );
    expect(wire.end().log.slice(1)).toEqual([
      "gap 1> 0 +2",
      "data 1> 2 cd",
      "gap 1> 4 +5",
      "data 1> 9 j",
      "gap 1> 10 +89",
      "fin 1> 99",
      "end 1 capture-end",
    ]);
  });

  it("reach over an octet alone that the peer had before, as a keep-alive has any", () => {
    const lost = (...octet: readonly SpokenSegment[]) =>
      new Wire().send(...handshake(), ...octet, at(105, "ef")).end().log[1];
    expect(lost(acknowledge(105), at(104, "\0"))).toBe("gap 1> 0 +4");
    expect(lost(at(104, "d"), acknowledge(105))).toBe("gap 1> 0 +3");
  });

  it("are given up when too much waits behind them", () => {
    const wire = new Wire({ maxHeldMemory: 10_000 }).send(...handshake());
    for (let i = 0; i < 10; i++) wire.send({ ...at(201 + 900 * i, ""), payload: filler(900) });
    expect(wire.log[1]).toBe("gap 1> 0 +100");
    expect(wire.connections.heldMemory).toBeLessThanOrEqual(10_000);
    expect(wire.end().recorder.stream(0, 0)).toHaveLength(9100);
  });

  it("of what a snap length cut have a known length, also out of turn", () => {
    const log = told(at(101, "abcd", { captured: 1 }), at(105, "e"));
    expect(log).toEqual(["data 1> 0 a", "gap 1> 1 +3", "data 1> 4 e"]);
    const late = told(
      at(105, "efgh", { captured: 2 }),
      at(109, "i"),
      at(101, "abcd", { captured: 0 }),
    );
    expect(late).toEqual(["gap 1> 0 +4", "data 1> 4 ef", "gap 1> 6 +2", "data 1> 8 i"]);
  });

  it("at the end are known from what the peer acknowledged, or this side counted", () => {
    const end = (...segments: SpokenSegment[]) =>
      new Wire()
        .send(...handshake(), at(101, "ab"), ...segments)
        .end()
        .log.slice(2);
    expect(end(acknowledge(108))).toEqual(["gap 1> 2 +5", "end 1 capture-end"]);
    expect(end(at(108, ""))).toEqual(["gap 1> 2 +5", "end 1 capture-end"]);
    expect(end(acknowledge(103))).toEqual(["end 1 capture-end"]);
    // The last number is that of the FIN that was not captured.
    const fin = { back: true, seq: 501, ack: 104, flags: FIN | ACK };
    expect(end(fin)).toEqual(["fin 1< 0", "end 1 capture-end"]);
  });
});

describe("without the SYN", () => {
  const midstream = (...segments: readonly SpokenSegment[]) => new Wire().send(...segments);
  /** What comes after the time for which a SYN is waited for. */
  const later = (seq: number, ack = 501): SpokenSegment => ({ seq, ack, ns: 2n * SECOND });

  it("begins with the first byte that was seen meanwhile", () => {
    const early = { back: true, seq: 501, ack: 101 };
    expect(midstream(early, at(101, "ab")).log.slice(1)).toEqual([]);
    const { log } = midstream(early, at(103, "cd"), at(101, "ab"), later(105));
    expect(log.slice(1)).toEqual(["data 1< 0 ab", "data 1< 2 cd"]);
  });

  it("begins with what the peer acknowledged where nothing of it was seen", () => {
    const wire = midstream({ back: true, seq: 501, ack: 101 }, later(103));
    expect(wire.send(at(103, "cd")).end().log.slice(1, 3)).toEqual(["gap 1< 0 +2", "data 1< 2 cd"]);
  });

  it("counts what comes too late", () => {
    const wire = midstream({ back: true, seq: 501, ack: 103 }, at(103, "cd"), later(105));
    wire.send(at(100, "zabc"));
    const { lateBytes, repeatedBytes } = wire.recorder.connections[0]!.flows[1];
    expect(wire.log.slice(1)).toEqual(["data 1< 0 cd"]);
    expect({ lateBytes, repeatedBytes }).toEqual({ lateBytes: 3, repeatedBytes: 1 });
  });

  it("does not take a keep-alive for its first byte", () => {
    const wire = midstream({ back: true, seq: 501, ack: 101 }, at(100, "\0"), at(101, "ab"));
    expect(wire.end().log[1]).toBe("data 1< 0 ab");
  });

  it("does not take a stray number for its first byte, or that of a RST", () => {
    const early = { back: true, seq: 501, ack: 101 };
    const stray = at((101 + 2 ** 31) >>> 0, "zz");
    const reset = at(40, "", { flags: RST });
    expect(midstream(stray, early, stray, at(101, "ab")).end().log[1]).toBe("data 1> 0 ab");
    expect(midstream(early, at(101, "ab"), reset).end().log[1]).toBe("data 1< 0 ab");
  });

  it("tells no gap before its first byte", () => {
    const wire = midstream(
      { back: true, seq: 501, ack: 101 },
      at(105, "ef"),
      acknowledge(107),
    ).end();
    expect(wire.log.slice(1)).toEqual(["data 1< 0 ef", "end 1 capture-end"]);
  });

  it("a RST ends it", () => {
    const wire = midstream(at(101, "ab"), at(103, "", { flags: RST }), later(103));
    expect(wire.log.slice(1)).toEqual(["data 1> 0 ab", "reset 1> 2", "end 1 reset"]);
  });

  it("a FIN ends it", () => {
    const wire = midstream(at(101, "", { flags: FIN | ACK }), acknowledge(102), later(102));
    expect(wire.log.slice(1)).toEqual(["fin 1> 0"]);
  });
});

describe("FIN and RST", () => {
  it("a FIN comes behind its data, and behind all before", () => {
    const fin = at(103, "cd", { flags: FIN | ACK });
    expect(told(at(101, "ab"), fin, fin)).toEqual(["data 1> 0 ab", "data 1> 2 cd", "fin 1> 4"]);
    expect(told(fin, at(101, "ab"))).toEqual(["data 1> 0 ab", "data 1> 2 cd", "fin 1> 4"]);
  });

  it("nothing comes behind a FIN", () => {
    const log = told(at(101, "", { flags: FIN | ACK }), at(101, "xx"), at(102, "yy"));
    expect(log).toEqual(["fin 1> 0"]);
  });

  it("a FIN before what was told is none", () => {
    expect(told(at(101, "abcd"), at(102, "", { flags: FIN | ACK }))).toEqual(["data 1> 0 abcd"]);
  });

  it("a RST waits for what it counts, as it may have overtaken it", () => {
    const reset = at(103, "", { flags: RST });
    expect(told(reset)).toEqual([]);
    expect(told(reset, at(101, "ab"))).toEqual(["data 1> 0 ab", "reset 1> 2"]);
    const wire = new Wire().send(...handshake(), reset).end();
    expect(wire.log.slice(1)).toEqual(["gap 1> 0 +2", "reset 1> 2", "end 1 reset"]);
  });

  it("a RST with a number that is far away is of something else", () => {
    for (const seq of [101 - 70_000, 101 + 2 ** 21]) {
      const stray = at(seq >>> 0, "", { flags: RST | ACK });
      expect(told(stray, at(101, "ab"))).toEqual(["data 1> 0 ab"]);
    }
  });

  it("a RST behind a FIN, and one that repeats an old number", () => {
    const fin = at(101, "", { flags: FIN | ACK });
    expect(told(fin, at(102, "", { flags: RST | ACK }))).toEqual([
      "fin 1> 0",
      "reset 1> 0",
      "end 1 reset",
    ]);
    expect(told(at(101, "ab"), at(101, "bye", { flags: RST }))[1]).toBe("reset 1> 2");
  });
});

describe("any conversation", () => {
  interface Piece {
    readonly start: number;
    readonly length: number;
    readonly order: number;
    readonly copies: number;
  }

  const ISN = fc.constantFrom(100, 0xffff_ff80, 0x7fff_ff00, 0xffff_ffff);
  /** Pieces that cover 0 to `size`, with others that overlap them. */
  const pieces = (size: number) =>
    fc
      .tuple(
        fc.uniqueArray(fc.integer({ min: 1, max: size - 1 }), { maxLength: 30 }),
        fc.array(fc.tuple(fc.nat(size - 1), fc.integer({ min: 1, max: 90 })), { maxLength: 10 }),
        fc.infiniteStream(fc.tuple(fc.nat(12), fc.nat(3))),
      )
      .map(([cuts, overlaps, stream]) => {
        const starts = [0, ...cuts.toSorted((a, b) => a - b)];
        const exact = starts.map((start, i) => [start, (starts[i + 1] ?? size) - start] as const);
        const more = overlaps.map(
          ([start, length]) => [start, Math.min(length, size - start)] as const,
        );
        return [...exact, ...more].map(([start, length], i): Piece => {
          const [jitter, copies] = stream.next().value as [number, number];
          return { start, length, order: i + jitter, copies: copies === 3 ? 2 : 1 };
        });
      });

  const SIZE = 600;
  const STREAMS = [
    Uint8Array.from({ length: SIZE }, (_, i) => (i * 7) % 251),
    Uint8Array.from({ length: SIZE }, (_, i) => (i * 11) % 241),
  ] as const;
  const ISNS = (isn: number) => [isn, (isn + 0x1234_5678) >>> 0] as const;

  function segmentsOf(dir: 0 | 1, isn: number, list: readonly Piece[]) {
    const own = ISNS(isn)[dir];
    return list.flatMap(({ start, length, order, copies }) =>
      Array.from({ length: copies }, (_, i) => ({
        order: order + i,
        start,
        length,
        back: dir === 1,
        seq: (own + 1 + start) >>> 0,
        // Says nothing about the peer, so that holes wait.
        ack: (ISNS(isn)[dir === 0 ? 1 : 0] + 1) >>> 0,
        payload: STREAMS[dir].subarray(start, start + length),
      })),
    );
  }

  it("reordered, repeated, overlapping and wrapping comes out as it was sent", () => {
    fc.assert(
      fc.property(ISN, pieces(SIZE), pieces(SIZE), fc.boolean(), (isn, there, back, whole) => {
        const wire = new Wire();
        if (whole) wire.send(...handshake(...ISNS(isn)));
        const all = [...segmentsOf(0, isn, there), ...segmentsOf(1, isn, back)];
        // Without its SYN, a direction begins with its first byte only if that comes early.
        const early = all.map((one) => (whole || one.start > 0 ? one : { ...one, order: -1 }));
        wire.send(...early.toSorted((a, b) => a.order - b.order)).end();
        const { recorder } = wire;
        const [first] = recorder.connections[0]!.flows;
        const client = first.source.port === 1000 ? 0 : 1;
        expect(recorder.stream(0, client).equals(STREAMS[0])).toBe(true);
        expect(recorder.stream(0, client === 0 ? 1 : 0).equals(STREAMS[1])).toBe(true);
        expect(first.differingBytes).toBe(0);
        expect(wire.connections.heldMemory).toBe(0);
      }),
      { numRuns: 150 },
    );
  });

  it("with lost and cut segments is what was sent, minus gaps told exactly", () => {
    const drops = fc.array(fc.tuple(fc.boolean(), fc.nat(90)), { minLength: 60, maxLength: 60 });
    fc.assert(
      fc.property(ISN, pieces(SIZE), drops, (isn, list, lost) => {
        const wire = new Wire().send(...handshake(...ISNS(isn)));
        const sent = segmentsOf(0, isn, list)
          .toSorted((a, b) => a.order - b.order)
          .filter((_, i) => !lost[i % 60]![0])
          .map((one, i) => ({ ...one, captured: Math.min(one.length, lost[i % 60]![1]) }));
        wire.send(...sent);
        wire.send({ seq: (ISNS(isn)[0] + 1 + SIZE) >>> 0, flags: FIN | ACK }).end();
        const parts = wire.recorder.parts[0]![0];
        const bytes = parts.map((part) => (typeof part === "number" ? new Uint8Array(part) : part));
        const out = concat(bytes);
        expect(out).toHaveLength(SIZE);
        let position = 0;
        let gaps = 0;
        for (const part of parts) {
          const length = typeof part === "number" ? part : part.length;
          if (typeof part === "number") gaps += part;
          else
            expect(Buffer.from(part).equals(STREAMS[0].subarray(position, position + length))).toBe(
              true,
            );
          position += length;
        }
        const seen = new Set<number>();
        for (const { start, captured } of sent) {
          for (let i = 0; i < captured; i++) seen.add(start + i);
        }
        // A byte that was captured only after its number was told as uncaptured is not there twice.
        expect(SIZE - gaps).toBeLessThanOrEqual(seen.size);
        if (sent.every(({ captured, length }) => captured === length)) {
          expect(SIZE - gaps).toBe(seen.size);
        }
      }),
      { numRuns: 150 },
    );
  });

  it("any segments whatever are taken, in bounded memory", () => {
    const number = fc.oneof(
      fc.constantFrom(0, 99, 100, 101, 102, 110, 0x8000_0000, 0xffff_ffff),
      fc.nat(),
    );
    const segment = fc.record({
      back: fc.boolean(),
      seq: number,
      ack: number,
      flags: fc.constantFrom(0, ACK, SYN, SYN | ACK, FIN | ACK, RST, RST | ACK, SYN | FIN, 0x1f),
      payload: fc.uint8Array({ maxLength: 12 }),
      ns: fc.bigInt(0n, 100n * SECOND),
    });
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 60 }), (segments) => {
        const wire = new Wire({ maxHeldMemory: 3000, maxTotalHeldMemory: 5000 });
        for (const one of segments) {
          wire.send(one);
          expect(wire.connections.heldMemory).toBeLessThanOrEqual(5000);
        }
        wire.end();
        expect(wire.connections.heldMemory).toBe(0);
        expectOrder(wire.log);
      }),
      { numRuns: 400 },
    );
  });

  /** Every connection opens once and ends once, with nothing behind; offsets have no holes. */
  function expectOrder(log: readonly string[]): void {
    const state = new Map<string, "open" | "end">();
    const offsets = new Map<string, number>();
    for (const line of log) {
      const [type, mark = "", offset = "", length = ""] = line.split(" ");
      const id = mark.replace(/[<>]/, "");
      expect(state.get(id)).toBe(type === "open" ? undefined : "open");
      state.set(id, type === "end" ? "end" : "open");
      if (type === "open" || type === "end") continue;
      expect(Number(offset)).toBe(offsets.get(mark) ?? 0);
      const more = type === "gap" ? Number(length) : 0;
      if (type === "gap") expect(more).toBeGreaterThan(0);
      if (type !== "data") offsets.set(mark, Number(offset) + more);
      else offsets.set(mark, Number(offset) + dataLength(line));
    }
    expect([...state.values()].every((one) => one === "end")).toBe(true);
  }
});

function dataLength(line: string): number {
  return line.length - line.split(" ", 3).join(" ").length - 1;
}
