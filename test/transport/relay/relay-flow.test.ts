import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { encodeFrame, type FrameSpec } from "../../../src/protocol/encoder.ts";
import { Opcode } from "../../../src/protocol/opcodes.ts";
import type { DeflateParams } from "../../../src/protocol/deflate.ts";
import { FrameParser } from "../../../src/protocol/parser.ts";
import { createInflate } from "../../../src/transport/inflater.ts";
import { FrameGate } from "../../../src/transport/relay/frame-gate.ts";
import type { RelayFlow } from "../../../src/transport/relay/relay-flow.ts";
import type { Held, Passing, Verdict } from "../../../src/transport/relay/passing.ts";
import {
  concat,
  filler,
  hex,
  singly,
  splitAt,
  splitPoints,
  toHex,
  utf8,
} from "../../helpers/bytes.ts";
import { flowOf, rulesOf } from "../../helpers/relay-flow.ts";
import { createDeflateStream } from "../../helpers/relay-deflate.ts";

const TAKEOVER: DeflateParams = {
  serverNoContextTakeover: false,
  clientNoContextTakeover: false,
  serverMaxWindowBits: 15,
  clientMaxWindowBits: 15,
};

const text = (payload: string, more: Partial<FrameSpec> = {}): Uint8Array =>
  encodeFrame({ opcode: Opcode.text, payload: utf8(payload), ...more });
const ping = (payload: string): Uint8Array =>
  encodeFrame({ opcode: Opcode.ping, payload: utf8(payload) });
const isText = ({ data }: Passing, wanted: string): boolean =>
  data !== undefined && Buffer.from(data).equals(utf8(wanted));

/** What frames say, as `opcode:payload`. */
function said(bytes: Uint8Array): string[] {
  return new FrameParser()
    .push(bytes)
    .map(({ header, payload }) => `${header.opcode}:${Buffer.from(payload).toString()}`);
}

/** Frames of any kind, right or wrong. */
const anyFrame = fc
  .record({
    opcode: fc.nat(15),
    fin: fc.boolean(),
    rsv1: fc.boolean(),
    rsv2: fc.boolean(),
    rsv3: fc.boolean(),
    maskKey: fc.option(fc.nat(0xffffffff), { nil: undefined }),
    payload: fc.uint8Array({ maxLength: 300 }),
    lengthForm: fc.constantFrom(16 as const, 64 as const),
  })
  .map((spec) => encodeFrame(spec));
const anyStream = fc
  .tuple(fc.array(anyFrame, { maxLength: 12 }), fc.uint8Array({ maxLength: 40 }))
  .map(([frames, garbage]) => concat([...frames, garbage]));
/** Frames and no rest, so that the last message may be whole; many of them belong together. */
const framesOnly = fc
  .array(fc.oneof(anyFrame, fc.constantFrom(...fragments())), { maxLength: 12 })
  .map(concat);

/** Fragments of a text, pings and pongs. */
function fragments(): Uint8Array[] {
  return [
    text("a", { fin: false }),
    text("b", { fin: false, opcode: 0 }),
    text("c", { opcode: 0 }),
    ping("p"),
    hex("8a 01 71"),
  ];
}

afterEach(() => {
  vi.useRealTimers();
});

