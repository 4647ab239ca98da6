import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PassThrough } from "node:stream";
import { fileURLToPath } from "node:url";
import { constants, deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { main } from "../../src/cli.ts";
import { encodeClosePayload } from "../../src/protocol/close-codes.ts";
import { concat, filler, hex, toHex } from "../helpers/bytes.ts";
import { frameBytes } from "../helpers/frame-events.ts";
import { expectGolden } from "../helpers/golden.ts";
import { memoryIo, type MemoryIoOptions } from "../helpers/memory-io.ts";

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function dump(args: readonly string[], options: MemoryIoOptions = {}): Promise<Ran> {
  const io = memoryIo(options);
  const code = await main(["frame-dump", ...args], io);
  return { code, out: io.out(), err: io.err() };
}

async function expectUsage(
  args: readonly string[],
  message: string,
  options?: MemoryIoOptions,
): Promise<void> {
  const { code, out, err } = await dump(args, options);
  expect([code, out]).toEqual([2, ""]);
  expect(err.trimEnd().split("\n")).toHaveLength(1);
  expect(err).toContain(message);
}

async function expectOut(ran: Promise<Ran>, out: string): Promise<void> {
  expect(await ran).toEqual({ code: 0, out, err: "" });
}

const HELLO = "81 85 37 fa 21 3d 7f 9f 4d 51 58";
const HELLO_LINE = "→ text       5 B  FIN  mask 37fa213d  Hello\n";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "framecat-frame-dump-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe("where the bytes come from", () => {
  it("words of hex", () => expectOut(dump(HELLO.split(" ")), HELLO_LINE));
  it("words after a flag", () => expectOut(dump(["-q", ...HELLO.split(" ")]), HELLO_LINE));
  it("one word", () => expectOut(dump([HELLO.replaceAll(" ", "")]), HELLO_LINE));
  it("stdin", () => expectOut(dump([], { stdin: HELLO }), HELLO_LINE));
  it("- for stdin", () => expectOut(dump(["-"], { stdin: hex(HELLO) }), HELLO_LINE));
  it("a file of bytes", () => expectOut(dump([file("a.bin", hex(HELLO))]), HELLO_LINE));
  it("a file of hex", () => expectOut(dump([file("a.hex", HELLO)]), HELLO_LINE));

  it("a file rather than hex, where its name is both", async () => {
    const name = join(folder, "8100");
    writeFileSync(name, hex("8900"));
    expect((await dump([name])).out).toMatch(/^← ping/);
  });

  it("a terminal, which is told what is awaited", async () => {
    const io = memoryIo({ tty: true, columns: 80, env: { TERM: "dumb" } });
    const done = main(["frame-dump"], io);
    await io.seen(/end with Ctrl-D/);
    io.stdin.end(HELLO);
    expect(await done).toBe(0);
    expect(io.out()).toBe(HELLO_LINE);
  });

  it("what it is told that it is", async () => {
    const text = "\tAB";
    expect((await dump(["--input-format", "binary"], { stdin: text })).out).toMatch(/^← ping/);
    await expectUsage(["--input-format", "hex"], "is not hex", { stdin: hex(HELLO) });
  });
});

const deflated = deflateRawSync("the quick brown fox", { finishFlush: constants.Z_SYNC_FLUSH });

/** A bit of everything, both ways. */
const STORY = concat([
  frameBytes({ opcode: 1, maskKey: 0x37fa213d, payload: "Hello" }),
  frameBytes({ opcode: 1, payload: "Hello" }),
  frameBytes({ opcode: 1, fin: false, payload: "frag" }),
  frameBytes({ opcode: 9, payload: hex("7f01") }),
  frameBytes({ opcode: 0, payload: "ment" }),
  frameBytes({ opcode: 10, maskKey: 0x90c1e2aa, payload: hex("7f01") }),
  frameBytes({ opcode: 1, rsv1: true, payload: deflated.subarray(0, -4) }),
  frameBytes({ opcode: 2, payload: filler(40) }),
  frameBytes({ opcode: 2, payload: filler(300) }),
  frameBytes({ opcode: 1, payload: "\x1b[31mred\x1b[0m \u202e \u009b2J\nnext" }),
  frameBytes({ opcode: 1, payload: hex("61 ff") }),
  frameBytes({ opcode: 3, rsv2: true, payload: "?" }),
  frameBytes({ opcode: 2, lengthForm: 64, payload: "x" }),
  frameBytes({ opcode: 8, payload: encodeClosePayload(1001, "bye") }),
  frameBytes({ opcode: 8, maskKey: 0x01020304, payload: encodeClosePayload(1001, "bye") }),
]);

