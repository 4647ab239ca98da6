import { describe, expect, it } from "vitest";
import { createDecoding } from "../../../src/capture/streams/decoding.ts";
import { FrameStream } from "../../../src/capture/streams/frame-stream.ts";
import { concat, filler, hex, utf8 } from "../../helpers/bytes.ts";
import { fromClient, fromServer, hear, inShort, Talk } from "../../helpers/talk.ts";

/** What is told after the handshake, without the end. */
async function told(talk: Talk): Promise<string[]> {
  const { events } = await hear(talk.close("server"));
  return inShort(events).slice(1, -1);
}

const long = fromServer("a".repeat(60));

describe("a gap", () => {
  it("within a payload: the frame as far as it came, and the next one at its very byte", async () => {
    const talk = new Talk().open().server(long.slice(0, 20)).lost("server", 10);
    talk.server(concat([long.slice(30), fromServer("next")]));
    expect(await told(talk)).toEqual([
      `1 ← text@0 ${"a".repeat(18)}…`,
      "1 note from the server: 10 B are missing in the capture, from within the frame at byte 0",
      "1 ← text@62 next",
    ]);
  });

  it("up to the very end of a payload", async () => {
    const talk = new Talk().open().server(long.slice(0, 20)).lost("server", 42);
    expect(await told(talk.server(fromServer("?", { opcode: 2 })))).toEqual([
      `1 ← text@0 ${"a".repeat(18)}…`,
      "1 note from the server: 42 B are missing in the capture, from within the frame at byte 0",
      "1 ← binary@62 1 B",
    ]);
  });

  it("beyond a payload: the next certain frame", async () => {
    const talk = new Talk().open().server(long.slice(0, 20)).lost("server", 50);
    talk.server(utf8("rest of it"), fromServer("one"), fromServer("two"), fromServer("three"));
    expect(await told(talk)).toEqual([
      `1 ← text@0 ${"a".repeat(18)}…`,
      "1 note from the server: 50 B are missing in the capture, from within the frame at byte 0",
      "1 note from the server: 50 B are missing in the capture, 10 B before the next certain frame border are passed over",
      "1 ← text@80 one",
      "1 ← text@85 two",
      "1 ← text@90 three",
    ]);
  });

  it("between frames, with a header cut off", async () => {
    const talk = new Talk().open().client(fromClient("before")).client(long.slice(0, 1));
    talk.lost("client", 100).client(fromClient("hello"), fromClient("again"));
    expect(await told(talk)).toEqual([
      "1 → text@0 before",
      "1 note from the client: 100 B are missing in the capture",
      "1 → text@113 hello",
      "1 → text@124 again",
    ]);
  });

  it("before bytes that are no frame for certain: nothing is told of them", async () => {
    const talk = new Talk().open().server(fromServer("x")).lost("server", 100).server(filler(70));
    expect(await told(talk)).toEqual([
      "1 ← text@0 x",
      "1 note from the server: 100 B are missing in the capture, 70 B before the next certain frame border are passed over; no certain frame border came after it",
    ]);
  });

  it("in a fragmented message: it is cut, or not told", async () => {
    const first = fromServer("begin ", { fin: false });
    const last = fromServer("the end of it", { opcode: 0 });
    const within = new Talk().open().server(first.slice(0, 5)).lost("server", 3).server(last);
    expect((await told(within)).at(-1)).toBe("1 ← continuation@8 the end of it = cut");
    const between = new Talk().open().server(first).lost("server", 30);
    between.server(concat([last, fromServer("a new one"), fromServer("and another")]));
    expect((await told(between)).slice(-3)).toEqual([
      "1 ← continuation@38 the end of it",
      "1 ← text@53 a new one",
      "1 ← text@64 and another",
    ]);
  });
});

