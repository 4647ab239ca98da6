import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import type { HarEntry } from "../../src/capture/har-format.ts";
import { createHarWriter, type HarWriterOptions } from "../../src/capture/har-writer.ts";
import type { FileLike } from "../../src/capture/tailed-file.ts";
import { violation } from "../../src/protocol/rules.ts";
import type { Event } from "../../src/transport/events.ts";
import { hex } from "../helpers/bytes.ts";
import { hasChromium, startChromium } from "../helpers/chromium.ts";
import { newFolder } from "../helpers/folder.ts";
import { close, handshake, message } from "../helpers/har.ts";
import { after } from "../helpers/recorded.ts";

const VERSION = { creatorVersion: "1.2.3" };

function entriesIn(path: string): HarEntry[] {
  const har = JSON.parse(readFileSync(path, "utf8")) as { log: { entries: HarEntry[] } };
  return har.log.entries;
}

/** What was said on each connection, by its name. */
function saidIn(path: string): [conn: string, said: string][] {
  return entriesIn(path).map(({ _framecat: { conn }, _webSocketMessages: messages }) => [
    conn,
    messages.map(({ data }) => data).join(" "),
  ]);
}

async function write(
  path: string,
  events: readonly Event[],
  options: Partial<HarWriterOptions> = {},
) {
  const writer = await createHarWriter(path, { ...VERSION, ...options });
  for (const event of events) writer.push(event);
  await writer.close();
}