describe("what it prints", () => {
  const screen = { tty: true, columns: 80, env: { TERM: "dumb" } };
  const expectPrinted = async (
    name: string,
    args: readonly string[],
    options: MemoryIoOptions = {},
  ) => {
    const { code, out, err } = await dump(args, { stdin: STORY, ...options });
    expect([code, err.replace(/^framecat: reading hex.*\n/, "")]).toEqual([0, ""]);
    expectGolden(`frame-dump/${name}`, out);
  };

  it("a line for each frame", () => expectPrinted("lines.txt", ["--deflate", "--max-print", "64"]));
  it("on a screen", () => expectPrinted("screen.txt", ["--deflate", "--max-print", "64"], screen));
  it("without deflate", () => expectPrinted("no-deflate.txt", ["--max-print", "16"]));
  it("-v", () => expectPrinted("verbose.txt", ["-v", "--deflate", "--max-print", "16"]));
  it("-vv", () => expectPrinted("very-verbose.txt", ["-vv", "--deflate", "--max-print", "16"]));
  it("--hex", () => expectPrinted("hex.txt", ["--hex", "--deflate", "--max-print", "32"]));
  it("--format ndjson", () => expectPrinted("events.ndjson", ["--format", "ndjson", "--deflate"]));
  it("--color always", () =>
    expectPrinted("color.txt", ["--color", "always", "--max-print", "16"]));
  it("--diagram", async () => {
    const { out } = await dump(["--diagram", ...HELLO.split(" ")]);
    expectGolden("frame-dump/diagram.txt", out);
  });
});

