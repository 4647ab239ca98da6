import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { FrameEvent } from "../../src/transport/events.ts";
import { concat } from "../helpers/bytes.ts";
import { bytesOf, Call, piecesOf } from "../helpers/forged/call.ts";
import {
  CONFORMANCE_CASES,
  type ConformanceCase,
  messagesOf,
  type Spoken,
} from "../helpers/forged/conformance-cases.ts";
import { findingsIn } from "../helpers/forged/lint-file.ts";
import { hear } from "../helpers/talk.ts";

/** The connection of a case, which begins at the time of all others. */
function callOf({ client, server, chop, deflate }: ConformanceCase, i: number): Call {
  const call = new Call({ port: 42_000 + i });
  if (deflate === undefined) call.open();
  else {
    const offer = "permessage-deflate; client_max_window_bits";
    const more = deflate.replace(/; client_max_window_bits=\d+/, "");
    call.open(offer + more, `permessage-deflate${deflate}`);
  }
  const masked = client.map((said, n) => bytesOf({ maskKey: maskKeyOf(i, n), ...said }));
  if (chop === undefined) call.raw("client", ...masked);
  else call.raw("client", ...piecesOf(concat(masked), chop));
  return call.server(...server).hangUp();
}

const maskKeyOf = (i: number, n: number): number =>
  Math.imul(0x9e37_79b1, 1 + i * 1000 + n * n * 7 + 1) >>> 0;

/** Bytes in a value that compares fast. */
function digest(data: string | Uint8Array): string {
  const bytes = Buffer.from(data as Uint8Array);
  if (bytes.length < 80) return bytes.toString("latin1");
  return `${bytes.length} B ${createHash("sha1").update(bytes).digest("hex")}`;
}

/** Each frame in a line; `at` counts the bytes before. */
function framesSaid(said: readonly Spoken[], isClient: boolean): string[] {
  let at = 0;
  return said.map((one) => {
    const { opcode, fin = true, payload = "" } = one;
    const offset = at;
    at += bytesOf({ ...one, ...(isClient && { maskKey: 1 }) }).length;
    return `${offset} ${opcode} ${fin} ${reservedBits(one)} ${digest(payload)}`;
  });
}

function framesHeard(frames: readonly FrameEvent[]): string[] {
  return frames.map(({ frame: { header, payload } }) => {
    const { offset, opcode, fin } = header;
    return `${offset} ${opcode} ${fin} ${reservedBits(header)} ${digest(payload)}`;
  });
}

function reservedBits({ rsv1 = false, rsv2 = false, rsv3 = false }: Partial<Spoken>): string {
  return [rsv1, rsv2, rsv3].map(Number).join("");
}

function expectSide(frames: readonly FrameEvent[], said: readonly Spoken[], isClient: boolean) {
  expect(framesHeard(frames)).toEqual(framesSaid(said, isClient));
  expect(frames.every(({ frame }) => frame.header.masked === isClient)).toBe(true);
  const messages = frames.flatMap(({ message }) => (message ? [message] : []));
  expect(messages.map(({ kind, data, cut }) => [kind, cut, digest(data)])).toEqual(
    messagesOf(said).map(({ opcode, data, cut }) => [
      opcode === 1 ? "text" : "binary",
      cut,
      digest(data),
    ]),
  );
}

const SECTIONS = [...new Set(CONFORMANCE_CASES.map(sectionOf))];

function sectionOf({ id }: ConformanceCase): string {
  return id.split(".")[0]!;
}

describe("a conformance run in a capture, its connections interleaved", () => {
  it("has all cases once", () => {
    const ids = new Set(CONFORMANCE_CASES.map(({ id }) => id));
    expect(ids.size).toBe(CONFORMANCE_CASES.length);
    expect(ids.size).toBeGreaterThanOrEqual(128);
  });

  it.each(SECTIONS)("section %s", async (section) => {
    const cases = CONFORMANCE_CASES.filter((one) => sectionOf(one) === section);
    const calls = cases.map(callOf);
    const packets = calls.flatMap((call) => call.packets);
    const interleaved = packets.toSorted((a, b) => Number((a.ns ?? 0n) - (b.ns ?? 0n)));
    const { events } = await hear(interleaved, { lint: true });
    for (const [i, one] of cases.entries()) {
      const own = events.filter(({ conn }) => conn === String(i + 1));
      const side = (dir: "in" | "out") =>
        own.filter((event): event is FrameEvent => event.type === "frame" && event.dir === dir);
      expectSide(side("out"), one.client, true);
      expectSide(side("in"), one.server, false);
      const found = findingsIn(own).map((line) => line.replace(/^\d+ |@\d+$/g, ""));
      expect([one.id, ...found]).toEqual([one.id, ...one.finds]);
    }
  });
});
