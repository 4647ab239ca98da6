import { expect, it } from "vitest";
import {
  EXTENSION_TERMS,
  FRAME_TERMS,
  HEADER_TERMS,
  STATUS_TERMS,
} from "../../src/protocol/terms.ts";

const ALL = [...FRAME_TERMS, ...HEADER_TERMS, ...STATUS_TERMS, ...EXTENSION_TERMS];

it("has each term once, with a meaning in one line and a section", () => {
  const names = ALL.flatMap(({ name, also = [] }) => [name, ...also]);
  expect(new Set(names).size).toBe(names.length);
  for (const { meaning, section } of ALL) {
    expect(meaning).toMatch(/^\S.*[^.\s]$/);
    expect(section).toMatch(/^(?:RFC \d{4} )?\d+(?:\.\d+)*$/);
  }
});

it("writes other names as they are looked up", () => {
  for (const { also = [] } of ALL) {
    for (const other of also) expect(other).toBe(other.toLowerCase());
  }
});
