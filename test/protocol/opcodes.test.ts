import { describe, expect, it } from "vitest";
import { describeOpcode, isControl, isReserved, Opcode } from "../../src/protocol/opcodes.ts";

/** RFC 6455, sections 5.2 and 11.8. */
const TABLE = [
  [0x0, "continuation", "data", "5.4"],
  [0x1, "text", "data", "5.6"],
  [0x2, "binary", "data", "5.6"],
  [0x3, "reserved-3", "data", "5.2"],
  [0x4, "reserved-4", "data", "5.2"],
  [0x5, "reserved-5", "data", "5.2"],
  [0x6, "reserved-6", "data", "5.2"],
  [0x7, "reserved-7", "data", "5.2"],
  [0x8, "close", "control", "5.5.1"],
  [0x9, "ping", "control", "5.5.2"],
  [0xa, "pong", "control", "5.5.3"],
  [0xb, "reserved-b", "control", "5.2"],
  [0xc, "reserved-c", "control", "5.2"],
  [0xd, "reserved-d", "control", "5.2"],
  [0xe, "reserved-e", "control", "5.2"],
  [0xf, "reserved-f", "control", "5.2"],
] as const;

describe("opcodes", () => {
  it.each(TABLE)("%i is %s, a %s frame", (opcode, name, kind, section) => {
    const reserved = name.startsWith("reserved");
    const info = describeOpcode(opcode);
    expect(info).toMatchObject({ opcode, name, kind, section, reserved });
    expect(info.meaning).not.toBe("");
    expect(isReserved(opcode)).toBe(reserved);
    expect(isControl(opcode)).toBe(kind === "control");
  });

  it("are named as in the table", () => {
    const named = TABLE.filter(([, name]) => !name.startsWith("reserved"));
    expect(Opcode).toEqual(Object.fromEntries(named.map(([opcode, name]) => [name, opcode])));
  });

  it("says of reserved ones which kind of frame they are kept for", () => {
    expect(describeOpcode(3).meaning).toContain("non-control frames");
    expect(describeOpcode(11).meaning).toContain("further control frames");
  });
});
