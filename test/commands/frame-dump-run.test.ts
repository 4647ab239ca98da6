import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { main } from "../../src/cli.ts";
import { encodeClosePayload } from "../../src/protocol/close-codes.ts";
import { frameBytes } from "../helpers/frame-events.ts";
import { memoryIo } from "../helpers/memory-io.ts";
import { expectDocument, expectValid } from "../helpers/schemas.ts";
import { file, folder } from "../helpers/temp-files.ts";

const CAPTURES = "../shared/captures";

async function dump(...argv: string[]) {
  const io = memoryIo({ stdin: "" });
  const code = await main(["frame-dump", ...argv], io);
  return { code, out: io.out(), err: io.err() };
}

const frames = (...sketches: Parameters<typeof frameBytes>[0][]) =>
  file(Buffer.concat(sketches.map(frameBytes)));
const talk = () =>
  frames(
    { opcode: 1, payload: "ping pong", maskKey: 0x12345678 },
    { opcode: 1, payload: "hel", fin: false },
    { opcode: 9, payload: "between" },
    { opcode: 0, payload: "lo" },
    { opcode: 2, payload: Buffer.from([1, 2]), maskKey: 0x9abcdef0 },
  );

describe("the forms of frame-dump", () => {
  it.each([
    ["--payload", "ping ponghello\x01\x02"],
    ["--messages", "ping pong"],
    ["--table", "opcode"],
    ["--tree", "2 fragments"],
    ["--summary", "messages"],
  ])("%s", async (form, holds) => {
    const { code, out, err } = await dump(form, talk());
    expect([code, err]).toEqual([0, ""]);
    expect(out).toContain(holds);
  });

  it("--json is one document", async () => {
    const { out } = await dump("--json", talk());
    const { v, events } = JSON.parse(out) as { v: string; events: { number: number }[] };
    expect([v, events.map(({ number }) => number)]).toEqual(["framecat.dump/1", [1, 2, 3, 4, 5]]);
  });
});

describe("filters", () => {
  it.each([
    [["--opcode", "control"], 1],
    [["--direction", "client"], 2],
    [["--grep", "/^hel/"], 2],
    [["--size", "3.."], 3],
    [["--first", "2"], 2],
    [["--last", "1"], 1],
    [["--skip", "4"], 1],
    [["--violations"], 0],
  ])("%j", async (argv, count) => {
    const { code, out } = await dump(...argv, talk());
    expect([code, out.trimEnd().split("\n").filter(Boolean).length]).toEqual([0, count]);
  });

  it.each([
    [["--first", "1", "--last", "1"], "--first and --last exclude each other"],
    [["--opcode", "nonsense"], "nonsense"],
    [["--grep", "/(/"], "--grep"],
    [["--direction", "up"], "--direction must be"],
    [["--keylog", "/no/such"], "--keylog: /no/such: no such file"],
    [["--assume-websocket", "0"], "--assume-websocket must be"],
  ])("%j is refused", async (argv, message) => {
    const { code, err } = await dump(...argv, talk());
    expect([code, err]).toEqual([2, expect.stringContaining(message)]);
  });
});

