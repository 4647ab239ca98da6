import { Script } from "node:vm";
import { describe, expect, it } from "vitest";
import * as client from "../../src/render/listen-page-client.ts";
import {
  hexLines,
  listenPageScript,
  parseHex,
  shortened,
  sizeWords,
  timeWords,
  visible,
  withParameter,
} from "../../src/render/listen-page-client.ts";

// What the functions do together is seen in a browser: listen-http.test.ts.
describe("what is shown of a message", () => {
  it.each([
    ["plain ü 🙂\n\ttext", "plain ü 🙂\n\ttext"],
    ["\u001b[31m\0\r", String.raw`\x1b[31m\x00\x0d`],
    ["a\u202eb\u200bc\ufeff\u0085", String.raw`a\u202eb\u200bc\ufeff\u0085`],
  ])("%j is %j", (text, shown) => expect(visible(text)).toBe(shown));

  it("is the beginning of a long text", () => {
    expect(shortened("x".repeat(4000))).toBe("x".repeat(4000));
    expect(shortened("x".repeat(5234))).toBe(`${"x".repeat(4000)}\n… and 1,234 characters more`);
  });

  it("is the beginning of many bytes, with their characters", () => {
    expect(hexLines(Uint8Array.of(0, 0x41, 0xff))).toBe("0000  00 41 ff   .A.");
    const lines = hexLines(new Uint8Array(300).fill(0x61)).split("\n");
    expect(lines[1]).toBe(`0010  ${"61 ".repeat(8)} ${"61 ".repeat(8)} ${"a".repeat(16)}`);
    expect([lines.length, lines.at(-1)]).toEqual([17, "… and 44 bytes more"]);
    expect(hexLines(new Uint8Array(0))).toBe("");
  });

  it.each([
    [0, "0 B"],
    [1023, "1023 B"],
    [1024, "1 KiB"],
    [1_500_000, "1.4 MiB"],
    [2 ** 40, "1024 GiB"],
  ])("%d bytes are %s", (bytes, words) => expect(sizeWords(bytes)).toBe(words));

  it("has the time of the day", () => {
    expect(timeWords(new Date(2026, 0, 2, 3, 4, 5, 6).getTime())).toBe("03:04:05.006");
  });
});

it.each([
  ["48 65 6c", [0x48, 0x65, 0x6c]],
  ["48656C", [0x48, 0x65, 0x6c]],
  ["0x48, 0X65:6c\n", [0x48, 0x65, 0x6c]],
  ["", []],
  ["4", undefined],
  ["4g", undefined],
])("%j is hex for %j", (text, bytes) => {
  expect(parseHex(text)).toEqual(bytes && Uint8Array.from(bytes));
});

it.each([
  ["ws://h/", undefined, "ws://h/"],
  ["ws://h/", { name: "csrf", token: "a-_" }, "ws://h/?csrf=a-_"],
  ["ws://h/a?b", { name: "c&d", token: "=&#" }, "ws://h/a?b&c%26d=%3D%26%23"],
])("%s with %j is %s", (url, parameter, address) => {
  expect(withParameter(url, parameter)).toBe(address);
});

it("the script is whole: it compiles, and has every function that it calls", () => {
  const source = listenPageScript();
  expect(() => new Script(source)).not.toThrow();
  const made = Object.keys(client).filter((name) => name !== "listenPageScript");
  for (const name of [...made, "followTheme"])
    expect(source).toMatch(new RegExp(`^(?:async )?function ${name}\\(`, "m"));
});
