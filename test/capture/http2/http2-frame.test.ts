import { describe, expect, it } from "vitest";
import {
  errorName,
  frameFault,
  headerFragment,
  isServerPreface,
  parseFrameHeader,
  parseSettings,
} from "../../../src/capture/http2/http2-frame.ts";
import { concat, hex, toHex } from "../../helpers/bytes.ts";

describe("the header of a frame", () => {
  it("has a length of 24 bits, and a stream of 31", () => {
    expect(parseFrameHeader(hex("0a0b0c 01 25 ffffffff"))).toEqual({
      length: 0x0a0b0c,
      type: 1,
      flags: 0x25,
      stream: 0x7fff_ffff,
    });
  });

  it.each([
    ["000000 00 00 00000000", "DATA belongs to no stream"],
    ["000000 01 04 00000000", "HEADERS belongs to no stream"],
    ["000005 02 00 00000000", "PRIORITY belongs to no stream"],
    ["000004 03 00 00000000", "RST_STREAM belongs to no stream"],
    ["000004 05 04 00000000", "PUSH_PROMISE belongs to no stream"],
    ["000000 09 04 00000000", "CONTINUATION belongs to no stream"],
    ["000000 04 00 00000001", "SETTINGS belongs to a stream"],
    ["000008 06 00 00000001", "PING belongs to a stream"],
    ["000008 07 00 00000001", "GOAWAY belongs to a stream"],
    ["000000 00 08 00000001", "DATA has a length of 0"],
    ["000005 03 00 00000001", "RST_STREAM has a length of 5"],
    ["000005 04 00 00000000", "SETTINGS has a length of 5"],
    ["000006 04 01 00000000", "SETTINGS has a length of 6"],
    ["000007 06 00 00000000", "PING has a length of 7"],
    ["000007 07 00 00000000", "GOAWAY has a length of 7"],
    ["000003 08 00 00000001", "WINDOW_UPDATE has a length of 3"],
    ["000004 05 04 00000001", "PUSH_PROMISE comes from the client"],
  ])("%s: %s", (bytes, fault) => {
    expect(frameFault(parseFrameHeader(hex(bytes)), "out")).toBe(fault);
  });

  it.each([
    "000000 00 00 00000001",
    "000001 00 08 00000001",
    "000004 05 04 00000001",
    "000012 04 00 00000000",
    "000000 04 01 00000000",
    "000009 07 00 00000000",
    "000004 08 00 00000000",
    "ffffff ff ff 00000000",
  ])("%s is in order", (bytes) => {
    expect(frameFault(parseFrameHeader(hex(bytes)), "in")).toBeUndefined();
  });
});

it("settings are pairs, of which the last of a kind counts", () => {
  const payload = hex("0008 00000000 0003 ffffffff 0008 00000001");
  expect([...parseSettings(payload)]).toEqual([
    [8, 1],
    [3, 0xffff_ffff],
  ]);
});

describe("the fragment of a header block", () => {
  it.each([
    ["HEADERS", "01 04", "aabb", "aabb"],
    ["HEADERS with padding", "01 0c", "02 aabb 0000", "aabb"],
    ["HEADERS with a priority", "01 24", "00000003 ff aabb", "aabb"],
    ["HEADERS with both", "01 2c", "01 00000003 ff aabb 00", "aabb"],
    ["HEADERS with nothing else", "01 0c", "02 0000", ""],
    ["PUSH_PROMISE", "05 04", "00000002 aabb", "aabb"],
    ["PUSH_PROMISE with padding", "05 0c", "01 00000002 aabb 00", "aabb"],
    ["CONTINUATION, which has no such flags", "09 2c", "02 aabb", "02aabb"],
    ["more padding than there is", "01 0c", "02 00", undefined],
    ["no room for a priority", "01 24", "00000003", undefined],
    ["no room for a promise", "05 0c", "01 00000002", undefined],
  ])("%s", (_, typeAndFlags, payload, expected) => {
    const bytes = hex(payload);
    const length = bytes.length.toString(16).padStart(6, "0");
    const header = parseFrameHeader(hex(`${length} ${typeAndFlags} 00000001`));
    const fragment = headerFragment(header, bytes);
    expect(fragment && toHex(fragment)).toBe(expected);
  });
});

it.each([
  [0, "NO_ERROR"],
  [8, "CANCEL"],
  [13, "HTTP_1_1_REQUIRED"],
  [99, "error 99"],
])("error %i is %s", (code, name) => {
  expect(errorName(code)).toBe(name);
});

describe("what a server sends first", () => {
  const preface = hex("000012 04 00 00000000 0003 00000064");

  it("is SETTINGS, which shows with its ninth octet", () => {
    const known = Array.from({ length: 12 }, (_, end) => isServerPreface(preface, 0, end));
    expect(known.slice(0, 9).every((is) => is === undefined)).toBe(true);
    expect(known.slice(9)).toEqual([true, true, true]);
    expect(isServerPreface(concat([hex("ffff"), preface]), 2, 20)).toBe(true);
  });

  it.each([
    "01",
    "000012 00",
    "000012 04 01",
    "000012 04 00 01",
    "000012 04 00 00000001",
    "000010 04 00 00000000",
    "004002 04 00 00000000",
  ])("is not %s", (bytes) => {
    expect(isServerPreface(hex(bytes), 0, 9)).toBe(false);
  });
});
