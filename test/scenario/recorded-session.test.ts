import { describe, expect, it } from "vitest";
import { SessionReader } from "../../src/scenario/recorded-session.ts";
import { eventFromJson } from "../../src/transport/event-from-json.ts";
import { after, frameLines, messageLine, openLine, recorded } from "../helpers/recorded.ts";

function read(lines: readonly string[]) {
  const session = new SessionReader();
  for (const [i, line] of lines.entries()) {
    const where = `line ${i + 1}`;
    session.push(eventFromJson(JSON.parse(line), where)!, where);
  }
  const end = session.end();
  return (
    end && {
      greetings: end.greetings,
      steps: end.steps.map(({ kind, payload, gapMs, replies }) => {
        return [kind, Buffer.from(payload).toString("latin1"), gapMs, replies];
      }),
    }
  );
}

describe("SessionReader", () => {
  it("tells gaps and replies of messages", () => {
    expect(
      read([
        openLine(10),
        messageLine(11, "in", "welcome"),
        messageLine(12.5, "out", "a"),
        messageLine(13, "in", "1"),
        messageLine(14, "in", "2"),
        messageLine(14.25, "out", Buffer.from("b")),
        messageLine(14.25, "out", ""),
        messageLine(15, "in", "3"),
      ]),
    ).toEqual({
      greetings: 1,
      steps: [
        ["text", "a", 2.5, 2],
        ["binary", "b", 1.75, 0],
        ["text", "", 0, 1],
      ],
    });
  });

  it("counts from the first event where the opening is not recorded, and never backwards", () => {
    const lines = [
      messageLine(3, "in", "x"),
      messageLine(7, "out", "a"),
      messageLine(5, "out", "b"),
    ];
    expect(read(lines)?.steps).toEqual([
      ["text", "a", 4, 0],
      ["text", "b", 0, 0],
    ]);
  });

  it("knows no gaps where the recording knows no time", () => {
    const lines = [messageLine(3, "out", "a"), messageLine(7, "out", "b")];
    const timeless = lines.map((line) => line.replace(/"t":"[^"]+","ns":"\d+",/, ""));
    expect(read(timeless)?.steps).toEqual([
      ["text", "a", 0, 0],
      ["text", "b", 0, 0],
    ]);
  });

  it("puts frames together where no message is recorded", () => {
    const lines = [
      openLine(0),
      ...frameLines(1, "in", [
        { opcode: 1, fin: false, payload: "wel" },
        { opcode: 0, payload: "come" },
      ]),
      ...frameLines(5, "out", [
        { opcode: 1, fin: false, payload: Buffer.from([0x61, 0xc3]) },
        { opcode: 9, payload: "ping" },
        { opcode: 0, fin: false, payload: Buffer.from([0xa4]) },
        { opcode: 0, payload: "b" },
        { opcode: 2, payload: "c" },
      ]),
      ...frameLines(10, "in", [{ opcode: 10 }, { opcode: 2, payload: "r" }]),
      ...frameLines(12, "out", [{ opcode: 8 }]),
    ];
    expect(read(lines)).toEqual({
      greetings: 1,
      steps: [
        ["text", "a\xc3\xa4b", 8, 0],
        ["binary", "c", 1, 1],
      ],
    });
  });

  it("counts nothing twice where both frames and messages are recorded", () => {
    const lines = [
      openLine(0),
      ...frameLines(1, "in", [{ opcode: 1, payload: "hi" }]),
      messageLine(1, "in", "hi"),
      ...frameLines(2, "out", [{ opcode: 1, rsv1: true, payload: "packed" }]),
      messageLine(2, "out", "plain"),
      ...frameLines(3, "out", [{ opcode: 1, payload: "more" }]),
      messageLine(3, "out", "more"),
    ];
    expect(read(lines)).toEqual({
      greetings: 1,
      steps: [
        ["text", "plain", 2, 0],
        ["text", "more", 1, 0],
      ],
    });
  });

  it("leaves heartbeats out, sent and answered", () => {
    const beat = { type: "message", kind: "text", heartbeat: true, conn: "1" } as const;
    const lines = [
      openLine(0),
      messageLine(1, "out", "a"),
      ...frameLines(2, "out", [{ opcode: 1, payload: "ping" }]),
      recorded({ ...beat, dir: "out", data: Buffer.from("ping"), at: after(2) }),
      recorded({ ...beat, dir: "in", data: Buffer.from("pong"), at: after(3) }),
    ];
    expect(read(lines)).toEqual({ greetings: 0, steps: [["text", "a", 1, 0]] });
    expect(read(lines.toSpliced(1, 1))).toBeUndefined();
  });

  it("drops a message that another interrupts", () => {
    const lines = frameLines(0, "out", [
      { opcode: 1, fin: false, payload: "lost" },
      { opcode: 1, payload: "kept" },
    ]);
    expect(read(lines)?.steps).toEqual([["text", "kept", 1, 0]]);
  });

  it("has nothing where nothing was sent", () => {
    expect(read([])).toBeUndefined();
    expect(read([openLine(0), messageLine(1, "in", "x")])).toBeUndefined();
  });

  it.each([
    [
      [{ opcode: 1, rsv1: true, payload: "x" }],
      "line 1: the frame is compressed, and no message is recorded beside it",
    ],
    [
      [
        { opcode: 1, payload: "x" },
        { opcode: 0, payload: "y" },
      ],
      "line 2: the frame continues nothing",
    ],
    [
      [{ opcode: 3 }, { opcode: 1, rsv1: true, payload: "x" }],
      "line 1: the frame has a reserved opcode",
    ],
  ])("refuses frames that do not tell what was sent: %j", (sketches, message) => {
    expect(() => read(frameLines(0, "out", sketches))).toThrow(
      expect.objectContaining({ code: "usage", message }),
    );
  });

  it("refuses a message that is not whole", () => {
    const cut = messageLine(1, "out", "long").replace('"length":4', '"length":9');
    expect(() => read([openLine(0), cut])).toThrow(
      "line 2: the payload is not as long as what was sent",
    );
  });
});
