import { execFileSync, spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseDump } from "../../src/capture/hex-dump.ts";
import { plainLines } from "../../src/capture/xxd-lines.ts";
import { toHex } from "../helpers/bytes.ts";

function plain(...lines: string[]): readonly string[] | string {
  const read = plainLines(lines);
  return read.ok ? read.lines : `${read.error.line}:${read.error.column} ${read.error.message}`;
}

describe("plainLines", () => {
  it.each([
    ["00000000: 65770781 6d6f636c  ..welcom", "00000000: 810777656c636f6d"],
    ["00000010: 16810081   a9c368                    ....h..", "00000010: 8100811668c3a9"],
    ["00000000:       81                             .", "00000000: 81"],
    ["00000000: 0781 6577    6c                      ..wel", "00000000: 810777656c"],
    ["00000000: 10000001 00000001 01100001  ..a", "00000000: 810161"],
    ["00000000: 10000001 00000000", "00000000: 8100"],
  ])("turns %j around", (line, expected) => expect(plain(line)).toEqual([expected]));

  it.each([
    "00000000: 8107 7765 6c                              ..wel",
    "00000000: 2020 2020                                     ",
    "00000000: 81 07 20 20",
    "00000000: 8107  other characters",
    "0000000 81 07 77",
    "no line of a dump",
  ])("leaves %j", (line) => expect(plain(line)).toEqual([line]));

  it("decides by the first line that can be read in one way only", () => {
    expect(plain("00000000: 61616161  aaaa", "00000004: 64636261  abcd")).toEqual([
      "00000000: 61616161",
      "00000004: 61626364",
    ]);
  });

  it("decides by a line with characters for those with dots alone, which fit either", () => {
    const dots = "00000000: 84838281  ....";
    expect(plain(dots, "00000004: 64636261  abcd")).toEqual([
      "00000000: 81828384",
      "00000004: 61626364",
    ]);
    expect(plain(dots, "00000004: 61626364  abcd")).toEqual([dots, "00000004: 61626364  abcd"]);
    expect(plain(dots, "00000004:       81  .")).toEqual(["00000000: 81828384", "00000004: 81"]);
    expect(plain(dots, dots)).toEqual([dots, dots]);
    expect(plain("00000000: 10000001 10000010  ..", dots)).toBe(
      "2:10 the characters are not those of the bytes, as in the lines of xxd -b before",
    );
  });

  it("refuses a line whose characters are of other bytes", () => {
    expect(plain("00000000: 64636261  abcd", "*", "00000004: 64636261  dcba")).toBe(
      "3:10 the characters are not those of the bytes, as in the lines of xxd -e before",
    );
  });

  it("reads groups that the characters seem to go on", () => {
    expect(plain("00000000: 33323161      3534  a12345")).toEqual(["00000000: 613132333435"]);
  });
});

const hasXxd = spawnSync("xxd", ["-v"]).error === undefined;

describe.skipIf(!hasXxd)("what xxd itself prints (skipped without it)", () => {
  const read = (bytes: Uint8Array, args: readonly string[]) => {
    const text = execFileSync("xxd", args, { input: bytes, encoding: "utf8" });
    const parsed = parseDump(text.split("\n"));
    return parsed.ok ? toHex(parsed.bytes) : parsed.error;
  };

  it.each([["-e"], ["-e -g2"], ["-e -g8"], ["-e -c8"], ["-b"], ["-b -c5"], ["-d"], ["-E"], ["-u"]])(
    "xxd %s",
    (flags) => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 80 }), (more) => {
          // Whose characters tell the order.
          const bytes = Buffer.concat([Buffer.from("\x81\x05hello", "latin1"), more]);
          expect(read(bytes, flags.split(" "))).toBe(toHex(bytes));
        }),
        { numRuns: 5 },
      );
    },
  );
});
