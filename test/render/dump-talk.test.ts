import { describe, expect, it } from "vitest";
import { violation } from "../../src/protocol/rules.ts";
import { DumpConnections } from "../../src/render/dump-connections.ts";
import { DumpMargin } from "../../src/render/dump-margin.ts";
import { DumpTalk, type DumpTalkLook } from "../../src/render/dump-talk.ts";
import { createTheme } from "../../src/render/theme.ts";
import type { Event } from "../../src/transport/events.ts";
import { closeAt, handshakeAt, momentAt, stateAt } from "../helpers/connect-events.ts";
import { framesAt } from "../helpers/dump-events.ts";

type Told = Parameters<DumpTalk["lines"]>[0];

const theme = createTheme(0);
const common = { conn: "1", at: momentAt(0) };

/** The lines of an event after a row of which one message was counted. */
function told(event: Told, look: Omit<DumpTalkLook, "theme"> = {}): string[] {
  const connections = new DumpConnections();
  const margin = new DumpMargin({ theme, timestamps: "off" }, connections);
  const [frame] = framesAt("1", [{ ms: 0, opcode: 1, payload: "abc" }]);
  margin.pass(frame!);
  const connection = connections.begin("1", frame!.at.ns);
  connection.tally.frame(frame!);
  return new DumpTalk({ theme, ...look }, margin).lines(event, connection);
}

const note = (message: string): Told => ({ ...common, type: "note", message });

describe("what is no row", () => {
  it("is told behind the margin, with a sign", () => {
    expect(told(note("it waits"))).toEqual(["     #1 · it waits"]);
    const error: Event = { ...common, type: "error", code: "refused", message: "no" };
    expect(told(error)).toEqual(["     #1 ! no"]);
  });

  it("is wrapped where there is a screen, below its first word", () => {
    expect(told(note("some words more"), { columns: 21 })).toEqual([
      "     #1 · some words",
      "          more",
    ]);
  });

  it("is escaped", () => {
    expect(told(note("a\x1b[2J"))).toEqual(["     #1 · a\\x1b[2J"]);
  });

  it("is nothing where only our own state has changed", () => {
    expect(told(stateAt(0, "OPEN") as Told)).toEqual([]);
  });

  it("is a rule that the connection breaks", () => {
    const broken = violation("frame-truncated", "1 byte");
    const [line] = told({ ...common, type: "finding", part: "end", violation: broken });
    expect(line).toMatch(/^ {5}#1 ! .*\(frame-truncated, /);
  });
});

describe("how a connection opens and ends", () => {
  it("is a handshake, with its heads where they are asked for", () => {
    const plain = told(handshakeAt(0));
    expect(plain[0]).toMatch(/^ {5}#1 .*ws:\/\/127\.0\.0\.1:8080\//);
    for (const look of [{ include: true }, { verbosity: 1 }]) {
      const full = told(handshakeAt(0), look);
      expect(full.length).toBeGreaterThan(plain.length);
      expect(full.join("\n")).toContain("GET / HTTP/1.1");
    }
  });

  it("counts what passed, unless rows were left out", () => {
    expect(told(closeAt(1)).join("\n")).toContain("from the server");
    expect(told(closeAt(1), { partial: true }).join("\n")).not.toContain("from the server");
  });

  it("moves what does not fit below it to the left", () => {
    const wide = told(handshakeAt(0), { include: true, columns: 30 });
    const narrow = told(handshakeAt(0), { include: true });
    const indentOf = (lines: readonly string[]) => /^ */.exec(lines[1] ?? "")?.[0].length ?? 0;
    expect(indentOf(wide)).toBeLessThan(indentOf(narrow));
  });
});
