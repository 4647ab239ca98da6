import { expect, it } from "vitest";
import { looksLikeEvents, looksLikeHar } from "../../src/capture/json-heads.ts";
import { hex, utf8 } from "../helpers/bytes.ts";

it.each<[string | Uint8Array, boolean | undefined]>([
  ["", undefined],
  [" \n", undefined],
  ['{"lo', undefined],
  ['\n{ "log" : {', true],
  ['{"log":', true],
  [hex("efbbbf 7b 226c6f6722 3a"), true],
  ['{"v":"framecat', false],
  ['{"v', false],
  ["81 05", false],
  [" ".repeat(2000), false],
])("%j begins a HAR: %s", (head, expected) => {
  expect(looksLikeHar(typeof head === "string" ? utf8(head) : head)).toBe(expected);
});

it.each<[string, boolean | undefined]>([
  ["", undefined],
  ["\n {", undefined],
  ['{"v":"framecat.ev', undefined],
  ['{"v":"framecat.event/1"', true],
  ['\n{ "conn": "1", "v" : "framecat.event/7"', true],
  ['{"log":{\n"v":"framecat.event/1"', false],
  [`{"v":"${"x".repeat(5000)}`, false],
  ['["v"', false],
  ["81 05", false],
])("%j begins our events: %s", (head, expected) => {
  expect(looksLikeEvents(utf8(head))).toBe(expected);
});
