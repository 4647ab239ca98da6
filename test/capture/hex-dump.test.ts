import { describe, expect, it } from "vitest";
import { looksLikeDump, parseDump } from "../../src/capture/hex-dump.ts";
import { toHex } from "../helpers/bytes.ts";

const lines = (text: string) => text.split("\n");
const row = (offset: string, octet: string) =>
  `${offset}  ${Array.from({ length: 8 }, () => octet).join(" ")}  ${Array.from({ length: 8 }, () => octet).join(" ")}  |................|`;

function expectBytes(text: string, digits: string) {
  const result = parseDump(lines(text));
  expect(result.ok ? toHex(result.bytes) : result.error).toBe(digits);
}

function expectError(text: string, line: number, column: number, message: string) {
  expect(parseDump(lines(text))).toEqual({ ok: false, error: { line, column, message } });
}

describe("looksLikeDump", () => {
  it.each([
    "00000000: 8107 7765",
    "\t0x0000:  4500 003c",
    "00000000  81 07",
    "  00000000  81 07",
    "0000   81 07",
    "0000000 81 07",
    "0000000 0781",
    "0000000 65770781",
    "0000000    0781    6577",
    "000000 81 07\n000010 68",
    "00000010  81 07  |..|",
    "00000010  81 07\n00000012  68 65",
  ])("%j is one", (text) => expect(looksLikeDump(lines(text))).toBe(true));

  it.each([
    "",
    "81 05 68",
    "8105 6865",
    "81850dc7 b2e265a2",
    "81850dc7  b2e265a2",
    "00000000",
    "0000 0000 81 05",
    "000000 81 05",
    "81:05:68",
    "0x81, 0x05",
  ])("%j is none", (text) => expect(looksLikeDump(lines(text))).toBe(false));
});

describe("lines left out by hexdump", () => {
  const repeated = `${row("00000000", "82")}\n*\n${row("00000030", "05")}\n00000040`;

  it("are filled in up to the next offset", () => {
    expectBytes(repeated, "82".repeat(48) + "05".repeat(16));
  });

  it("are filled in up to the end", () => {
    expectBytes(`${row("00000000", "82")}\n*\n00000040`, "82".repeat(64));
  });

  it("count in octal as od writes them", () => {
    const octal = (offset: string, octet: string) => `${offset} ${Array(16).fill(octet).join(" ")}`;
    expectBytes(`${octal("0000000", "82")}\n*\n0000100`, "82".repeat(64));
  });

  it("need an offset that ends them", () => {
    const message = "after * an offset must tell how far it goes";
    expectError(`${row("00000000", "82")}\n*`, 2, 1, message);
  });

  it("need a line before", () => {
    expectError(`*\n00000010  81`, 1, 1, "* has no line to repeat");
  });

  it("must be whole lines", () => {
    const message = "offset 00000035 is not a whole number of lines after *";
    expectError(`${row("00000000", "82")}\n*\n${row("00000035", "05")}`, 3, 1, message);
  });

  it("may not stand for everything", () => {
    const message = "* stands for more than 268435456 bytes";
    expectError(`${row("00000000", "82")}\n*\nfffffffffff0`, 3, 1, message);
  });
});

describe("offsets", () => {
  it("tell that a line is missing", () => {
    const text = `${row("00000000", "82")}\n${row("00000020", "05")}`;
    expectError(text, 2, 1, "offset 00000020 does not follow; 00000010 would");
  });

  it.each([
    ["hexdump's hex", ["0000000", "0000010", "0000020"]],
    ["od's octal", ["0000000", "0000020", "0000040"]],
    ["od's decimal", ["0000000", "0000016", "0000032"]],
  ])("are %s, whichever follow", (_, [first, second, end]) => {
    const pairs = Array(16).fill("82").join(" ");
    expectBytes(`${first} ${pairs}\n${second} ${pairs}\n${end}`, "82".repeat(32));
    const words = Array(8).fill("0581").join(" ");
    expectBytes(`${first} ${words}\n${second} ${words}\n${end}`, "8105".repeat(16));
  });

  it("may begin in the middle of a dump", () => {
    expectBytes(
      `${row("00000120", "82")}\n${row("00000130", "05")}`,
      "82".repeat(16) + "05".repeat(16),
    );
  });

  it("begin anew where another dump is appended", () => {
    expectBytes(`00000000: 8105\n00000000: 6865 6c6c 6f`, "810568656c6c6f");
  });

  it.each([
    "0000000 0581 6568 6c6c 006f\n0000007",
    "0000000    0581    6568    6c6c    006f   \n0000007",
    "0000000 65680581 006f6c6c\n0000007",
    "0000000 006f6c6c65680581  >..hello<\n0000007",
  ])("drop the octets that pad the last word: %j", (text) => expectBytes(text, "810568656c6c6f"));

  it("are decimal where xxd -d prints them", () => {
    const pairs = Array(8).fill("8281").join(" ");
    expectBytes(`00000000: ${pairs}\n00000016: ${pairs}`, "8281".repeat(16));
  });
});

describe("the characters behind", () => {
  it("are never bytes, even where they look like hex", () => {
    expectBytes("00000000: 6162 6364 20                             abcd ", "6162636420");
    expectBytes(
      "00000000  61 62 63 64 65 66 67 68                           abcdefgh",
      "6162636465666768",
    );
    expectBytes("00000000  61 62  |ab|", "6162");
    expectBytes("0000   61 62   ab", "6162");
    expectBytes("0000000 61 62 >ab<", "6162");
  });
});

describe("errors", () => {
  it.each([
    ["a line without an offset", "00000000: 8105\nhello", 2, 1, "the line has no offset"],
    ["a word that is no hex", "00000000: 8105 zz68", 1, 16, '"zz68" is not pairs of hex digits'],
    ["half a byte", "00000000  81 0", 1, 14, '"0" is not pairs of hex digits'],
    ["half a word", "0000000 0581 68", 1, 8, "a word lacks an octet"],
  ])("%s", (_, text, line, column, message) => expectError(text, line, column, message));
});

describe("both sides of a stream, as Wireshark prints them", () => {
  const follow = [
    "=".repeat(60),
    "Follow: tcp,hex",
    "Filter: tcp.stream eq 0",
    "Node 0: 127.0.0.1:45208",
    "Node 1: 127.0.0.1:8080",
    "00000000  81 80 0d c7 b2 e2                                 ......",
    "\t00000000  81 05 68                                          ..h",
    "\t00000003  65 6c                                             el",
    "00000006  8a 80 00 00                                       ....",
    "\t00000005  6c 6f                                             lo",
    "=".repeat(60),
  ];

  it("are told apart, in their order", () => {
    const result = parseDump(follow);
    const runs = result.ok ? result.runs?.map(({ side, bytes }) => [side, toHex(bytes)]) : result;
    expect(runs).toEqual([
      [0, "81800dc7b2e2"],
      [1, "810568656c"],
      [0, "8a800000"],
      [1, "6c6f"],
    ]);
  });

  it("miss a line where it is missing", () => {
    const message = "offset 00000005 does not follow; 00000003 would";
    expectError(follow.toSpliced(7, 1).join("\n"), 9, 2, message);
  });

  it("are one where only the first line lost its blanks", () => {
    const ragged = `${row("00000000", "82")}\n    ${row("00000010", "05")}`;
    expectBytes(ragged, "82".repeat(16) + "05".repeat(16));
  });
});
