import { describe, expect, it } from "vitest";
import { ACK, FIN, handshake, RST, type SpokenSegment, SYN, Wire } from "../../helpers/packets.ts";

const CLOSE: readonly SpokenSegment[] = [
  { seq: 101, ack: 501, flags: FIN | ACK },
  { back: true, seq: 501, ack: 102, flags: FIN | ACK },
  { seq: 102, ack: 502 },
];

describe("the same ports again", () => {
  const again = [...handshake(9000, 7000), { seq: 9001, ack: 7001, payload: "new" }];

  it.each([
    ["after FIN", [...handshake(), ...CLOSE], "fin"],
    ["after RST", [...handshake(), { seq: 101, ack: 501, flags: RST }], "reset"],
    ["while the old one is alive", handshake(), "reused"],
    ["after a SYN without an answer", [{ seq: 100, flags: SYN }], "reused"],
  ])("%s", (_, first, reason) => {
    const { log } = new Wire().send(...first, ...again);
    expect(log.slice(-3)).toEqual([`end 1 ${reason}`, "open 2 10.0.0.1:1000", "data 2> 0 new"]);
  });

  it("is believed by the first data where one direction is captured", () => {
    const there = again.filter(({ back }) => back !== true);
    const { log, recorder } = new Wire().send(...handshake(), ...there).end();
    expect(log.slice(0, 4)).toEqual([
      "open 1 10.0.0.1:1000",
      "end 1 reused",
      "open 2 10.0.0.1:1000",
      "data 2> 0 new",
    ]);
    expect(recorder.connections[1]!.clientKnown).toBe(true);
  });

  it("without the SYN, after a long time", () => {
    const late = { seq: 9001, ack: 7001, payload: "new", ns: 61_000_000_000n };
    const wire = new Wire().send(...handshake(), ...CLOSE, late).end();
    expect(wire.log.slice(3)).toEqual([
      "end 1 fin",
      "open 2 10.0.0.1:1000",
      "data 2> 0 new",
      "end 2 capture-end",
    ]);
  });

  it("is believed by data a while behind the SYN, where nothing between is captured", () => {
    const syn = { seq: 0x4000_0000, flags: SYN };
    const later = { seq: syn.seq + 101, ack: 0x5000_0000, payload: "new" };
    const { log } = new Wire().send(...handshake(), syn, later).end();
    expect(log.slice(1, 5)).toEqual([
      "end 1 reused",
      "open 2 10.0.0.1:1000",
      "gap 2> 0 +100",
      "data 2> 100 new",
    ]);
  });

  describe("without the SYN", () => {
    const far = { seq: 0x4000_0000, ack: 0x5000_0000 };
    const request = "GET / HTTP/1.1\r\n";

    it.each([
      ["a request with far numbers", { ...far, payload: request }, "10.0.0.1:1000"],
      ["a 101", { ...far, back: true, payload: "HTTP/1.1 101 x" }, "10.0.0.2:80"],
    ])("%s ends one that is alive", (_, segment, first) => {
      const { log } = new Wire().send(...handshake(), segment);
      expect(log.slice(1, 3)).toEqual(["end 1 reused", `open 2 ${first}`]);
    });

    it.each([
      ["data that is no request", { ...far, payload: "new" }],
      ["a number near the old ones", { ...far, seq: 101 + 2 ** 20, payload: request }],
      ["an acknowledgement near the old ones", { ...far, ack: 501, payload: request }],
    ])("%s does not", (_, segment) => {
      expect(new Wire().send(...handshake(), segment).log).toEqual(["open 1 10.0.0.1:1000"]);
    });

    it("any data with far numbers is of a new one where the old one is over", () => {
      const { log } = new Wire().send(...handshake(), ...CLOSE, { ...far, payload: "new" });
      expect(log.slice(3, 5)).toEqual(["end 1 fin", "open 2 10.0.0.1:1000"]);
    });

    it("what the old one does not lack is told to be missing nowhere", () => {
      const { log } = new Wire().send(...handshake(), far, { ...far, payload: request });
      expect(log.slice(0, 2)).toEqual(["open 1 10.0.0.1:1000", "end 1 reused"]);
    });
  });

  it("is known by its request where only one side of the old one was captured, and no SYN", () => {
    const far = { seq: 0x4000_0000, ack: 0x5000_0000, ns: 30_000_000_000n };
    const old = [
      { seq: 100, flags: SYN },
      { seq: 101, ack: 501, payload: "old" },
    ];
    const wire = new Wire().send(...old, far, { ...far, payload: "GET / HTTP/1.1\r\n" });
    expect(wire.log).toEqual([
      "open 1 10.0.0.1:1000",
      "data 1> 0 old",
      "end 1 reused",
      "open 2 10.0.0.1:1000",
    ]);
  });

  it("tells what waits on the old one", () => {
    const waiting = { seq: 103, ack: 501, payload: "old" };
    const { log } = new Wire().send(...handshake(), waiting, ...again);
    expect(log.slice(1, 4)).toEqual(["gap 1> 0 +2", "data 1> 2 old", "end 1 reused"]);
  });

  it("by a SYN with data, which is of the new one", () => {
    const syn = { seq: 9000, flags: SYN, payload: "new" };
    const { log } = new Wire().send(...handshake(), syn).end();
    expect(log).toEqual([
      "open 1 10.0.0.1:1000",
      "end 1 reused",
      "open 2 10.0.0.1:1000",
      "data 2> 0 new",
      "end 2 capture-end",
    ]);
  });

  it("no stray SYN ends a connection, or moves its numbers", () => {
    const stray = { seq: 0x7000_0000, flags: SYN };
    const data = { seq: 101, ack: 501, payload: "ab" };
    const { log } = new Wire().send(...handshake(), stray, data).end();
    expect(log.slice(1)).toEqual(["data 1> 0 ab", "end 1 capture-end"]);
  });
});