describe("bytes that no rule touches", () => {
  it.each([
    ["unwatched", { watched: false }],
    ["watched", {}],
    ["watched, from a client", { dir: "out" as const }],
    ["watched, deflated", { deflate: TAKEOVER }],
  ])("leave as they came, as they come: %s", (_, options) => {
    fc.assert(
      fc.property(anyStream, splitPoints, (stream, points) => {
        const { sink, push } = flowOf(options);
        let length = 0;
        for (const piece of splitAt(stream, points)) {
          push(piece);
          length += piece.length;
          if (sink.writtenLength !== length) expect(sink.writtenLength).toBe(length);
        }
        expect(toHex(sink.written)).toBe(toHex(stream));
      }),
      { numRuns: 60 },
    );
  });

  it("leave as they came where rules look at them", () => {
    fc.assert(
      fc.property(framesOnly, splitPoints, (stream, points) => {
        const { flow, sink, push } = flowOf({ interception: rulesOf(() => ({})) });
        for (const piece of splitAt(stream, points)) push(piece);
        flow.end();
        expect(toHex(sink.written)).toBe(toHex(stream));
        expect(sink.isEnded).toBe(true);
      }),
    );
  });

  it("leave as they came when rules come and go in the midst of frames", () => {
    fc.assert(
      fc.property(framesOnly, splitPoints, fc.array(fc.boolean()), (stream, points, states) => {
        let active = false;
        const interception = { isActive: () => active, judge: () => ({}) };
        const { flow, sink, push } = flowOf({ interception });
        for (const [i, piece] of splitAt(stream, points).entries()) {
          active = states[i] ?? false;
          push(piece);
        }
        flow.end();
        expect(toHex(sink.written)).toBe(toHex(stream));
      }),
    );
  });

  it("leave as they came, pings between fragments too, where rules only look at them", () => {
    const stream = concat([text("a", { fin: false }), ping("p"), text("b", { opcode: 0 })]);
    for (const pieces of [[stream], singly(stream)]) {
      const { sink, push, notes } = flowOf({ interception: rulesOf(() => ({})) });
      for (const piece of pieces) push(piece);
      expect([toHex(sink.written), notes]).toEqual([toHex(stream), []]);
    }
  });

  it("are not judged after a Close frame", () => {
    const judged: number[] = [];
    const interception = rulesOf(({ opcode }) => {
      judged.push(opcode);
      return {};
    });
    const { sink, push } = flowOf({ interception });
    const stream = concat([hex("88 02 03 e8"), text("late"), hex("ff fe")]);
    push(stream);
    expect(judged).toEqual([Opcode.close]);
    expect(sink.written).toEqual(Buffer.from(stream.subarray(0, -2)));
  });
});

