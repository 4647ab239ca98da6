import { deflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { Inflation } from "../../../src/capture/streams/inflation.ts";
import { WindowMemory } from "../../../src/capture/streams/window-memory.ts";
import type { Inflate } from "../../../src/protocol/assembler.ts";
import { utf8 } from "../../helpers/bytes.ts";
import { ZlibStream } from "../../helpers/zlib-stream.ts";
import { fromClient, fromServer, hear, inShort, Talk } from "../../helpers/talk.ts";

const RSV1 = { rsv1: true };
const OFFER = ["Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"];

/** Compresses each message alone. */
function alone(text: string, windowBits = 15): Uint8Array {
  return deflateRawSync(utf8(text), { windowBits, finishFlush: 2 }).subarray(0, -4);
}

function agreed(terms: string): Talk {
  const agree = [`Sec-WebSocket-Extensions: permessage-deflate${terms}`];
  return new Talk().open("/", { ask: OFFER, agree });
}

async function frames(talk: Talk, options = {}): Promise<string[]> {
  const { events } = await hear(talk, options);
  return inShort(events.filter(({ type }) => type === "frame" || type === "note")).map((line) =>
    line.replace(/@.* = /, " = ").replace(/@.*/, " raw"),
  );
}

describe("each side compresses with the terms of its own name", () => {
  const said = "the same words again and again, the same words again and again";

  it("client_no_context_takeover binds the client alone", async () => {
    const server = new ZlibStream();
    const talk = agreed("; client_no_context_takeover");
    talk.client(fromClient(alone(said), RSV1), fromClient(alone(said), RSV1));
    talk.server(fromServer(server.push(said), RSV1), fromServer(server.push(said), RSV1));
    expect(await frames(talk)).toEqual([
      `1 → text = ${said}`,
      `1 → text = ${said}`,
      `1 ← text = ${said}`,
      `1 ← text = ${said}`,
      "1 note the end of this connection is not in the capture",
    ]);
  });
});

describe("where messages are missing", () => {
  const said = ["first message of all", "first message of all again", "unlike others: 0123456789"];

  it("those that refer to them stay as they are, and nobody is to blame", async () => {
    const server = new ZlibStream();
    const [one, two] = said.map((text) => fromServer(server.push(text), RSV1));
    const talk = agreed("").lost("server", one!.length).server(two!);
    talk.server(fromServer(alone(said[2]!), RSV1), fromServer("plain"));
    expect(await frames(talk)).toEqual([
      `1 note from the server: ${one!.length} B are missing in the capture`,
      "1 ← text = cut",
      "1 note from the server: messages that refer to compressed ones which are not all there are shown as they are",
      `1 ← text = ${said[2]}`,
      "1 ← text raw",
      "1 note the end of this connection is not in the capture",
    ]);
  });

  it("without context takeover nothing refers to them", async () => {
    const [one, two, three] = said.map((text) => fromServer(alone(text), RSV1));
    const talk = agreed("; server_no_context_takeover").lost("server", one!.length);
    talk.server(two!, three!);
    expect((await frames(talk)).slice(1, 3)).toEqual([
      `1 ← text = ${said[1]}`,
      `1 ← text = ${said[2]}`,
    ]);
  });

  it("a message that is cut is not inflated, nor are those that refer to it", async () => {
    const server = new ZlibStream();
    const [one, two] = said.map((text) => fromServer(server.push(text), RSV1));
    const talk = agreed("").server(one!.slice(0, 8)).lost("server", 4).server(one!.slice(12), two!);
    expect((await frames(talk)).filter((line) => line.includes("←"))).toEqual([
      "1 ← text = cut",
      "1 ← text = cut",
    ]);
  });
});

describe("without the handshake", () => {
  const texts = [1, 2, 3].map((i) => `a message of some length, number ${i}`);
  const talk = new Talk().client(...texts.map((text) => fromClient(alone(text), RSV1)));
  talk.client(fromClient("plain text"), fromClient("more plain text"));

  it("compressed messages are shown as they are, and why is said once", async () => {
    const lines = await frames(talk, { assumeWebSocket: [9000] });
    expect(lines.filter((line) => line.includes("note"))).toEqual([
      "1 note the handshake with 10.0.0.2:9000 is not in the capture",
      "1 note from the client: messages are compressed; the handshake that agreed on it is not in the capture",
      "1 note the end of this connection is not in the capture",
    ]);
    expect(lines[1]).toBe("1 → text = cut");
  });

  it("they are inflated where that is asked for", async () => {
    const lines = await frames(talk, { assumeWebSocket: [9000], deflate: true });
    expect(lines.slice(1, 4)).toEqual(texts.map((text) => `1 → text = ${text}`));
  });
});

it("what does not inflate although all is there is the sender's fault", async () => {
  const { events } = await hear(agreed("").server(fromServer(Uint8Array.of(0xff, 0xff), RSV1)));
  const [, frame] = events;
  expect(frame).toMatchObject({ violations: [{ rule: "deflate-corrupt" }] });
});

describe("where windows take too much memory together", () => {
  const TERMS = {
    serverNoContextTakeover: false,
    clientNoContextTakeover: false,
    serverMaxWindowBits: 15,
    clientMaxWindowBits: 15,
  };
  const said = "the same words again and again, the same words again and again";

  function talkers(terms = TERMS) {
    const windows = new WindowMemory(said.length);
    const [first, second] = [1, 2].map(() => {
      const inflation = new Inflation(terms, "out", windows);
      const sender = new ZlibStream();
      return { inflation, say: () => inflation.inflate!(sender.push(said), 1000) };
    }) as [Talker, Talker];
    return { first, second, windows };
  }

  interface Talker {
    readonly inflation: Inflation;
    readonly say: () => ReturnType<Inflate>;
  }

  it("the one that spoke longest ago is given up, and says why", () => {
    const { first, second } = talkers();
    expect([first.say().ok, first.inflation.excuse]).toEqual([true, undefined]);
    expect(second.say().ok).toBe(true);
    expect(first.say()).toEqual({ ok: false, rule: "deflate-corrupt" });
    expect(first.inflation.excuse).toMatch(/^messages that refer to earlier ones .* at once$/);
    expect(second.inflation.excuse).toBeUndefined();
    expect(second.say().ok).toBe(true);
  });

  it("what has no window, or has ended, takes none", () => {
    const { first, windows } = talkers({ ...TERMS, clientNoContextTakeover: true });
    first.say();
    expect(windows.held).toBe(0);
    const ended = talkers();
    ended.first.say();
    expect(ended.windows.held).toBe(said.length);
    ended.first.inflation.end();
    expect(ended.windows.held).toBe(0);
  });
});
