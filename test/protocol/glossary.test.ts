import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { glossary, lookUp, nearTerms } from "../../src/protocol/glossary.ts";
import { RULES } from "../../src/protocol/rules.ts";

const TERMS = glossary();
const names = (word: string) => lookUp(word, TERMS).map(({ name }) => name);

it.each([
  ["1006", ["1006 Abnormal Closure"]],
  ["close 1006", ["1006 Abnormal Closure"]],
  ["Close code 1006", ["1006 Abnormal Closure"]],
  ["HTTP status code 426", ["426 Upgrade Required"]],
  ["cont.", ["0x0 continuation"]],
  ["going away", ["1001 Going Away"]],
  ["4001", ["4001 Private Use"]],
  ["2999", ["2999 Reserved for Extensions"]],
  ["0x9", ["0x9 ping"]],
  ["0x09", ["0x9 ping"]],
  ["0xA", ["0xa pong"]],
  ["0x0", ["0x0 continuation"]],
  ["9", ["0x9 ping"]],
  ["opcode 9", ["0x9 ping"]],
  ["ping", ["0x9 ping"]],
  ["RSV1", ["RSV1"]],
  ["rsv 1", ["RSV1"]],
  ["fin", ["FIN"]],
  ["sec-websocket-accept:", ["Sec-WebSocket-Accept"]],
  [":protocol", [":protocol"]],
  ["101", ["101 Switching Protocols"]],
  ["http 426", ["426 Upgrade Required"]],
  ["client_max_window_bits", ["client_max_window_bits"]],
  ["client-frame-unmasked", ["client-frame-unmasked"]],
  ["99999", []],
  ["nothing", []],
  ["constructor", []],
])("%j is %j", (word, found) => expect(names(word)).toEqual(found));

it("tells where each is written", () => {
  const source = (word: string) => lookUp(word, TERMS)[0]?.source;
  expect(source("1006")).toBe("RFC 6455, section 7.4.1");
  expect(source("1012")).toContain("IANA");
  expect(source("permessage-deflate")).toBe("RFC 7692, section 7");
  expect(TERMS.every((term) => term.source !== undefined)).toBe(true);
});

it("says which codes may not travel", () => {
  const meaning = (word: string) => lookUp(word, TERMS)[0]?.meaning;
  expect(meaning("1006")).toMatch(/never sent$/);
  expect(meaning("1004")).toMatch(/may not stand in a Close frame$/);
  expect(meaning("1000")).not.toMatch(/may not stand/);
});

it("knows every rule, and every term by its own name", () => {
  for (const id of Object.keys(RULES)) expect(names(id)).toContain(id);
  for (const { keys, name } of TERMS) {
    for (const key of keys) expect(names(key)).toContain(name);
  }
});

describe("near terms", () => {
  it.each([
    ["Sec-WebSocket-Acept", "Sec-WebSocket-Accept"],
    ["no_context", "server_no_context_takeover"],
    ["abnormal", "1006 Abnormal Closure"],
    ["pign", "0x9 ping"],
    ["nipg", undefined],
    ["pingg", "0x9 ping"],
  ])("of %s: %s", (word, near) => expect(nearTerms(word, TERMS)[0]).toBe(near));

  it("are few or none for anything", () => {
    expect(nearTerms("x".repeat(1e6), TERMS)).toEqual([]);
    fc.assert(
      fc.property(fc.string(), (word) => {
        expect(Array.isArray(nearTerms(word, TERMS))).toBe(true);
        expect(Array.isArray(lookUp(word, TERMS))).toBe(true);
      }),
    );
  });
});
