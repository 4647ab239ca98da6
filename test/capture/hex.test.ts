import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseHex } from "../../src/capture/hex.ts";
import { hexdump } from "../../src/render/hexdump.ts";
import { createTheme } from "../../src/render/theme.ts";
import { hex, toHex } from "../helpers/bytes.ts";

function expectBytes(text: string, digits: string) {
  const result = parseHex(text);
  expect(result.ok ? toHex(result.bytes) : result.error).toBe(digits.replaceAll(" ", ""));
}

const HELLO = "81 05 68 65 6c 6c 6f";

describe("the forms that people paste", () => {
  it.each([
    ["digits", "810568656c6c6f"],
    ["capitals", "81 05 68 65 6C 6C 6F"],
    ["pairs", HELLO],
    ["groups", "8105 6865 6c6c 6f"],
    ["lines, broken anywhere", "8105\r\n686\n56c6c\n6f\n"],
    ["commas", "81,05,68,65,6c,6c,6f"],
    ["colons", "81:05:68:65:6c:6c:6f"],
    ["dashes", "81-05-68-65-6C-6C-6F"],
    ["0x", "0x81, 0x05, 0x68, 0x65, 0x6c, 0x6c, 0x6f,"],
    ["0x of one digit", "0x81 0x5 0x68 0x65 0x6c 0x6c 0x6F"],
    ["0x in one", "0x810568656c6c6f"],
    ["escapes", String.raw`\x81\x05\x68\x65\x6c\x6c\x6f`],
    ["escapes in quotes", String.raw`"\x81\x05\x68\x65\x6c\x6c\x6f"`],
    ["bytes as Python prints them", String.raw`b'\x81\x05hello'`],
    ["a quoted string of digits", '"810568656c6c6f"'],
    ["a Buffer as Node prints it", "<Buffer 81 05 68 65 6c 6c 6f>"],
    ["a list", "[0x81, 0x05, 0x68, 0x65, 0x6c, 0x6c, 0x6f]"],
    ["a C array", "unsigned char frame[] = {\n  0x81, 0x05, 0x68,\n  0x65, 0x6c, 0x6c, 0x6f\n};\n"],
    [
      "xxd -i",
      "unsigned char a_bin[] = {\n  0x81, 0x05, 0x68, 0x65, 0x6c, 0x6c, 0x6f\n};\nunsigned int a_bin_len = 7;\n",
    ],
    ["comments", "81 05 // header 0xff\n68 65 /* ff\nff */ 6c 6c # ff\n6f"],
    ["a byte order mark", `\ufeff${HELLO}`],
    ["xxd", "00000000: 8105 6865 6c6c 6f                        ..hello\n"],
    ["xxd -g1", "00000000: 81 05 68 65 6c 6c 6f                             ..hello\n"],
    ["hexdump -C", `00000000  ${HELLO}                              |..hello|\n00000007\n`],
    ["od -t x1", `0000000 ${HELLO}\n0000007\n`],
    ["od -x, or hexdump: words", "0000000 0581 6568 6c6c 006f\n0000007\n"],
    ["xxd -e", "00000000: 65680581   6f6c6c                    ..hello\n"],
    [
      "xxd -b",
      "00000000: 10000001 00000101 01101000 01100101 01101100 01101100  ..hell\n00000006: 01101111                                               o\n",
    ],
    [
      "hexdump -x",
      "0000000    0581    6568    6c6c    006f                                \n0000007\n",
    ],
    ["od -t x4", "0000000 65680581 006f6c6c\n0000007\n"],
    ["bits", "10000001 00000101 01101000 01100101 01101100 01101100 01101111"],
    ["Wireshark's escaped string", String.raw`"\x81\x05\x68" ${"\\"}${"\n"}"\x65\x6c\x6c\x6f"`],
    [
      "Wireshark's C array",
      "static const unsigned char packet_bytes[] = {\n  0x81, 0x05, 0x68, 0x65, /* ..he */\n  0x6c, 0x6c, 0x6f\n};",
    ],
    ["Wireshark", `0000   ${HELLO}   ..hello\n`],
    ["od -A x -t x1z", `000000 ${HELLO}  >..hello<\n000007\n`],
    ["a dump with its command and comments", `$ xxd a.bin\n# mine\n00000000: 8105 6865 6c6c 6f\n`],
    ["digits behind a command", `$ xxd -p a.bin\n810568656c6c6f\n`],
    [
      "a Uint8Array as Node prints it",
      "Uint8Array(7) [\n  129,   5, 104, 101,\n  108, 108, 111\n]",
    ],
    [
      "an ArrayBuffer as Node prints it",
      `ArrayBuffer {\n  [Uint8Contents]: <${HELLO}>,\n  byteLength: 7\n}`,
    ],
    ["a Buffer as JSON", '{"type":"Buffer","data":[129,5,104,101,108,108,111]}'],
    ["bytes as Java prints them", "[-127, 5, 104, 101, 108, 108, 111]"],
    ["bytes as Go prints them", "[129 5 104 101 108 108 111]"],
    ["a Go literal", "[]byte{0x81, 0x05, 0x68, 0x65, 0x6c, 0x6c, 0x6f}"],
    ["a C string", String.raw`char s[] = "\x81\x05hello";`],
  ])("%s", (_, text) => expectBytes(text, HELLO));

  it("our own hexdump, indented", () => {
    const bytes = Uint8Array.from({ length: 100 }, (__, i) => (i * 7) % 256);
    const dump = hexdump(bytes, createTheme(0)).map((line) => `    ${line}`);
    expectBytes(dump.join("\n"), toHex(bytes));
  });

  it("nothing at all is no bytes", () => {
    for (const text of ["", " \n\t", "// nothing", "/* */", "{}", "[]"]) expectBytes(text, "");
  });
});