describe("createHarWriter", () => {
  it("writes a HAR that is whole from the beginning", async () => {
    const path = newFolder()("x.har");
    const writer = await createHarWriter(path, VERSION);
    await writer.close();
    expect(JSON.parse(readFileSync(path, "utf8"))).toEqual({
      log: {
        version: "1.2",
        creator: { name: "framecat", version: "1.2.3" },
        pages: [],
        entries: [],
      },
    });
  });

  it("keeps what was said though the handshake broke a rule", async () => {
    const path = newFolder()("x.har");
    const wrong = { ...handshake("1"), violations: [violation("request-version")] };
    await write(path, [wrong, message("1", 1, "out", "said anyway")]);
    expect(saidIn(path)).toEqual([["1", "said anyway"]]);
  });

  it("writes for nobody else to read, over what was there", async () => {
    const path = newFolder()("x.har");
    await write(path, [handshake("1")]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    writeFileSync(path, "x".repeat(10_000));
    await write(path, [handshake("1")]);
    expect(saidIn(path)).toEqual([["1", ""]]);
  });

  it("is whole whenever it is looked at", async () => {
    const path = newFolder()("x.har");
    const writer = await createHarWriter(path, VERSION);
    const events = [
      handshake("1"),
      message("1", 1, "out", "a"),
      message("1", 2, "in", hex("ff")),
      close("1", 3),
      handshake("2"),
      message("2", 1, "out", "b"),
    ];
    const said = ["1,", "1,a", "1,a /w==", "1,a /w==", "1,a /w== 2,", "1,a /w== 2,b"];
    for (const [i, event] of events.entries()) {
      writer.push(event);
      await writer.flushed();
      expect(saidIn(path).join(" "), `after event ${i}`).toBe(said[i]);
    }
    await writer.close();
    expect(saidIn(path)).toEqual([
      ["1", "a /w=="],
      ["2", "b"],
    ]);
  });

  it("tells what comes after the messages, too", async () => {
    const path = newFolder()("x.har");
    const ping = { type: "ping", dir: "in", data: hex("00"), conn: "1", at: after(1) } as const;
    const error = {
      type: "error",
      code: "protocol",
      message: "RSV1",
      conn: "1",
      at: after(1),
    } as const;
    await write(path, [handshake("1"), ping, error, close("1", 9)]);
    expect(entriesIn(path)).toMatchObject([
      {
        timings: { receive: 9 },
        _framecat: { pings: 1, close: { code: 1001 } },
        _webSocketMessages: [{ type: "error", data: "RSV1" }],
      },
    ]);
  });

  it("takes no notice of what belongs to no entry", async () => {
    const path = newFolder()("x.har");
    const refused = handshake("2", { response: { startLine: "HTTP/1.1 404 No", headers: [] } });
    await write(path, [message("1", 0, "in", "early"), refused, message("2", 1, "in", "none")]);
    expect(saidIn(path)).toEqual([["2", ""]]);
    expect(entriesIn(path)).toMatchObject([{ response: { status: 404 } }]);
  });

  it("begins anew where a name comes again", async () => {
    const path = newFolder()("x.har");
    const session = (said: string) => [handshake("1"), message("1", 1, "out", said)];
    await write(path, [...session("before"), ...session("after")]);
    expect(saidIn(path)).toEqual([
      ["1", "before"],
      ["1", "after"],
    ]);
  });

  it("has spare files while several connections are open, and one file in the end", async () => {
    const file = newFolder();
    const path = file("x.har");
    writeFileSync(file("x.2.har"), "of another run");
    const writer = await createHarWriter(path, VERSION);
    for (const conn of ["a", "b", "c"]) writer.push(handshake(conn));
    for (const conn of ["a", "b", "c"]) writer.push(message(conn, 1, "out", `from ${conn}`));
    writer.push(close("b", 2));
    writer.push(handshake("d"));
    writer.push(message("d", 3, "out", "from d"));
    await writer.flushed();
    expect(readdirSync(dirname(path))).toHaveLength(4);
    await writer.close();
    expect(saidIn(path)).toEqual(["a", "b", "d", "c"].map((conn) => [conn, `from ${conn}`]));
    expect(readdirSync(dirname(path)).toSorted()).toEqual(["x.2.har", "x.har"]);
    expect(readFileSync(file("x.2.har"), "utf8")).toBe("of another run");
  });

  it("has no more files than it may: who said nothing for longest goes on in another entry", async () => {
    const file = newFolder();
    const path = file("x.har");
    const writer = await createHarWriter(path, { ...VERSION, maxFiles: 2 });
    const say = (conn: string, ms: number) => writer.push(message(conn, ms, "out", `${conn}${ms}`));
    for (const conn of ["a", "b"]) writer.push(handshake(conn));
    say("a", 1);
    writer.push(handshake("c"));
    say("a", 2);
    say("c", 3);
    writer.push({ type: "ping", dir: "in", data: hex(""), conn: "b", at: after(4) });
    await writer.flushed();
    expect(readdirSync(dirname(path))).toEqual(["x.2.har", "x.har"]);
    say("b", 5);
    writer.push(close("a", 6));
    writer.push(close("b", 7));
    await writer.close();
    const entries = entriesIn(path).map(
      ({ _framecat: { conn, continues = false, pings, close: end }, _webSocketMessages: said }) =>
        [conn, continues, said.map(({ data }) => data).join(" "), pings, end?.code] as const,
    );
    expect(entries.toSorted((a, b) => (`${a[0]}${a[1]}` < `${b[0]}${b[1]}` ? -1 : 1))).toEqual([
      ["a", false, "a1 a2", 0, undefined],
      ["a", true, "", 0, 1001],
      ["b", false, "", 0, undefined],
      ["b", true, "b5", 1, 1001],
      ["c", false, "c3", 0, undefined],
    ]);
  });

  it("loses nothing with any number of files", async () => {
    const file = newFolder();
    const step = fc.tuple(fc.integer({ min: 0, max: 5 }), fc.nat(3));
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 40 }),
        fc.integer({ min: 1, max: 4 }),
        async (steps, maxFiles) => {
          const conns = [0, 1, 2, 3, 4, 5].map(String);
          const said = steps.map(([conn, length], i) => [
            String(conn),
            `${i}${"x".repeat(length)}`,
          ]);
          const told = said.map(([conn, text], i) => message(conn!, i, "out", text!));
          const events = [...conns.map((conn) => handshake(conn)), ...told];
          await write(file("x.har"), events, { maxFiles });
          expect(readdirSync(dirname(file("x.har")))).toEqual(["x.har"]);
          const found = saidIn(file("x.har")).flatMap(([conn, texts]) =>
            texts.split(" ").map((text) => [conn, text]),
          );
          const sorted = (pairs: string[][]) => pairs.map((pair) => pair.join(" ")).toSorted();
          expect(sorted(found.filter(([, text]) => text !== ""))).toEqual(sorted(said));
        },
      ),
      { numRuns: 12 },
    );
  });

  it("takes the oldest connections for over where there are more than may be", async () => {
    const path = newFolder()("x.har");
    const events = ["a", "b", "c"].map((conn) => handshake(conn));
    const said = ["a", "b", "c"].map((conn, i) => message(conn, i, "out", "hi"));
    await write(path, [...events, ...said], { maxConnections: 2 });
    expect(new Map(saidIn(path))).toEqual(
      new Map([
        ["a", ""],
        ["b", "hi"],
        ["c", "hi"],
      ]),
    );
  });

  it("tells of pings that came to an entry that had ended", async () => {
    const path = newFolder()("x.har");
    const pong = { type: "pong", dir: "in", data: hex(""), conn: "a", at: after(1) } as const;
    await write(path, [handshake("a"), handshake("b"), pong], { maxFiles: 1 });
    expect(entriesIn(path).map(({ _framecat: { conn, pongs } }) => [conn, pongs])).toEqual([
      ["a", 0],
      ["b", 0],
      ["a", 1],
    ]);
  });

  it("keeps what each connection said, however they overlap", async () => {
    const file = newFolder();
    const step = fc.tuple(fc.integer({ min: 0, max: 3 }), fc.constantFrom("open", "say", "close"));
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const open = new Map<number, string[]>();
        const all: string[] = [];
        const end = (conn: number) => {
          const said = open.get(conn);
          if (said) all.push(`${conn}: ${said.join(" ")}`);
          open.delete(conn);
        };
        const events = steps.map(([conn, what], i): Event => {
          if (what !== "say") end(conn);
          if (what === "open") open.set(conn, []);
          if (what === "say") open.get(conn)?.push(String(i));
          if (what === "say") return message(String(conn), i, "out", String(i));
          return what === "open" ? handshake(String(conn)) : close(String(conn), i);
        });
        await write(file("x.har"), events);
        for (const conn of open.keys()) end(conn);
        const found = saidIn(file("x.har")).map(([conn, said]) => `${conn}: ${said}`);
        expect(found.toSorted()).toEqual(all.toSorted());
      }),
      { numRuns: 40 },
    );
  });

  it("tells when to wait", async () => {
    const path = newFolder()("x.har");
    const writer = await createHarWriter(path, VERSION);
    writer.push(handshake("1"));
    expect(writer.congested).toBe(false);
    writer.push(message("1", 1, "out", Buffer.alloc(2 ** 20)));
    expect(writer.congested).toBe(true);
    await writer.drained();
    expect(writer.congested).toBe(false);
    await writer.close();
  });

  it("stops where the disk is full, says so, and keeps what it had", async () => {
    const path = newFolder()("x.har");
    const full: FileLike = {
      write: async () => Promise.reject(Object.assign(new Error("full"), { code: "ENOSPC" })),
      read: async () => ({ bytesRead: 0 }),
      close: async () => undefined,
    };
    const writer = await createHarWriter(path, { ...VERSION, open: async () => full });
    writer.push(handshake("1"));
    expect(await writer.failed).toMatchObject({ code: "ENOSPC" });
    writer.push(message("1", 1, "out", Buffer.alloc(2 ** 21)));
    expect(writer.congested).toBe(false);
    await writer.close();
  });

  it("keeps a spare file that could not be joined", async () => {
    const file = newFolder();
    const { open } = await import("node:fs/promises");
    let broken = false;
    const writer = await createHarWriter(file("x.har"), {
      ...VERSION,
      open: async (path, flags) => {
        const handle = await open(path, flags);
        if (flags !== "w") return handle;
        return {
          write: async (...args: [Uint8Array, number, number, number]) => {
            if (broken) throw new Error("full");
            return handle.write(...args);
          },
          read: async (...args: [Uint8Array, number, number, number]) => handle.read(...args),
          close: async () => handle.close(),
        };
      },
    });
    for (const conn of ["a", "b"]) writer.push(handshake(conn));
    writer.push(message("b", 1, "out", "precious"));
    writer.push(close("a", 2));
    await writer.flushed();
    expect(saidIn(file("x.2.har"))).toEqual([["b", "precious"]]);
    broken = true;
    await writer.close();
    expect(await writer.failed).toMatchObject({ message: "full" });
    expect(saidIn(file("x.har"))).toEqual([["a", ""]]);
    expect(saidIn(file("x.2.har"))).toEqual([["b", "precious"]]);
  });

  it("refuses what it cannot write before anything happens", async () => {
    const file = newFolder();
    mkdirSync(file("folder"));
    const code = (path: string) =>
      createHarWriter(path, VERSION).then(
        () => "none",
        (thrown: NodeJS.ErrnoException) => thrown.code ?? thrown.message,
      );
    expect(await code(file("none/x.har"))).toBe("ENOENT");
    expect(await code(file("folder"))).toBe("EISDIR");
    expect(await code("/dev/null")).toBe("it is no regular file");
  });
});

