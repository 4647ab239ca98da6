import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createKeyDecoder, type Key } from "../../../src/repl/editor/keys.ts";

/** Keys as short words; neighbouring text is one, however it was cut. */
function brief(keys: readonly Key[]): string[] {
  const words: string[] = [];
  let text = "";
  for (const key of keys) {
    if (key.type === "text") {
      text += key.text;
      continue;
    }
    if (text !== "") words.push(JSON.stringify(text));
    text = "";
    words.push(key.type === "paste" ? `paste ${JSON.stringify(key.text)}` : key.name);
  }
  if (text !== "") words.push(JSON.stringify(text));
  return words;
}

function decode(chunks: readonly Uint8Array[]): string[] {
  const decoder = createKeyDecoder();
  return brief([...chunks.flatMap((chunk) => decoder.write(chunk)), ...decoder.flush()]);
}

const bytewise = (bytes: Uint8Array) => Array.from(bytes, (byte) => Uint8Array.of(byte));

const TABLE: readonly (readonly [what: string, sent: string, keys: readonly string[]])[] = [
  ["letters", "abc", ['"abc"']],
  ["UTF-8 of two, three and four bytes", "é日😀", ['"é日😀"']],
  ["Ctrl and a letter", "\x01\x05\x0b", ["C-a", "C-e", "C-k"]],
  ["Ctrl and a sign", "\0\x1c\x1d\x1e\x1f", ["C-@", "C-\\", "C-]", "C-^", "C-_"]],
  ["keys of their own", "\t\r\n\x7f\b", ["Tab", "Enter", "C-j", "Backspace", "C-h"]],
  ["a key between letters", "ab\x02c", ['"ab"', "C-b", '"c"']],
  ["Escape alone", "\x1b", ["Escape"]],
  ["Escape twice", "\x1b\x1b", ["Escape"]],
  ["Alt and a letter, in either case", "\x1bb\x1bF", ["M-b", "M-f"]],
  ["Alt and a character of four bytes", "\x1b😀x", ["M-😀", '"x"']],
  ["Alt and a key", "\x1b\r\x1b\x7f\x1b\b\x1b\t", ["M-Enter", "M-Backspace", "C-M-h", "M-Tab"]],
  ["arrows", "\x1b[A\x1b[B\x1b[C\x1b[D", ["Up", "Down", "Right", "Left"]],
  ["arrows of a keypad", "\x1bOA\x1bOB\x1bOC\x1bOD", ["Up", "Down", "Right", "Left"]],
  [
    "Home and End",
    "\x1b[H\x1b[F\x1bOH\x1bOF\x1b[1~\x1b[4~\x1b[7~\x1b[8~",
    Array.from({ length: 4 }, () => ["Home", "End"]).flat(),
  ],
  ["numbered keys", "\x1b[2~\x1b[3~\x1b[5~\x1b[6~", ["Insert", "Delete", "PageUp", "PageDown"]],
  [
    "arrows with modifiers",
    "\x1b[1;5D\x1b[1;3C\x1b[1;2A\x1b[1;8B",
    ["C-Left", "M-Right", "S-Up", "C-M-S-Down"],
  ],
  ["Delete with Ctrl", "\x1b[3;5~\x1b[3^", ["C-Delete", "C-Delete"]],
  ["arrows with ESC before them", "\x1b\x1b[D\x1b\x1bOC", ["M-Left", "M-Right"]],
  ["arrows of rxvt with Ctrl", "\x1bOd\x1bOc", ["C-Left", "C-Right"]],
  ["Shift-Tab", "\x1b[Z", ["S-Tab"]],
  ["Enter with Shift by its code point", "\x1b[13;2u\x1b[27;2;13~", ["S-Enter", "S-Enter"]],
  ["Enter with Alt and Ctrl by its code point", "\x1b[13;3u\x1b[13;5u", ["M-Enter", "C-Enter"]],
  ["letters by their code point", "\x1b[97u\x1b[65;2u\x1b[97;5u\x1b[97;3u", ['"aA"', "C-a", "M-a"]],
  ["code points that are none", "\x1b[99999999u\x1b[0u\x1b[u", []],
  ["function keys", "\x1b[15~\x1bOPx\x1b[[Ay", ['"xy"']],
  ["unknown sequences", "a\x1b[?1;2c\x1b[>0;1 qb\x1b[1;99Rc", ['"abc"']],
  ["a sequence cut by a key", "\x1b[1\x01x", ["C-a", '"x"']],
  ["a sequence cut by another", "\x1b[1\x1b[A", ["Up"]],
  ["a sequence of any length", `\x1b[${"1;".repeat(5000)}Ax`, ["Up", '"x"']],
  ["replies of the terminal", "a\x1b]11;rgb:0/0/0\x07b\x1bP1$r\x1b\\c\x1b_x\x1b\\d", ['"abcd"']],
  ["a reply cut by a sequence", "\x1b]0;x\x1b[A", ["Up"]],
  ["C1 control characters", "a\u0085\u009bb", ['"ab"']],
  ["a paste", "\x1b[200~one\x1b[201~x", ['paste "one"', '"x"']],
  ["line ends in a paste", "\x1b[200~a\rb\r\nc\nd\x1b[201~", ['paste "a\\nb\\nc\\nd"']],
  [
    "keys in a paste",
    "\x1b[200~\x03\x1b[A\t\x1b[20\x1b[201~",
    ['paste "\\u0003\\u001b[A\\t\\u001b[20"'],
  ],
  ["an empty paste", "\x1b[200~\x1b[201~", ['paste ""']],
];