describe("a connection that is over", () => {
  it("is not opened again by what comes late", () => {
    const late = [
      { seq: 101, ack: 501, flags: FIN | ACK },
      { seq: 102, ack: 502, payload: "x" },
    ];
    const { log } = new Wire().send(...handshake(), ...CLOSE, ...late, handshake()[0]!);
    expect(log.slice(1)).toEqual(["fin 1> 0", "fin 1< 0", "end 1 fin"]);
  });

  it("is remembered among so many", () => {
    const wire = new Wire({ maxRemembered: 1 });
    const refused = (sourcePort: number) => [
      { sourcePort, seq: 100, flags: SYN },
      { sourcePort, back: true, ack: 101, flags: RST | ACK },
    ];
    wire.send(...refused(1), ...refused(2), ...refused(1));
    expect(wire.connections.opened).toBe(3);
    wire.send({ sourcePort: 1, seq: 101 }, { sourcePort: 2, seq: 101 });
    expect(wire.connections.opened).toBe(4);
  });
});

describe("limits", () => {
  it("the least recently used connection is evicted", () => {
    const wire = new Wire({ maxConnections: 2 });
    const data = (sourcePort: number, seq: number) => ({ sourcePort, seq, payload: "x" });
    const open = (sourcePort: number) =>
      handshake()
        .slice(0, 2)
        .map((one) => ({ ...one, sourcePort }));
    wire.send(...open(1), ...open(2), data(1, 101), ...open(3), data(1, 102));
    expect(wire.log).toEqual([
      "open 1 10.0.0.1:1",
      "open 2 10.0.0.1:2",
      "data 1> 0 x",
      "open 3 10.0.0.1:3",
      "end 2 evicted",
      "data 1> 1 x",
    ]);
  });

  it("memory of all is limited: who has waited longest goes on without", () => {
    const wire = new Wire({ maxTotalHeldMemory: 3000 });
    const waiting = (sourcePort: number): SpokenSegment[] => [
      ...handshake().map((one) => ({ ...one, sourcePort })),
      { sourcePort, seq: 111, payload: "x".repeat(200) },
    ];
    wire.send(...waiting(1), ...waiting(2), ...waiting(3));
    expect(wire.log.filter((line) => line.startsWith("gap"))).toEqual(["gap 1> 0 +10"]);
    expect(wire.connections.heldMemory).toBe(2 * 1224);
  });

  it("what waits for a SYN counts, too, and goes on without", () => {
    const wire = new Wire({ maxTotalHeldMemory: 3000 });
    const early = (sourcePort: number) => ({ sourcePort, seq: 101, payload: "x".repeat(500) });
    wire.send(early(1), early(2));
    expect(wire.connections.heldMemory).toBe(2 * 1012);
    wire.send(early(3));
    expect(wire.log.filter((line) => line.startsWith("data"))).toHaveLength(1);
    expect(wire.connections.heldMemory).toBe(2 * 1012);
  });

  it("a stray RST opens nothing", () => {
    expect(new Wire().send({ seq: 5, flags: RST }).log).toEqual([]);
  });
});

it("nobody waits for a SYN while others go on for a second", () => {
  const early = { sourcePort: 1, seq: 101, payload: "x" };
  const other = (ms: number) => ({ ...handshake()[0]!, ns: BigInt(ms) * 1_000_000n });
  const wire = new Wire().send(early, other(1000));
  expect(wire.log).not.toContain("data 1> 0 x");
  expect(wire.send(other(1001)).log.at(-1)).toBe("data 1> 0 x");
});

it("connections are apart, whoever speaks", () => {
  const speak = (sourcePort: number): SpokenSegment[] =>
    [...handshake(), { seq: 101, ack: 501, payload: `from ${sourcePort}` }].map((one) => ({
      ...one,
      sourcePort,
    }));
  const [a, b] = [speak(1), speak(2)];
  const wire = new Wire().send(...a.flatMap((one, i) => [one, b[i]!]));
  expect(wire.log.slice(2)).toEqual(["data 1> 0 from 1", "data 2> 0 from 2"]);
});