describe("--decode", () => {
  const message = (payload: string, opcode = 2) => frameBytes({ opcode, payload: hex(payload) });
  const decoded = (form: string, stdin: Uint8Array, ...args: string[]) =>
    dump(["--decode", form, ...args], { stdin });

  it("shows what messages say, below the frame that completes them", async () => {
    const stdin = concat([
      frameBytes({ opcode: 2, fin: false, payload: hex("cafe01") }),
      frameBytes({ opcode: 9 }),
      frameBytes({ opcode: 0, payload: hex("02ff") }),
    ]);
    await expectOut(
      decoded("struct:>H:magic B:version *:data", stdin),
      [
        "← binary     3 B       fragment 1  cafe01",
        "← ping       0 B  FIN",
        "← cont.      2 B  FIN  fragment 2",
        "  {",
        "    magic: 51966,",
        "    version: 1,",
        "    data: h'02ff'",
        "  }",
        "",
      ].join("\n"),
    );
  });

  it("shows where a message stopped making sense, and its bytes where nothing did", async () => {
    await expectOut(
      decoded("cbor", concat([message("820165"), message("1c")])),
      [
        "← binary     3 B  FIN",
        "  [1]",
        "  ! stopped at byte 3: the bytes end here, and a text was to follow",
        "← binary     1 B  FIN  1c",
        "  ! stopped at byte 0: no item of CBOR begins with 0x1c",
        "",
      ].join("\n"),
    );
  });

  it("leaves text to --decode json", async () => {
    await expectOut(decoded("cbor", message("3031", 1)), "← text       2 B  FIN  01\n");
    await expectOut(decoded("json", message("20310a", 1)), "← text       3 B  FIN  1\n");
  });

  it("stands below the bytes that --hex asks for", async () => {
    const { out } = await decoded("msgpack", message("c3"), "--hex");
    expect(out.split("\n").map((line) => line.trimEnd().slice(0, 14))).toEqual([
      "← binary     1",
      "  header    82",
      "  payload   c3",
      "  true",
      "",
    ]);
  });

  it("inflates first", async () => {
    const payload = deflateRawSync("[1]", { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
    const { out } = await decoded(
      "json",
      frameBytes({ opcode: 1, rsv1: true, payload }),
      "--deflate",
    );
    expect(out).toMatch(/deflate 3→\d+ B +\[1\]\n$/);
  });

  it("is one line where it is wrong, and nothing is read", async () => {
    await expectUsage(["--decode", "struct:>Hz"], 'position 3: "z" is no letter');
  });
});

describe("ndjson", () => {
  it("has a line for each frame, with the words of the other commands", async () => {
    const { out } = await dump(["--format", "ndjson", "--deflate"], { stdin: STORY });
    const events = out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(events).toHaveLength(15);
    for (const event of events) {
      expect(event).toMatchObject({ v: "framecat.event/1", conn: "1", type: "frame" });
    }
    expect(events[0]).toMatchObject({
      dir: "out",
      opcodeName: "text",
      maskKey: "37fa213d",
      text: "Hello",
    });
    expect(events[6]).toMatchObject({ dir: "in", rsv1: true, inflatedLength: 19 });
  });

  it("tells no time, because raw bytes have none", async () => {
    const { out } = await dump(["--format", "ndjson", "8100"]);
    expect(Object.keys(JSON.parse(out) as object)).not.toContain("t");
    expect(Object.keys(JSON.parse(out) as object)).not.toContain("ns");
  });
});

describe("payloads full of escape sequences", () => {
  const evil = Array.from({ length: 0x2070 }, (_, code) => String.fromCharCode(code)).join("");
  const frames = concat([
    frameBytes({ opcode: 1, payload: evil }),
    frameBytes({ opcode: 2, payload: evil.slice(0, 256) }),
    frameBytes({ opcode: 9, payload: "\x1b[2J\x9b" }),
    frameBytes({ opcode: 8, payload: encodeClosePayload(1000, "\x1b]0;owned\x07\u202e") }),
  ]);

  it.each([[[]], [["--hex"]], [["--diagram", "-vv"]], [["--format", "ndjson"]]])(
    "print none of them %j",
    async (args) => {
      for (const tty of [true, false]) {
        const io = memoryIo({ stdin: frames, tty, columns: 80, env: { NO_COLOR: "1" } });
        await main(["frame-dump", "--max-print", "64KiB", ...args], io);
        expect(io.out()).not.toMatch(
          /[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/,
        );
        expect(io.out()).toMatch(/close/);
      }
    },
  );
});

describe("bytes that end too early", () => {
  it("show what is there, and say on stderr what is missing", async () => {
    expect(await dump(["81", "05", "68", "65"])).toEqual({
      code: 0,
      out: expect.stringContaining("← text       5 B  FIN  he … 2 of 5 B\n  ! The stream ended"),
      err: "framecat: the input ends within the payload of the frame at byte 0: 3 of 5 B are missing\n",
    });
  });

  it("in a header show the frames before", async () => {
    expect(await dump(["8900", "81fe01"])).toEqual({
      code: 0,
      out: "← ping       0 B  FIN\n",
      err: "framecat: the input ends within the header of the frame at byte 2: at least 5 of 8 B are missing\n",
    });
  });

  it("tell a length that no number holds", async () => {
    const { err } = await dump(["827fffffffffffffffff", "00"]);
    expect(err).toContain("18,446,744,073,709,551,614 of 18,446,744,073,709,551,615 B are missing");
  });

  it("say nothing with --quiet", async () => {
    expect((await dump(["-q", "8105"])).err).toBe("");
  });
});

describe("what it refuses", () => {
  it("an empty input", async () => {
    await expectUsage([], "stdin is empty", { stdin: "" });
    await expectUsage([file("empty", "")], "is empty");
    await expectUsage([file("blank", "\n \n")], "holds no bytes");
    await expectUsage([""], "the arguments hold no bytes");
  });

  it("what is neither a file nor hex", async () => {
    await expectUsage(
      ["nowhere.bin"],
      'no file is named "nowhere.bin", and "nowhere.bin" is not hex',
    );
    await expectUsage(["81", "zz"], '"zz" is not hex');
    await expectUsage(["8"], '"8" has one digit');
  });

  it("text that is no hex, by its place", async () => {
    await expectUsage([], "stdin, line 2, column 4: ", { stdin: "81 05\n68 hello" });
    await expectUsage([file("a.txt", "hello")], 'a.txt, line 1, column 1: "hello" is not hex');
  });

  it("a directory, and a second file", async () => {
    await expectUsage([folder], "is a directory");
    await expectUsage(
      [file("a", hex("8100")), "8100"],
      'unexpected argument "8100" after the file',
    );
  });

  it.skipIf(process.getuid?.() === 0)("a file that it may not read", async () => {
    const path = join(folder, "secret");
    writeFileSync(path, hex("8100"), { mode: 0 });
    await expectUsage([path], "permission denied");
  });

  it("a capture that ends in its head, a format by the wrong name, and two forms at a time", async () => {
    const cut = file("cut.pcap", hex("d4c3b2a1 02000400"));
    expect((await dump([cut])).err).toMatch(/^framecat: .*cut/);
    await expectUsage(
      ["--input-format", "pcap", file("no.pcap", HELLO)],
      "neither pcap nor pcapng",
    );
    await expectUsage(["--table", "--tree", HELLO], "--table and --tree exclude each other");
    await expectUsage(["--diagram", "--table", HELLO], "--table and --diagram exclude each other");
    await expectUsage(["--json", "--hex", HELLO], "--json and --hex exclude each other");
    const summary = ["--summary", "--json", "--hex", HELLO];
    await expectUsage(summary, "--summary and --json exclude each other");
  });

  it("wrong flags", async () => {
    await expectUsage(["--max-print", "5x", "8100"], "--max-print must be a size");
    await expectUsage(["--format", "xml", "8100"], "--format must be one of");
  });
});

describe("any bytes", () => {
  it("give output or one clear error, and never a defect", async () => {
    const args = fc.subarray(["--deflate", "--diagram", "--hex", "-v"]);
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), args, async (bytes, flags) => {
        const { code, out, err } = await dump(flags, { stdin: bytes });
        expect([0, 2]).toContain(code);
        if (code === 2) expect(out).toBe("");
        expect(err.split("\n").length).toBeLessThanOrEqual(2);
        expect(err).not.toContain("defect");
      }),
    );
  });

  it("give every frame however slowly they come", async () => {
    const whole = await dump([], { stdin: STORY });
    const io = memoryIo();
    const done = main(["frame-dump"], io);
    for (let at = 0; at < STORY.length; at += 7) io.stdin.write(STORY.subarray(at, at + 7));
    io.stdin.end();
    expect(await done).toBe(0);
    expect(io.out()).toBe(whole.out);
  });
});