describe("the lint", () => {
  it("exits with 33 where an error is found, and says which", async () => {
    const path = frames({ opcode: 3 }, { opcode: 8, payload: "x" }, { opcode: 3, rsv2: true });
    const { code, out, err } = await dump("--lint", path);
    expect(code).toBe(33);
    expect(err).toMatch(/^framecat: \d errors: .*opcode-reserved ×2.*\(exit 33\)\.\n$/);
    expect(out).toContain("(opcode-reserved,");
  });

  it("finds what a whole conversation breaks, which is no error here", async () => {
    const key = { maskKey: 0x12345678 };
    const close = { opcode: 8, payload: encodeClosePayload(1000, "") };
    const path = frames({ opcode: 1, ...key }, { opcode: 1, ...key }, { ...close, ...key }, close);
    const { code, out } = await dump("--lint", path);
    expect([code, out]).toEqual([0, expect.stringContaining("mask-key-repeated")]);
  });

  it.each([[[]], [["--tree"]], [["--summary"]], [["--json"]]])(
    "finds what half a header breaks, once and only if it is asked: %j",
    async (form) => {
      const { code, out, err } = await dump("--lint", ...form, "8900 b9fe");
      expect(code).toBe(33);
      expect(out.match(/rsv-not-negotiated/g)).toHaveLength(1);
      expect(out.match(/control-too-long/g)).toHaveLength(1);
      expect(err).toContain("within the header of the frame at byte 2: at least 6 of 8 B");
      expect(err).toContain("3 errors: rsv-not-negotiated, control-too-long, frame-truncated");
      expect(await dump(...form, "8900 b9fe")).toMatchObject({
        code: 0,
        out: expect.not.stringContaining("rsv-not-negotiated") as string,
      });
    },
  );

  it.each([["8900 81fe00"], ["8900 c1", "--deflate"], ["8900 8102 61"]])(
    "blames a frame that is cut for that alone, wherever it is: %s",
    async (input, ...flags) => {
      const { code, out } = await dump("--lint", "--json", ...flags, input);
      expect(code).toBe(33);
      expect(out.match(/"rule": ?"[^"]+/g)).toEqual([expect.stringContaining("frame-truncated")]);
      expectValid("dump", JSON.parse(out));
    },
  );

  it("has rules that can be listed", async () => {
    const { code, out } = await dump("--rules");
    expect([code, out]).toEqual([0, expect.stringContaining("client-frame-unmasked")]);
    expectDocument("rules", (await dump("--rules", "--json")).out);
  });
});

describe("a length that no number holds", () => {
  const LENGTHS = [2n ** 53n + 1n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n];
  const LINES = [[], ["-v"], ["--hex"], ["--diagram"], ["--table"], ["--tree"], ["--lint"]];
  const cutFrame = (opcode: string, length: bigint) =>
    `${opcode}7f${length.toString(16).padStart(16, "0")}61`;
  /** Numbers from 10^15 on. */
  const longNumbers = (text: string) =>
    [...text.matchAll(/\d[\d,]{15,}/g)].map(([digits]) => BigInt(digits.replaceAll(",", "")));

  it.each(LINES)("is told exactly: %s", async (...argv) => {
    for (const length of LENGTHS) {
      for (const opcode of ["82", "02", "89"]) {
        const { out, err } = await dump(...argv, cutFrame(opcode, length));
        expect(longNumbers(out)).toContain(length);
        const told = new Set(longNumbers(out + err));
        expect([...told].filter((one) => one !== length && one !== length - 1n)).toEqual([]);
      }
    }
  });

  it("is a number in JSON that its readers hold, not above it, and exact in words", async () => {
    for (const length of LENGTHS) {
      const { out } = await dump("--json", cutFrame("82", length));
      const document = JSON.parse(out) as {
        events: { length: number; violations: { message: string }[] }[];
      };
      expectValid("dump", document);
      const [frame] = document.events;
      expect(BigInt(frame!.length)).toBeLessThanOrEqual(length);
      expect(length - BigInt(frame!.length)).toBeLessThan(2n ** 11n);
      expect(frame!.violations.at(-1)!.message).toContain(`1 of ${length} bytes`);
    }
  });
});