interface Imported {
  readonly url: string;
  readonly status: number;
  readonly remote: string;
  readonly frames: readonly unknown[];
}

/** What Chrome's developer tools make of a HAR, by their own code. */
const IMPORT = (har: string) => `
  import("devtools://devtools/bundled/models/har/har.js").then(({ HARFormat, Importer }) =>
    Importer.Importer.requestsFromHARLog(new HARFormat.HARRoot(${har}).log).map((request) => ({
      url: request.url(), status: request.statusCode, remote: request.remoteAddress(),
      frames: request.frames().map(({ type, opCode, text, time }) => [type, opCode, text, time]),
    })))
`;

it.skipIf(!hasChromium)("opens in Chrome's developer tools", { timeout: 30_000 }, async () => {
  const path = newFolder()("x.har");
  const refused = { startLine: "HTTP/1.1 401 Unauthorized", headers: [] };
  const error = {
    type: "error",
    code: "protocol",
    conn: "1",
    at: after(3),
    message: "RSV1",
  } as const;
  const said = [message("1", 1, "out", "hällo"), message("1", 2, "in", hex("00ff")), error];
  await write(path, [handshake("1"), ...said, handshake("2", { response: refused })]);
  const browser = startChromium();
  onTestFinished(() => browser.close());
  const page = await browser.open("devtools://devtools/bundled/models/har/har.js");
  const imported = await page.evaluate<Imported[]>(IMPORT(readFileSync(path, "utf8")));
  const url = "ws://example.test:8080/live?x=1&token=***";
  expect(imported).toEqual([
    {
      url,
      status: 101,
      remote: "::1:8080",
      frames: [
        ["send", 1, "hällo", 1_700_000_000.001],
        ["receive", 2, "AP8=", 1_700_000_000.002],
        ["error", -1, "RSV1", 1_700_000_000.003],
      ],
    },
    { url, status: 401, remote: "::1:8080", frames: [] },
  ]);
});