describe("rules", () => {
  it("drop, and change", () => {
    const judge = (passing: Passing): Verdict => {
      if (isText(passing, "drop")) return { drop: true };
      return isText(passing, "old") ? { data: utf8("new!") } : {};
    };
    const { sink, push, notes } = flowOf({ interception: rulesOf(judge) });
    push(concat([text("a"), text("drop"), text("old"), text("b")]));
    expect(said(sink.written)).toEqual(["1:a", "1:new!", "1:b"]);
    expect(notes).toEqual(["dropped ← text of 4 B", "changed ← text of 3 B, to 4 B"]);
  });

  it("drop whole frames, wherever what came was split", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("drop", "a", "bc")), splitPoints, (texts, points) => {
        const judge = (passing: Passing): Verdict => ({ drop: isText(passing, "drop") });
        const { sink, push } = flowOf({ interception: rulesOf(judge) });
        const stream = concat(texts.map((payload) => text(payload)));
        for (const piece of splitAt(stream, points)) push(piece);
        const left = texts.filter((payload) => payload !== "drop");
        expect(said(sink.written)).toEqual(left.map((payload) => `1:${payload}`));
      }),
    );
  });

  it("mask what they change for a server", () => {
    const { sink, push } = flowOf({
      dir: "out",
      interception: rulesOf(() => ({ data: utf8("new") })),
    });
    push(text("old", { maskKey: 7 }));
    const [frame] = new FrameParser().push(sink.written);
    expect(frame?.header).toMatchObject({ masked: true, maskKey: 0x01020304 });
    expect(said(sink.written)).toEqual(["1:new"]);
  });

  it("see a message whole, whatever its fragments, and pass it on in them", () => {
    const seen: string[] = [];
    const interception = rulesOf(({ data }) => {
      seen.push(Buffer.from(data ?? []).toString());
      return {};
    });
    const { sink, push } = flowOf({ interception });
    const stream = concat([text("He", { fin: false }), text("llo", { opcode: 0 })]);
    for (const byte of stream.subarray(0, -1)) push(Uint8Array.of(byte));
    expect(sink.written).toHaveLength(0);
    push(stream.subarray(-1));
    expect([seen, toHex(sink.written)]).toEqual([["Hello"], toHex(stream)]);
  });

  it("do not keep a text back that is found to be none before it is whole", () => {
    const judged: string[] = [];
    const interception = rulesOf(({ data }) => {
      judged.push(Buffer.from(data ?? []).toString());
      return {};
    });
    const { sink, push } = flowOf({ interception });
    const begun = text("sound", { fin: false });
    const spoilt = encodeFrame({ opcode: 0, fin: false, payload: hex("f490") });
    const rest = [ping("still there?"), text("rest", { opcode: 0 })];
    push(begun);
    push(spoilt.subarray(0, -1));
    expect(sink.written).toHaveLength(0);
    push(spoilt.subarray(-1));
    expect(toHex(sink.written)).toBe(toHex(concat([begun, spoilt])));
    for (const frame of [...rest, text("next")]) push(frame);
    expect(toHex(sink.written)).toBe(toHex(concat([begun, spoilt, ...rest, text("next")])));
    expect(judged).toEqual(["still there?", "next"]);
  });

  it("take a message in as many pieces as it comes in", () => {
    const { sink, push } = flowOf({ interception: rulesOf(() => ({})), maxWaiting: Infinity });
    const stream = encodeFrame({ opcode: Opcode.binary, fin: false, payload: filler(150_000) });
    for (let i = 0; i < stream.length; i++) push(stream.subarray(i, i + 1));
    push(text("", { opcode: 0 }));
    expect(sink.written).toHaveLength(stream.length + 2);
  });

  it("hold a message and what is behind it, but no ping", () => {
    const held: Held[] = [];
    const hold = (one: Held): void => void held.push(one);
    const { sink, push } = flowOf({
      interception: rulesOf((passing) => (isText(passing, "stop") ? { hold } : {})),
    });
    push(concat([text("a"), text("stop"), text("b"), ping("p"), hex("88 00")]));
    expect(said(sink.written)).toEqual(["1:a", "9:p"]);
    held[0]!.release();
    expect(said(sink.written)).toEqual(["1:a", "9:p", "1:stop", "1:b", "8:"]);
    held[0]!.drop();
    expect(said(sink.written)).toHaveLength(5);
  });

  it.each<[string, Verdict, string[], string[]]>([
    ["dropped", { drop: true }, ["9:p", "10:q"], ["dropped ← text of 2 B"]],
    ["changed", { data: utf8("c") }, ["9:p", "10:q", "1:c"], ["changed ← text of 2 B, to 1 B"]],
    [
      "held",
      { hold: () => undefined },
      ["9:p", "10:q"],
      ["← ping of 1 B overtook what waits", "← pong of 1 B overtook what waits"],
    ],
  ])("let pings within a message go on that is %s", (_, verdict, left, told) => {
    const interception = rulesOf(({ opcode }) => (opcode === Opcode.text ? verdict : {}));
    const { sink, push, notes } = flowOf({ interception });
    push(concat([text("a", { fin: false }), ping("p"), hex("8a 01 71")]));
    expect(said(sink.written)).toEqual([]);
    push(text("b", { opcode: 0 }));
    expect([said(sink.written), notes]).toEqual([left, told]);
  });

  it("let pings overtake a message that takes long to become whole, and say so", () => {
    vi.useFakeTimers();
    const { sink, push, notes } = flowOf({ interception: rulesOf(() => ({})) });
    push(concat([text("a", { fin: false }), ping("p")]));
    vi.advanceTimersByTime(999);
    expect(said(sink.written)).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(said(sink.written)).toEqual(["9:p"]);
    push(concat([ping("q"), text("b", { opcode: 0 })]));
    expect(said(sink.written)).toEqual(["9:p", "1:a", "9:q", "0:b"]);
    expect(notes).toEqual(["← ping of 1 B overtook what waits"]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("say that a ping overtook what is held, and not that one was delayed itself", () => {
    vi.useFakeTimers();
    const verdicts: Record<number, Verdict> = { 1: { hold: () => undefined }, 10: { delayMs: 9 } };
    const { sink, push, notes } = flowOf({
      interception: rulesOf(({ opcode }) => verdicts[opcode] ?? {}),
    });
    push(concat([text("a"), ping("p"), hex("8a 00")]));
    vi.advanceTimersByTime(9);
    expect(said(sink.written)).toEqual(["9:p", "10:"]);
    expect(notes).toEqual(["← ping of 1 B overtook what waits"]);
  });

  it("let nothing come behind a Close: it waits for a ping that is held", () => {
    const held: Held[] = [];
    const hold = (one: Held): void => void held.push(one);
    const { sink, push } = flowOf({
      interception: rulesOf(({ opcode }) => (opcode === Opcode.ping ? { hold } : {})),
    });
    push(concat([ping("p"), text("a"), hex("88 00")]));
    expect(said(sink.written)).toEqual(["1:a"]);
    held[0]!.release();
    expect(said(sink.written)).toEqual(["1:a", "9:p", "8:"]);
  });

  it.each(["shut", "dispose"] as const)("leave no timer of a ping behind: %s", (end) => {
    vi.useFakeTimers();
    const { flow, sink, push } = flowOf({ interception: rulesOf(() => ({})) });
    push(concat([text("a", { fin: false }), ping("p")]));
    flow[end](1001, "");
    expect(said(sink.written).slice(0, 1)).toEqual(end === "shut" ? ["9:p"] : []);
    expect([vi.getTimerCount(), flow.waiting]).toEqual([0, 0]);
  });

  it("let what is held be changed or dropped", () => {
    const held: Held[] = [];
    const gone: string[] = [];
    const hold = (one: Held): void => {
      held.push(one);
      one.onGone(() => gone.push("gone"));
    };
    const { sink, push } = flowOf({ interception: rulesOf(() => ({ hold })) });
    push(concat([text("a"), text("b")]));
    held[1]!.drop();
    expect(said(sink.written)).toEqual([]);
    held[0]!.release(utf8("A"));
    expect([said(sink.written), gone]).toEqual([["1:A"], ["gone", "gone"]]);
  });

  it("delay, each for itself, in order", () => {
    vi.useFakeTimers();
    const { sink, push } = flowOf({
      interception: rulesOf((passing) => (isText(passing, "b") ? {} : { delayMs: 100 })),
    });
    push(text("a"));
    vi.advanceTimersByTime(60);
    push(concat([text("b"), text("c")]));
    vi.advanceTimersByTime(39);
    expect(said(sink.written)).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(said(sink.written)).toEqual(["1:a", "1:b"]);
    vi.advanceTimersByTime(60);
    expect(said(sink.written)).toEqual(["1:a", "1:b", "1:c"]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("do not keep a direction open that ended within a frame", () => {
    vi.useFakeTimers();
    const interception = rulesOf(({ opcode }) => (opcode === Opcode.ping ? { delayMs: 9 } : {}));
    const { flow, sink, push } = flowOf({ interception });
    push(concat([ping("p"), text("cut").subarray(0, 3)]));
    flow.end();
    expect([toHex(sink.written), sink.isEnded, vi.getTimerCount()]).toEqual(["810363", true, 0]);
  });

  it("forget what waits when the sink is gone", () => {
    vi.useFakeTimers();
    const gone: string[] = [];
    const hold = (held: Held): void => held.onGone(() => gone.push("gone"));
    const { flow, push } = flowOf({ interception: rulesOf(() => ({ hold, delayMs: 1000 })) });
    push(concat([text("a"), ping("p")]));
    flow.dispose();
    expect([gone, vi.getTimerCount(), flow.waiting]).toEqual([["gone", "gone"], 0, 0]);
  });

  it("leave a message alone that is longer than what is kept", () => {
    const judged: number[] = [];
    const interception = rulesOf(({ wireLength }) => {
      judged.push(wireLength);
      return { drop: true };
    });
    const { sink, push } = flowOf({ interception, maxWaiting: 1000 });
    const payload = filler(1010);
    const stream = encodeFrame({ opcode: Opcode.binary, payload, maskKey: 9 });
    const half = stream.length - 5;
    push(stream.subarray(0, half));
    expect(sink.written).toHaveLength(half);
    push(stream.subarray(half));
    expect(toHex(sink.written)).toBe(toHex(stream));
    push(text("next"));
    expect(judged).toEqual([4]);
  });

  it("let a frame pass at once that announces more than is kept", () => {
    const { sink, push } = flowOf({ interception: rulesOf(() => ({ drop: true })) });
    const begun = hex("82 ff 40 00 00 00 00 00 00 00 01 02 03 04");
    for (const piece of singly(begun)) push(piece);
    expect(toHex(sink.written)).toBe(toHex(begun));
  });
});

describe("compressed messages that refer to earlier ones", () => {
  const TEXTS = ["first, and repeated", "first, and repeated", "second, first, and repeated", "x"];

  /** All messages as a deflater with one context makes them. */
  function deflated(): Uint8Array[] {
    const deflate = createDeflateStream();
    return TEXTS.map((payload) =>
      encodeFrame({ opcode: Opcode.text, rsv1: true, payload: deflate(utf8(payload)) }),
    );
  }

  it.each([
    ["dropped", { drop: true }, []],
    ["changed", { data: utf8("changed") }, ["1:changed"]],
  ] as const)("are inflated once one is %s", (_, verdict, first) => {
    let isFirst = true;
    const judge = (): Verdict => {
      const given = isFirst ? verdict : {};
      isFirst = false;
      return given;
    };
    const { sink, push } = flowOf({ deflate: TAKEOVER, interception: rulesOf(judge) });
    for (const frame of deflated()) push(frame);
    const frames = new FrameParser().push(sink.written);
    expect(frames.every(({ header }) => !header.rsv1)).toBe(true);
    expect(said(sink.written)).toEqual([...first, ...TEXTS.slice(1).map((one) => `1:${one}`)]);
  });

  it("stay as they are where each stands alone", () => {
    const { sink, push } = flowOf({
      deflate: { ...TAKEOVER, serverNoContextTakeover: true },
      interception: rulesOf((passing) => ({ drop: isText(passing, "a") })),
    });
    const frames = ["a", "b"].map((payload) =>
      encodeFrame({ opcode: 1, rsv1: true, payload: createDeflateStream()(utf8(payload)) }),
    );
    for (const frame of frames) push(frame);
    expect(toHex(sink.written)).toBe(toHex(frames[1]!));
  });

  it("stay as they are when one was only held or delayed", () => {
    const held: Held[] = [];
    const { sink, push } = flowOf({
      deflate: TAKEOVER,
      interception: rulesOf(() => ({ hold: (one) => void held.push(one) })),
    });
    const frames = deflated();
    for (const frame of frames) push(frame);
    for (const one of held) one.release();
    expect(toHex(sink.written)).toBe(toHex(concat(frames)));
  });

  it("cannot go on where one is too broken to be inflated", () => {
    const { stuck, push } = flowOf({
      deflate: TAKEOVER,
      interception: rulesOf((passing) => ({ drop: isText(passing, TEXTS[0]!) })),
    });
    push(deflated()[0]!);
    push(encodeFrame({ opcode: 1, rsv1: true, payload: hex("ff ff ff ff") }));
    expect(stuck).toEqual([expect.stringMatching(/cannot be inflated/)]);
  });
});

describe("frames of the relay's own", () => {
  it("wait for the end of a message, and of a frame", () => {
    const { flow, sink, push, events } = flowOf();
    push(text("a", { fin: false }));
    flow.send(Opcode.text, utf8("own"));
    push(ping("p").subarray(0, 1));
    push(ping("p").subarray(1));
    expect(said(sink.written)).toEqual(["1:a", "9:p"]);
    push(text("b", { opcode: 0 }));
    expect(said(sink.written)).toEqual(["1:a", "9:p", "0:b", "1:own"]);
    expect(events.at(-1)).toMatchObject({ type: "message", dir: "in", data: utf8("own") });
    flow.send(Opcode.ping, utf8("q"));
    expect(said(sink.written).at(-1)).toBe("9:q");
  });

  it("close at the end of the frame; what comes after is dropped", () => {
    const { flow, sink, push } = flowOf({ watched: false });
    const frame = text("whole");
    push(frame.subarray(0, 3));
    flow.shut(1001, "");
    expect(toHex(sink.written)).toBe(toHex(frame.subarray(0, 3)));
    push(concat([frame.subarray(3), text("more")]));
    push(text("late"));
    expect(said(sink.written).slice(0, 1)).toEqual(["1:whole"]);
    expect(toHex(sink.written)).toMatch(/880203e9$/);
    expect(sink.isEnded).toBe(false);
    flow.endWhenShut();
    expect(sink.isEnded).toBe(true);
  });

  it("close after what is held, once", () => {
    const hold = (): void => undefined;
    const { flow, sink, push } = flowOf({ interception: rulesOf(() => ({ hold })) });
    push(text("held"));
    flow.shut(1001, "bye");
    flow.shut(1001, "bye");
    expect(said(sink.written)).toEqual(["1:held", "8:\u0003\ufffdbye"]);
  });

  it("do not close after another Close", () => {
    const { flow, sink, push } = flowOf();
    push(hex("88 00"));
    flow.shut(1001, "");
    expect(toHex(sink.written)).toBe("8800");
  });
});

describe("a gate", () => {
  const limits = { maxMessageLength: 3 };

  it.each([true, false])("stands before rules, and closes between two frames: %s", (watched) => {
    const judged: number[] = [];
    const interception = rulesOf(({ wireLength }) => {
      judged.push(wireLength);
      return {};
    });
    const gate = new FrameGate(limits, undefined);
    const onBreach = (_: string, flow: RelayFlow): void => flow.shut(1009, "");
    const { sink, push, notes } = flowOf({
      gate,
      watched,
      onBreach,
      ...(watched && { interception }),
    });
    for (const piece of singly(concat([text("abc"), text("abcd"), hex("88 00")]))) push(piece);
    expect(said(sink.written)).toEqual(["1:abc", "8:\u0003\ufffd"]);
    // The Close of the source is seen behind what was refused.
    expect([judged, notes]).toEqual([watched ? [3] : [], ["close"]]);
  });

  it.each(["end", "flush"] as const)("keeps nothing of what has come before an %s", (end) => {
    const { flow, sink, push } = flowOf({ gate: new FrameGate(limits, undefined) });
    push(hex("81"));
    expect(sink.written).toHaveLength(0);
    flow[end]();
    expect(toHex(sink.written)).toBe("81");
  });

  it("has what is closed closed at once, in the midst of a header too", () => {
    const { flow, sink, push } = flowOf({ gate: new FrameGate(limits, undefined) });
    push(hex("81"));
    flow.shut(1001, "");
    expect(toHex(sink.written)).toBe("880203e9");
  });

  it("reads on until a compressed frame is whole, however long", () => {
    const gate = new FrameGate({ maxMessageLength: 5000 }, createInflate());
    const { source, sink, push } = flowOf({ gate, maxWaiting: 1000 });
    const frame = encodeFrame({ opcode: 2, rsv1: true, payload: filler(4000) });
    push(frame.subarray(0, 3000));
    expect([source.isPaused, sink.writtenLength]).toEqual([false, 0]);
    push(frame.subarray(3000));
    expect(toHex(sink.written)).toBe(toHex(frame));
  });
});

describe("a source is read no faster", () => {
  it("than its sink takes the bytes", () => {
    const { source, sink, push } = flowOf();
    sink.writableNeedDrain = true;
    push(text("a"));
    expect(source.isPaused).toBe(true);
    sink.congest(false);
    expect(source.isPaused).toBe(false);
  });

  it("than what is held leaves", () => {
    const held: Held[] = [];
    const { flow, source, push } = flowOf({
      interception: rulesOf(() => ({ hold: (one) => void held.push(one) })),
      maxWaiting: 10_000,
    });
    const frame = encodeFrame({ opcode: Opcode.binary, payload: filler(1024) });
    while (!source.isPaused) push(frame);
    expect(flow.waiting).toBeLessThan(10_000 + 2 * frame.length);
    for (const one of held) one.release();
    expect([flow.waiting, source.isPaused]).toEqual([0, false]);
  });

  it("than whoever looks on, of whom there may be several", () => {
    const { flow, source } = flowOf();
    const [one, other] = [flow.hold(), flow.hold()];
    one();
    expect(source.isPaused).toBe(true);
    other();
    expect(source.isPaused).toBe(false);
  });
});