describe.skipIf(!existsSync(CAPTURES))("captures (skipped without ../shared/captures)", () => {
  it.each([
    [["01-basic-ws.pcap"], 0, "● open   ws://127.0.0.1:8080/chat?room=1"],
    [["54-gzipped.pcap.gz", "--first", "1"], 0, "● open"],
    [["55-plain.pcapng", "--messages", "--first", "1"], 0, "→"],
    [["17-chromium.har", "--messages"], 0, "hello from chromium"],
    [["22-wss-tls13.pcap", "--keylog", `${CAPTURES}/22-wss-tls13.keys`], 0, "TLS 1.3"],
    [["44-midstream-no-handshake.pcap", "--assume-websocket", "8080"], 0, "→"],
  ])("%j", async ([name = "", ...argv], exitCode, holds) => {
    const { code, out } = await dump(`${CAPTURES}/${name}`, ...argv);
    expect([code, out]).toEqual([exitCode, expect.stringContaining(holds)]);
  });

  it.each([
    "01-basic-ws.pcap",
    "04-deflate-context-takeover.pcap",
    "17-chromium.har",
    "20-handshakes-rejected.pcap",
  ])("%s is JSON that keeps to its schema", async (name) => {
    const { out } = await dump(`${CAPTURES}/${name}`, "--json", "--lint");
    expectValid("dump", JSON.parse(out));
    expectDocument("dump-summary", (await dump(`${CAPTURES}/${name}`, "--json", "--summary")).out);
  });

  it("of refusals alone break no rule", async () => {
    const argv = ["--connection", "1,2,3", "--format", "ndjson"];
    const { out } = await dump(`${CAPTURES}/20-handshakes-rejected.pcap`, ...argv);
    const { code, err } = await dump("--lint", file(out));
    expect([code, err]).toEqual([0, ""]);
  });

  it("tell how many messages there were only where all are shown", async () => {
    const all = await dump(`${CAPTURES}/01-basic-ws.pcap`);
    expect(all.out).toContain("from the client, ");
    const some = await dump(`${CAPTURES}/01-basic-ws.pcap`, "--opcode", "ping");
    expect(some.out).toContain("closed by the client");
    expect(some.out).not.toContain("from the client");
  });

  it("show the bytes of messages whose frames are not known", async () => {
    const { out } = await dump(`${CAPTURES}/17-chromium.har`, "--hex", "--first", "1");
    expect(out).toContain("    payload   68 65 6c 6c 6f 20");
  });

  it("become a HAR with the messages of their frames", async () => {
    const har = join(folder(), "x.har");
    await dump(`${CAPTURES}/02-fragmented-ws.pcap`, "--har", har);
    const there = await dump(har, "--messages");
    const wanted = await dump(`${CAPTURES}/02-fragmented-ws.pcap`, "--messages");
    expect(there.out.split("\n").length).toBe(wanted.out.split("\n").length);
    expect(there.out).toContain("a€b😀c");
  });

  it("are written as captures that read the same", async () => {
    const pcapng = join(folder(), "x.pcapng");
    await dump(`${CAPTURES}/02-fragmented-ws.pcap`, "--pcapng", pcapng);
    const [there, wanted] = await Promise.all([
      dump(pcapng, "--messages"),
      dump(`${CAPTURES}/02-fragmented-ws.pcap`, "--messages"),
    ]);
    expect(there.out).toBe(wanted.out);
    expect((await dump("--pcapng", "-", pcapng)).code).toBe(2);
    const nowhere = await dump("--pcapng", "/no/such/file", pcapng);
    expect(nowhere.err).toContain("--pcapng: cannot write /no/such/file");
  });

  it("say what could not be looked into, and how it could", async () => {
    const { code, err } = await dump(`${CAPTURES}/22-wss-tls13.pcap`);
    expect([code, err]).toEqual([0, expect.stringContaining("give --keylog FILE")]);
    const midstream = await dump(`${CAPTURES}/44-midstream-no-handshake.pcap`);
    expect(midstream.err).toContain("try --assume-websocket 8080");
    const quiet = await dump("-q", `${CAPTURES}/44-midstream-no-handshake.pcap`);
    expect(quiet.err).toBe("");
  });

  it("break no rule where their applications keep to them", async () => {
    for (const name of [
      "01-basic-ws.pcap",
      "02-fragmented-ws.pcap",
      "14-lossy-retransmissions.pcap",
    ]) {
      expect((await dump(`${CAPTURES}/${name}`, "--lint")).code).toBe(0);
    }
  });
});