describe("a reader that goes away", () => {
  it("ends it quietly, also while it waits for more", async () => {
    const io = memoryIo();
    const done = main(["frame-dump"], io);
    io.stdin.write(STORY);
    await io.seen(/Hello/);
    io.stdout.destroy(Object.assign(new Error("write EPIPE"), { code: "EPIPE" }));
    expect(await done).toBe(0);
    expect(io.err()).toBe("");
  });
});

describe("a reader that is slow", () => {
  it("is waited for, so that memory stays bounded", async () => {
    const io = memoryIo();
    const reader = io.stdout as PassThrough;
    reader.pause();
    const done = main(["frame-dump"], io);
    const piece = concat(
      Array.from({ length: 1000 }, () => frameBytes({ opcode: 1, payload: "x".repeat(60) })),
    );
    let taken = 0;
    while (taken < 100 && io.stdin.write(piece)) taken += 1;
    expect(io.stdin.writableNeedDrain).toBe(true);
    io.stdin.end();
    reader.resume();
    expect(await done).toBe(0);
    expect(io.out().split("\n").length - 1).toBe((taken + 1) * 1000);
  });
});

const FORMS = fileURLToPath(new URL("../../../shared/captures/textforms/", import.meta.url));

describe.skipIf(!existsSync(FORMS))("real pastes (skipped without ../shared/captures)", () => {
  it.each(["hex", "bin", "hexdump-C", "xxd"])("%s give the same lines", async (form) => {
    const [{ out }, known] = await Promise.all([
      dump([`${FORMS}01-basic.server-frames.${form}`]),
      dump([toHex(readFileSync(`${FORMS}01-basic.server-frames.bin`))]),
    ]);
    expect(out).toBe(known.out);
    expect(out.split("\n")[0]).toBe("← text       7 B  FIN  welcome");
  });
});

describe("xxd and hexdump of this machine", () => {
  const has = (tool: string) => {
    try {
      execFileSync("sh", ["-c", `command -v ${tool}`]);
      return true;
    } catch {
      return false;
    }
  };
  const tools = [
    "xxd",
    "xxd -i",
    "xxd -p",
    "hexdump",
    "hexdump -C",
    "od -x",
    "od -t x1",
    "od -A x -t x1",
    "od -A d -t x1z",
  ];

  it.each(tools.filter((tool) => has(tool.split(" ")[0]!)))("%s", async (tool) => {
    const bytes = concat([STORY, frameBytes({ opcode: 2, payload: new Uint8Array(200) })]);
    const stdin = execFileSync("sh", ["-c", tool], {
      input: bytes,
    });
    expect(await dump([], { stdin })).toEqual(await dump([], { stdin: bytes }));
  });
});