describe("what terminals send", () => {
  it.each(TABLE)("%s", (_, sent, keys) => {
    expect(decode([Buffer.from(sent)])).toEqual(keys);
    expect(decode(bytewise(Buffer.from(sent)))).toEqual(keys);
  });

  it("is the same however it is cut", () => {
    const sent = fc.array(fc.constantFrom(...TABLE.map(([, text]) => text), "é", "😀", "\x1b[20"));
    fc.assert(
      fc.property(sent, fc.array(fc.nat({ max: 40 })), (texts, lengths) => {
        const bytes = Buffer.from(texts.join(""));
        const chunks: Uint8Array[] = [];
        let at = 0;
        for (const length of lengths) {
          chunks.push(bytes.subarray(at, at + length));
          at += length;
        }
        expect(decode([...chunks, bytes.subarray(at)])).toEqual(decode([bytes]));
      }),
    );
  });
});

describe("a sequence begun", () => {
  it.each([
    ["ESC", "\x1b", ["Escape"]],
    ["ESC [", "\x1b[", []],
    ["ESC O", "\x1bO", []],
    ["ESC ]", "\x1b]", []],
  ])("%s waits, and is over when time is", (_, sent, keys) => {
    const decoder = createKeyDecoder();
    expect(decoder.pending).toBe(false);
    expect(decoder.write(Buffer.from(sent))).toEqual([]);
    expect(decoder.pending).toBe(true);
    expect(brief(decoder.flush())).toEqual(keys);
    expect(decoder.pending).toBe(false);
    expect(brief(decoder.write(Buffer.from("A")))).toEqual(['"A"']);
  });

  it("is not a paste, which no time ends", () => {
    const decoder = createKeyDecoder();
    decoder.write(Buffer.from("\x1b[200~a"));
    expect(decoder.pending).toBe(false);
    expect(decoder.flush()).toEqual([]);
    expect(brief(decoder.write(Buffer.from("b\x1b[201~")))).toEqual(['paste "ab"']);
  });
});

it("takes a paste of megabytes in small chunks", () => {
  const decoder = createKeyDecoder();
  const chunk = Buffer.from("x".repeat(1024));
  decoder.write(Buffer.from("\x1b[200~"));
  for (let i = 0; i < 2048; i++) expect(decoder.write(chunk)).toEqual([]);
  const [key] = decoder.write(Buffer.from("\x1b[201~"));
  expect(key).toMatchObject({ type: "paste" });
  expect((key as { text: string }).text).toHaveLength(2 << 20);
});
