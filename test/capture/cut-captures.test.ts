import { describe, expect, it } from "vitest";
import { FramecatError } from "../../src/errors.ts";
import { CaptureDecoder } from "../../src/capture/read-capture.ts";
import type { Event } from "../../src/transport/events.ts";
import { concat } from "../helpers/bytes.ts";
import { Call } from "../helpers/forged/call.ts";
import { close, text } from "../helpers/lint.ts";
import { enhancedPacket, interfaceBlock, pcap, sectionHeader } from "../helpers/packets.ts";
import { inShort } from "../helpers/talk.ts";

const CALL = new Call()
  .open()
  .client(text("hello"))
  .server(text("hello"))
  .client(close(1000))
  .server(close(1000))
  .hangUp();
const PCAPNG = [
  sectionHeader(),
  interfaceBlock(),
  ...CALL.packets.map(({ data }) => enhancedPacket(data)),
];
const FILES = {
  pcap: {
    file: pcap(CALL.packets),
    records: CALL.packets.map(({ data }) => 16 + data.length),
    header: 24,
  },
  pcapng: {
    file: concat(PCAPNG),
    records: PCAPNG.slice(1).map(({ length }) => length),
    header: 28,
  },
};

interface Told {
  readonly events: readonly Event[];
  readonly cut: boolean;
}

/** What is told of a file; undefined where there is too little to tell what it is. */
function decode(file: Uint8Array): Told | undefined {
  const decoder = new CaptureDecoder({ lint: true });
  try {
    decoder.push(file);
    decoder.end();
  } catch (thrown) {
    if (!(thrown instanceof FramecatError) || thrown.exitCode !== 2) throw thrown;
    expect(thrown.message).toMatch(/neither pcap nor pcapng|cut|ends/);
    return undefined;
  }
  return { events: decoder.take(), cut: decoder.report.notes.length > 0 };
}

const framesOf = (events: readonly Event[]): string[] =>
  inShort(events.filter(({ type }) => type === "frame"));
const FRAMES = framesOf(decode(FILES.pcap.file)!.events);

/** What is wrong with what is told of the first bytes of a file. */
function lieOf({ events, cut }: Told, isBorder: boolean): string | undefined {
  const frames = framesOf(events);
  if (frames.some((frame, i) => frame !== FRAMES[i])) return `no such frames: ${frames.join(", ")}`;
  if (cut === isBorder) return cut ? "it is not cut" : "it is cut, and nobody says so";
  if (events.some(({ type }) => type === "finding")) return "somebody is blamed";
  const isNoted = events.length === 0 || events.some(({ type }) => type === "note");
  return isNoted || frames.length === FRAMES.length
    ? undefined
    : "frames are missing without a word";
}

describe("a capture that is cut after any of its bytes", () => {
  it.each(Object.entries(FILES))("%s: true frames, and it is said", (_, one) => {
    const { file, records, header } = one;
    const borders = new Set([0, ...records.keys()].map((i) => header + sum(records.slice(0, i))));
    const lies: string[] = [];
    for (let length = 1; length < file.length; length++) {
      const told = decode(file.subarray(0, length));
      const lie = told ? lieOf(told, borders.has(length)) : length >= header && "not read";
      if (lie) lies.push(`${length} bytes: ${lie}`);
    }
    expect(lies).toEqual([]);
  });
});

function sum(lengths: readonly number[]): number {
  return lengths.reduce((total, length) => total + length, 0);
}