const FORMS = fileURLToPath(new URL("../../../shared/captures/textforms/", import.meta.url));

describe.skipIf(!existsSync(FORMS))("real pastes (skipped without ../shared/captures)", () => {
  const read = (name: string) => readFileSync(FORMS + name);
  const names = existsSync(FORMS) ? readdirSync(FORMS) : [];
  const dumps = names.filter((name) => /hex|c-array|xxd/.test(name));

  it.each(dumps)("%s", (name) => {
    const raw = name.includes("client") ? "client-frames.hex" : "server-frames.hex";
    const digits = read(`01-basic.${raw}`).toString("utf8").trim();
    // The arrays are of the first 80 bytes.
    const expected = name.includes("c-array") ? digits.slice(0, 160) : digits;
    expectBytes(read(name).toString("utf8"), expected);
  });

  it("are the bytes themselves", () => {
    const bytes = toHex(read("01-basic.server-frames.bin"));
    expectBytes(read("01-basic.server-frames.hex").toString("utf8"), bytes);
  });
});

describe("any bytes in any form", () => {
  const pairs = (bytes: Uint8Array) => Array.from(bytes, (octet) => toHex(Uint8Array.of(octet)));
  const FORM_OF: Readonly<Record<string, (bytes: Uint8Array) => string>> = {
    pairs: (bytes) => pairs(bytes).join(" "),
    lines: (bytes) => pairs(bytes).join("\n"),
    prefixed: (bytes) =>
      pairs(bytes)
        .map((pair) => `0x${pair}`)
        .join(", "),
    escaped: (bytes) =>
      pairs(bytes)
        .map((pair) => `\\x${pair}`)
        .join(""),
    array: (bytes) =>
      `uint8_t x[${bytes.length}] = { ${pairs(bytes)
        .map((pair) => `0x${pair}`)
        .join(", ")} };`,
    ours: (bytes) => hexdump(bytes, createTheme(0)).join("\n"),
    xxd: (bytes) => hexdump(bytes, createTheme(0)).map(toXxd).join("\n"),
  };

  it.each(Object.keys(FORM_OF))("%s", (form) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expectBytes(FORM_OF[form]!(bytes), toHex(bytes));
      }),
    );
  });
});

/** Our line of a hexdump in the clothes of xxd. */
function toXxd(line: string): string {
  const digits = line.slice(10, 58).replaceAll(" ", "");
  return `${line.slice(0, 8)}: ${digits.replace(/(.{4})/g, "$1 ").padEnd(40)} ${line.slice(60)}`;
}

describe("what is no hex", () => {
  it("is bytes or one error, for any text", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.string({
        unit: fc.constantFrom(...Array.from("0123456789abcdefxX\\\"'{}[],:;*|>/#\n\t -")),
      }),
    );
    fc.assert(
      fc.property(text, (anything) => {
        const result = parseHex(anything);
        if (result.ok) return;
        expect(result.error.line).toBeGreaterThanOrEqual(1);
        expect(result.error.line).toBeLessThanOrEqual(anything.split(/\r\n|\r|\n/).length);
        expect(result.error.column).toBeGreaterThanOrEqual(1);
        expect(result.error.message).not.toBe("");
      }),
      { numRuns: 800 },
    );
  });

  it("is found quickly in a long text", () => {
    const long = `${"81 ".repeat(200_000)}zz`;
    expect(parseHex(long)).toMatchObject({ ok: false, error: { line: 1, column: 600_001 } });
    expect(parseHex(hex("41").toString())).toBeTruthy();
  });
});
