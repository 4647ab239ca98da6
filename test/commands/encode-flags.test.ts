import { inflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { Args } from "../../src/commands/command.ts";
import {
  ENCODE_OPTIONS,
  readFrames,
  readMask,
  strayFrameFlag,
  tellsFrame,
} from "../../src/commands/encode-flags.ts";
import { argsOf } from "../helpers/args.ts";
import { toHex } from "../helpers/bytes.ts";
import { file } from "../helpers/temp-files.ts";

const args = (...argv: string[]): Args => argsOf(ENCODE_OPTIONS, argv);
const frames = (...argv: string[]) =>
  Array.from(readFrames(args(...argv)), ({ payload = new Uint8Array(0), ...spec }) => ({
    ...spec,
    payload: toHex(payload),
  }));

const USUAL = { fin: true, rsv1: false, rsv2: false, rsv3: false, mask: "none", payload: "" };

it.each([
  [["--text", "hé"], { opcode: 1, payload: "68c3a9" }],
  [["--binary", "01 ff"], { opcode: 2, payload: "01ff" }],
  [["--binary", "0x01,0xff"], { opcode: 2, payload: "01ff" }],
  [["--binary", "base64:Af8="], { opcode: 2, payload: "01ff" }],
  [["--close", "1001"], { opcode: 8, payload: "03e9" }],
  [["--close", "1006", "--reason", "x"], { opcode: 8, payload: "03ee78" }],
  [["--opcode", "close"], { opcode: 8 }],
  [["--ping"], { opcode: 9 }],
  [["--pong", "--text", "a"], { opcode: 10, payload: "61" }],
  [["--opcode", "0x3", "--text", "a"], { opcode: 3, payload: "61" }],
  [["--text", "", "--no-fin", "--rsv", "1,3"], { opcode: 1, fin: false, rsv1: true, rsv3: true }],
  [["--text", "", "--mask", "37fa213d"], { opcode: 1, mask: 0x37fa213d }],
  [["--text", "", "--mask", "random"], { opcode: 1, mask: "random" }],
  [
    ["--text", "", "--length", "18446744073709551615", "--length-form", "64"],
    { opcode: 1, declaredLength: 18446744073709551615n, lengthForm: 64 },
  ],
])("%j", (argv, fields) => expect(frames(...argv)).toEqual([{ ...USUAL, ...fields }]));

it("reads a file", () => {
  expect(frames("--binary", `@${file(Buffer.of(1, 2))}`)[0]?.payload).toBe("0102");
});

it("compresses, and takes the tail off", () => {
  const [frame] = readFrames(args("--text", "aaaaaaaaaa", "--deflate"));
  expect(frame?.rsv1).toBe(true);
  const whole = Buffer.concat([frame?.payload ?? Buffer.of(), Buffer.from("0000ffff0300", "hex")]);
  expect(inflateRawSync(whole).toString()).toBe("aaaaaaaaaa");
});

describe("fragments", () => {
  it("have the opcode and the reserved bits first, and FIN last", () => {
    const common = { mask: 1 };
    expect(
      frames("--text", "abcde", "--fragment", "2", "--rsv", "2", "--mask", "00000001"),
    ).toEqual([
      { ...common, opcode: 1, fin: false, rsv1: false, rsv2: true, rsv3: false, payload: "6162" },
      { ...common, opcode: 0, fin: false, payload: "6364" },
      { ...common, opcode: 0, fin: true, payload: "65" },
    ]);
  });

  it("may stay without their end, and may be one", () => {
    expect(frames("--text", "ab", "--fragment", "1", "--no-fin").map(({ fin }) => fin)).toEqual([
      false,
      false,
    ]);
    expect(frames("--text", "", "--fragment", "1KiB")).toHaveLength(1);
  });
});

it.each([
  [["--text", "a", "--binary", "01"], "--text and --binary each tell the payload"],
  [["--text", "a", "--close", "1000"], "--text and --close each tell the payload"],
  [["--ping", "--pong"], "--ping and --pong each tell the opcode"],
  [["--close", "1000", "--opcode", "1"], "--close and --opcode each tell the opcode"],
  [["--text", "a", "--reason", "x"], "--reason needs --close"],
  [["--close", "65536"], "--close must be a whole number from 0 to 65535"],
  [["--close", "1000", "--reason", "x".repeat(124)], "--reason: close reason has 124 bytes"],
  [["--binary", "0z"], "--binary: "],
  [["--binary", "@/nonexistent"], "--binary @/nonexistent: no such file"],
  [["--opcode", "16"], '"16" is no opcode'],
  [["--text", "a", "--rsv", "4"], '--rsv must be 1, 2, 3 or several of them as 1,3, not "4"'],
  [["--text", "a", "--mask", "12"], "--mask 12 is no masking key"],
  [["--text", "a", "--fragment", "0"], "--fragment must be at least 1 byte"],
  [["--text", "a", "--fragment", "2", "--length", "9"], "--length tells of one frame"],
  [["--text", "a", "--length", "x"], "--length x is no length"],
])("%j is refused", (argv, message) => expect(() => frames(...argv)).toThrow(message));

it("knows whether flags tell a frame, and which of them are about one", () => {
  expect(tellsFrame(args())).toBe(false);
  expect(tellsFrame(args("--mask", "none"))).toBe(false);
  expect(tellsFrame(args("--text", ""))).toBe(true);
  expect(tellsFrame(args("--ping"))).toBe(true);
  expect(strayFrameFlag(args("--mask", "none"))).toBe(undefined);
  expect(strayFrameFlag(args("--no-fin"))).toBe("--no-fin");
  expect(strayFrameFlag(args("--deflate"))).toBe("--deflate");
  expect(strayFrameFlag(args("--rsv", "1"))).toBe("--rsv");
  expect([readMask(args()), readMask(args("--mask", "none"))]).toEqual([undefined, "none"]);
});
