import { describe, expect, it } from "vitest";
import type { Epoch } from "../../../src/capture/tls/epoch.ts";
import type { RecordCipher } from "../../../src/capture/tls/record-cipher.ts";
import { type Opened, RecordOpener } from "../../../src/capture/tls/record-opener.ts";
import { utf8 } from "../../helpers/bytes.ts";

interface EpochSketch {
  readonly kind?: Epoch["kind"];
  readonly firstData?: 0 | 1;
  readonly next?: Epoch;
}

/** An epoch whose records say what they are: `a5` is number 5 of epoch a. */
function epoch(
  name: string,
  { kind = "application", firstData = 0, next }: EpochSketch = {},
): Epoch {
  const numberOf = (body: Uint8Array) => {
    const text = Buffer.from(body).toString();
    return text.startsWith(name) ? Number(text.slice(name.length)) : undefined;
  };
  const cipher: Pick<RecordCipher, "open" | "findSequence" | "searchCost" | "overhead"> = {
    overhead: 0,
    open: ({ body }, sequence) => (numberOf(body) === sequence ? body : undefined),
    findSequence: ({ body }, from) => {
      const number = numberOf(body);
      return number !== undefined && number >= from ? number : undefined;
    },
    searchCost: () => 50 * 1024 * 1024,
  };
  return { kind, firstData, cipher: cipher as RecordCipher, next: () => next };
}

const record = (text: string) => ({
  type: 23,
  version: 0x0303,
  body: utf8(text),
  offset: 0,
  tsNs: 0n,
});

/** What comes of opening: how many records are missing before it, or why it is not opened. */
function open(opener: RecordOpener, text: string): number | string | undefined {
  const opened: Opened | "passed-over" | undefined = opener.open(record(text));
  if (opened === undefined) return "fails";
  if (opened === "passed-over") return opened;
  expect(Buffer.from(opened.content).toString()).toBe(text);
  return opened.missing;
}

describe("counting", () => {
  it("takes records in turn, and finds those behind a loss", () => {
    const opener = new RecordOpener(epoch("a"));
    expect(opener.verified).toBe(false);
    expect(["a0", "a1", "a5", "a6"].map((text) => open(opener, text))).toEqual([0, 0, 3, 0]);
    expect(opener.verified).toBe(true);
  });

  it("counts those that are known to be missing, once", () => {
    const opener = new RecordOpener(epoch("a"));
    expect(open(opener, "a0")).toBe(0);
    opener.skip();
    opener.skip();
    expect(open(opener, "a3")).toBe(2);
    opener.skip();
    expect(open(opener, "a4")).toBe(0);
  });

  it("does not take a record a second time", () => {
    const opener = new RecordOpener(epoch("a"));
    expect(["a4", "a4", "a3", "a5"].map((text) => open(opener, text))).toEqual([
      4,
      "fails",
      "fails",
      0,
    ]);
  });

  it("does not miss Finished of TLS 1.2", () => {
    expect(open(new RecordOpener(epoch("a", { firstData: 1 })), "a1")).toBe(0);
    expect(open(new RecordOpener(epoch("a", { firstData: 1 })), "a3")).toBe(2);
  });
});

describe("epochs", () => {
  it("advances where there is a next one", () => {
    const next = epoch("b");
    const opener = new RecordOpener(epoch("a", { next }));
    expect(open(opener, "a0")).toBe(0);
    expect(opener.advance()).toBe(true);
    expect(open(opener, "b0")).toBe(0);
    expect(opener.advance()).toBe(false);
    expect(opener.epoch).toBe(next);
  });

  it.each([
    ["handshake", "b2", 2],
    ["application", "b2", undefined],
  ] as const)("goes from %s data to the next by itself", (kind, text, missing) => {
    const opener = new RecordOpener(epoch("a", { kind, next: epoch("b") }));
    expect(open(opener, "a0")).toBe(0);
    expect(open(opener, text)).toBe(missing);
    expect(open(opener, "b3")).toBe(0);
  });

  it("misses no data within the handshake", () => {
    expect(open(new RecordOpener(epoch("a", { kind: "handshake" })), "a7")).toBe(0);
  });
});

describe("in front of the first record", () => {
  it("passes over what does not fit, without a search", () => {
    const opener = new RecordOpener(epoch("a"), { passOver: true });
    expect(["x", "a3", "a0", "a4"].map((text) => open(opener, text))).toEqual([
      "passed-over",
      "passed-over",
      0,
      3,
    ]);
    expect(opener.passedOver).toBe(3);
  });

  it("searches where something is lost, or too much was passed over", () => {
    const lossy = new RecordOpener(epoch("a"), { passOver: true });
    lossy.lose();
    expect(open(lossy, "a3")).toBe(3);
    const long = new RecordOpener(epoch("a"), { passOver: true });
    expect(open(long, "x".repeat(2 ** 20 + 1))).toBe("passed-over");
    expect(open(long, "a3")).toBe(3);
  });
});

it("is exhausted by much that fails in a row", () => {
  const opener = new RecordOpener(epoch("a"));
  for (let i = 0; i < 4; i++) expect(open(opener, "x")).toBe("fails");
  expect(open(opener, "a9")).toBe(9);
  for (let i = 0; i < 6; i++) {
    expect(opener.exhausted).toBe(false);
    expect(open(opener, "x")).toBe("fails");
  }
  expect(opener.exhausted).toBe(true);
  expect(open(opener, "a20")).toBe("fails");
});
