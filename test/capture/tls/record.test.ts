import { expect, it } from "vitest";
import {
  isLateRecordHeader,
  isRecordHeader,
  looksLikeTls,
  TLS_DETECTION_LENGTH,
} from "../../../src/capture/tls/record.ts";
import { hex, utf8 } from "../../helpers/bytes.ts";

it.each([
  ["16 0301 0005 01", true, true, false],
  ["16 0303 0005 02", true, true, true],
  ["16 0300 0005 01", true, true, false],
  ["16 0301 0005 0b", false, true, false],
  ["17 0303 4800 00", true, true, true],
  ["17 0303 4801 00", false, false, false],
  ["17 0301 0100 00", false, true, false],
  ["14 0303 0001 01", true, true, true],
  ["15 0303 0002 02", true, true, true],
  ["18 0303 0002 02", false, true, false],
  ["19 0303 0002 02", false, false, false],
  ["17 0303 0000 17", false, true, true],
  ["16 0305 0005 01", false, false, false],
  ["16 0203 0005 01", false, false, false],
] as const)("%s", (digits, looks, isHeader, isLate) => {
  const bytes = hex(digits);
  expect(looksLikeTls(bytes)).toBe(looks);
  expect(isRecordHeader(bytes, 0)).toBe(isHeader);
  expect(isLateRecordHeader(hex("00", bytes), 1)).toBe(isLate);
  expect(looksLikeTls(bytes.subarray(0, TLS_DETECTION_LENGTH - 1))).toBe(false);
});

it.each(["GET / HTTP/1.1\r\n", "HTTP/1.1 101 Switching", "SSH-2.0-OpenSSH", "\x81\x05Hello"])(
  "%j is no TLS",
  (text) => {
    expect(looksLikeTls(utf8(text))).toBe(false);
  },
);
