import { describe, expect, it } from "vitest";
import { ACK, FIN, handshake, RST, SYN, Wire } from "../../helpers/packets.ts";

it("what a reset side had received may come after its RST", () => {
  const reset = { back: true, seq: 501, ack: 103, flags: RST | ACK };
  const { log } = new Wire().send(...handshake(), reset, { seq: 101, ack: 501, payload: "ab" });
  expect(log.slice(1)).toEqual(["reset 1< 0", "data 1> 0 ab", "end 1 reset"]);
  const lost = new Wire().send(...handshake(), reset).end();
  expect(lost.log.slice(1)).toEqual(["reset 1< 0", "gap 1> 0 +2", "end 1 reset"]);
  const any = new Wire().send(...handshake(), { ...reset, ack: 0x7000_0000 });
  expect(any.log.slice(1)).toEqual(["reset 1< 0", "end 1 reset"]);
});

describe("a connection", () => {
  it("is told from its SYN to its last FIN, with both directions", () => {
    const wire = new Wire().send(
      ...handshake(100, 500),
      { seq: 101, ack: 501, payload: "ping" },
      { back: true, seq: 501, ack: 105, payload: "pong" },
      { back: true, seq: 505, ack: 105, flags: FIN | ACK },
      { seq: 105, ack: 506, flags: FIN | ACK },
      { back: true, seq: 506, ack: 106 },
    );
    expect(wire.end().log).toEqual([
      "open 1 10.0.0.1:1000",
      "data 1> 0 ping",
      "data 1< 0 pong",
      "fin 1< 4",
      "fin 1> 4",
      "end 1 fin",
    ]);
  });

  it("knows the client by the SYN, or by the answer to it", () => {
    const [syn, answer, ack] = handshake(100, 500);
    for (const first of [[syn!, answer!], [answer!, syn!], [answer!]]) {
      const wire = new Wire().send(...first, ack!, { seq: 101, ack: 501, payload: "ab" }).end();
      const { recorder } = wire;
      expect(recorder.connections[0]).toMatchObject({ clientKnown: true, client: { port: 1000 } });
      expect(recorder.log.slice(1)).toEqual(["data 1> 0 ab", "end 1 capture-end"]);
    }
    const { recorder } = new Wire().send({ back: true, seq: 501, ack: 101 });
    expect(recorder.connections[0]).toMatchObject({ clientKnown: false, client: { port: 80 } });
  });

  it("begins with a SYN that comes behind what it begins", () => {
    const [syn, answer] = handshake(100, 500);
    const ask = { seq: 101, ack: 501, payload: "ask" };
    const reply = { back: true, seq: 501, ack: 104, payload: "answer" };
    const again = { seq: 104, ack: 507, payload: "again" };
    for (const order of [
      [again, reply, ask, syn!, answer!],
      [reply, again, answer!, ask, syn!],
      [syn!, reply, again, answer!, ask],
      [again, syn!, ask, answer!, reply],
    ]) {
      const { recorder } = new Wire().send(...order, { back: true, seq: 507, ack: 109 });
      const { flows } = recorder.connections[0]!;
      const texts = flows.map(({ source }, dir) => [
        source.port,
        recorder.stream(0, dir as 0 | 1).toString(),
      ]);
      expect(Object.fromEntries(texts)).toEqual({ 1000: "askagain", 80: "answer" });
      expect(flows.map(({ gapBytes, lateBytes }) => gapBytes + lateBytes)).toEqual([0, 0]);
    }
  });

  it("waits for a SYN until 32 segments have come", () => {
    const segment = (i: number) => ({ seq: 103 + i, ack: 501, payload: "x" });
    const early = Array.from({ length: 31 }, (_, i) => segment(i));
    expect(new Wire().send(...early).log.slice(1)).toEqual([]);
    expect(new Wire().send(...early, { ...segment(-2), payload: "ab" }).log[1]).toBe(
      "data 1> 0 ab",
    );
    expect(new Wire().send(...early, segment(31)).log).toHaveLength(33);
  });

  it("begins with the SYN whose answer came first and counts its data", () => {
    const answer = { back: true, seq: 500, ack: 106, flags: SYN | ACK };
    const { log } = new Wire().send(
      answer,
      { seq: 100, flags: SYN, payload: "early" },
      { seq: 106, ack: 501, payload: "late" },
    );
    expect(log.slice(1)).toEqual(["data 1> 0 early", "data 1> 5 late"]);
  });

  it("has the time of its first segment", () => {
    const { recorder } = new Wire().send({ seq: 100, flags: SYN, ns: 1_000_000_007n });
    expect(recorder.connections[0]!.tsNs).toBe(1_000_000_007n);
    expect(recorder.connections[0]!.server.port).toBe(80);
  });

  it("may be refused", () => {
    const refusal = { back: true, seq: 0, ack: 101, flags: RST | ACK };
    const { log } = new Wire().send({ seq: 100, flags: SYN }, refusal, refusal);
    expect(log.slice(1)).toEqual(["reset 1< 0", "end 1 reset"]);
  });

  it("may be opened by both sides at once", () => {
    const { log } = new Wire().send(
      { seq: 100, flags: SYN },
      { back: true, seq: 500, flags: SYN },
      { seq: 100, ack: 501, flags: SYN | ACK },
      { back: true, seq: 500, ack: 101, flags: SYN | ACK },
      { seq: 101, ack: 501, payload: "ab" },
      { back: true, seq: 501, ack: 103, payload: "cd" },
    );
    expect(log.slice(1)).toEqual(["data 1> 0 ab", "data 1< 0 cd"]);
  });

  it("may have data in its SYN, which comes again where it was not accepted", () => {
    const { log } = new Wire().send(
      { seq: 100, flags: SYN, payload: "early" },
      { back: true, seq: 500, ack: 101, flags: SYN | ACK },
      { seq: 101, ack: 501, payload: "early" },
      { seq: 106, ack: 501, payload: "late" },
    );
    expect(log.slice(1)).toEqual(["data 1> 0 early", "data 1> 5 late"]);
  });

  it("tells what waits in both directions when one resets it", () => {
    const wire = new Wire().send(
      ...handshake(100, 500),
      { seq: 103, ack: 501, payload: "cd" },
      { back: true, seq: 501, ack: 101, flags: RST | ACK },
    );
    const { log } = wire.end();
    expect(log.slice(1)).toEqual(["reset 1< 0", "gap 1> 0 +2", "data 1> 2 cd", "end 1 reset"]);
  });

  it("goes on a while behind a RST, with what the other side had under way", () => {
    const reset = { back: true, seq: 501, ack: 101, flags: RST | ACK };
    const data = (seq: number, payload: string, ms = 0) => ({
      seq,
      ack: 501,
      payload,
      ns: BigInt(ms) * 1_000_000n,
    });
    const wire = new Wire().send(...handshake(), data(101, "ab"), reset, data(103, "cd"));
    expect(wire.log.slice(1)).toEqual(["data 1> 0 ab", "reset 1< 0", "data 1> 2 cd"]);
    wire.send(data(105, "ef", 1000), data(107, "gh", 1001), data(103, "cd", 1002));
    expect(wire.log.slice(4)).toEqual(["data 1> 4 ef", "end 1 reset"]);
    expect(wire.connections.late).toBe(1);
    const all = new Wire().send(...handshake(), data(101, "ab"), { ...reset, ack: 103 });
    expect(all.log.slice(1)).toEqual(["data 1> 0 ab", "reset 1< 0", "end 1 reset"]);
  });

  it("of which one direction was captured is told as far as that goes", () => {
    const { log } = new Wire()
      .send(
        { back: true, seq: 500, ack: 101, flags: SYN | ACK },
        { back: true, seq: 501, ack: 301, payload: "HTTP" },
        { back: true, seq: 505, ack: 302, flags: FIN | ACK },
      )
      .end();
    expect(log.slice(1)).toEqual([
      "data 1< 0 HTTP",
      "fin 1< 4",
      "gap 1> 0 +200",
      "end 1 capture-end",
    ]);
  });

  it("without its SYN tells what a segment acknowledges before that segment", () => {
    const wire = new Wire().send(
      { seq: 100, ack: 500, payload: "ask" },
      { back: true, seq: 500, ack: 103, payload: "answer" },
      { seq: 103, ack: 506, payload: "ask on" },
    );
    expect(wire.end().log.slice(1)).toEqual([
      "data 1> 0 ask",
      "data 1< 0 answer",
      "data 1> 3 ask on",
      "end 1 capture-end",
    ]);
  });

  it("captured twice, as on the interface `any`, is told once", () => {
    const once = [
      ...handshake(100, 500),
      { seq: 101, ack: 501, payload: "ping" },
      { back: true, seq: 501, ack: 105, payload: "pong" },
      { back: true, seq: 505, ack: 105, flags: FIN | ACK },
      { seq: 105, ack: 506, flags: FIN | ACK },
    ];
    const { log } = new Wire().send(...once.flatMap((one) => [one, one]));
    expect(log).toEqual(new Wire().send(...once).log);
  });
});