/** Writes two connections without an end, and says when something of both is in the files. */
const ENDLESS = `
  const { createHarWriter } = await import(process.argv[1]);
  const writer = await createHarWriter(process.argv[2], { creatorVersion: "1" });
  const at = { epochUs: 0, ns: 0n };
  const head = (startLine) => ({ startLine, headers: [] });
  for (const conn of ["a", "b"]) {
    writer.push({ type: "handshake", conn, at, role: "client", url: "ws://h/", remote: "", timings: {},
      request: head("GET / HTTP/1.1"), response: head("HTTP/1.1 101 Ok"), violations: [] });
  }
  for (let i = 0; ; i++) {
    const data = Buffer.from(String(i));
    for (const conn of ["a", "b"]) {
      writer.push({ type: "message", conn, at, dir: "out", kind: "text", data });
    }
    await writer.drained();
    if (i % 10 === 0) await new Promise(setImmediate);
    if (i === 2000) process.stdout.write("written");
  }
`;

it("leaves files that open where the process is killed", async () => {
  const file = newFolder();
  const module = pathToFileURL("dist/capture/har-writer.js").href;
  const args = ["--input-type=module", "-e", ENDLESS, module, file("x.har")];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  await once(child.stdout, "data");
  child.kill("SIGKILL");
  await once(child, "close");
  for (const [name, conn] of [
    ["x.har", "a"],
    ["x.2.har", "b"],
  ] as const) {
    const [[found, said] = [], ...more] = saidIn(file(name));
    const numbers = said?.split(" ") ?? [];
    expect([found, more, numbers.length > 1000]).toEqual([conn, [], true]);
    expect(numbers).toEqual(numbers.map((_, i) => String(i)));
  }
});