describe("an end within a frame", () => {
  it("behind a gap tells exactly how much did not come", async () => {
    const header = hex("82 7f 7f ff ff ff ff ff ff ff");
    const talk = new Talk().open().server(header, utf8("abc")).lost("server", 10);
    expect((await told(talk.server(utf8("de")))).at(-1)).toBe(
      "1 note from the server: 9223372036854775792 B of its last frame did not come",
    );
    const short = new Talk().open().server(long.slice(0, 20)).lost("server", 10);
    expect((await told(short.server(long.slice(30, 40)))).at(-1)).toBe(
      "1 note from the server: 22 B of its last frame did not come",
    );
  });

  it("is a breach where the sender says that it was all", async () => {
    const talk = new Talk().open().server(long.slice(0, 20));
    expect(await told(talk)).toEqual([
      `1 ← text@0 ${"a".repeat(18)}… !frame-truncated`,
      "1 note from the server: it ends within a frame. The stream ended in the middle of a frame. Found: 18 of 60 bytes of payload.",
    ]);
  });

  it("is none where only the capture ends", async () => {
    const { events } = await hear(new Talk().open().server(long.slice(0, 20)));
    expect(inShort(events)[1]).toBe(`1 ← text@0 ${"a".repeat(18)}…`);
  });
});

it("nobody is blamed for the end of a message in the gap that cuts its beginning", async () => {
  const start = fromServer("a".repeat(60), { fin: false });
  const end = fromServer("b".repeat(60), { opcode: 0 });
  const talk = new Talk()
    .open()
    .server(start.slice(0, 20))
    .lost("server", 42 + end.length);
  const goodbye = { opcode: 8, payload: Uint8Array.of(3, 232) };
  talk.server(fromServer("", goodbye)).client(fromClient("", goodbye)).close("server");
  const { events } = await hear(talk, { lint: true });
  const found = events.flatMap((event) => (event.type === "finding" ? [event.violation.rule] : []));
  expect(events.filter(({ type }) => type === "frame")).toHaveLength(3);
  expect(found).toEqual(["request-key-sample"]);
});

it("frames come the same in packets of any size", async () => {
  const frames = [
    fromClient("a"),
    fromClient("", { opcode: 9 }),
    fromClient("frag", { fin: false }),
    fromClient("ment", { opcode: 0 }),
    fromClient("é".slice(0, 1), { opcode: 1 }),
    fromClient(filler(3000), { opcode: 2 }),
    fromClient(Uint8Array.of(0xff)),
    fromClient(Uint8Array.of(3, 232), { opcode: 8 }),
    fromClient("late"),
  ];
  const bytes = concat(frames);
  const results = [1, 7, 100, 1448, 9000].map(async (size) => {
    const talk = new Talk().open();
    for (let at = 0; at < bytes.length; at += size) talk.client(bytes.slice(at, at + size));
    const { events } = await hear(talk);
    return inShort(events);
  });
  const [first, ...others] = await Promise.all(results);
  expect(first!.filter((line) => line.includes("→"))).toHaveLength(frames.length);
  for (const other of others) expect(other).toEqual(first);
});

describe("where all connections together hold too much", () => {
  function heardOf(bytes: Uint8Array): { frames: number; notes: string[]; held: number } {
    const decoding = createDecoding({ take: () => undefined });
    const others = 65 * 2 ** 20;
    decoding.budget.held = others;
    const notes: string[] = [];
    let frames = 0;
    const sink = {
      frame: () => void (frames += 1),
      note: (_: unknown, message: string) => void notes.push(message),
      gap: () => undefined,
      end: () => undefined,
    };
    const stream = new FrameStream("in", decoding, sink, { compression: "none", begins: true });
    stream.data(bytes, 0, bytes.length);
    return { frames, notes, held: decoding.budget.held - others };
  }

  it("one direction holds little of a message, and tells that the rest is left out", () => {
    const part = fromServer("a".repeat(6000)).slice(0, 5000);
    const note = "more is under way at once than is kept: the rest is left out";
    const { frames, notes, held } = heardOf(part);
    expect(notes[0]).toBe(`${note}, from within the frame at byte 0`);
    expect({ frames, held }).toEqual({ frames: 1, held: 0 });
    expect(heardOf(part.slice(0, 4000))).toEqual({ frames: 0, notes: [], held: 4000 });
  });
});
