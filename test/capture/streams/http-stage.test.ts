import { describe, expect, it } from "vitest";
import { createDecoding } from "../../../src/capture/streams/decoding.ts";
import { DroppedStage } from "../../../src/capture/streams/dropped-stage.ts";
import { HttpStage } from "../../../src/capture/streams/http-stage.ts";
import type { StageHost } from "../../../src/capture/streams/stage.ts";
import type { Direction, Event } from "../../../src/transport/events.ts";
import { concat, singly, utf8 } from "../../helpers/bytes.ts";
import {
  fromClient,
  fromServer,
  hear,
  inShort,
  request,
  response,
  Talk,
} from "../../helpers/talk.ts";

async function told(talk: Talk): Promise<string[]> {
  const { events } = await hear(talk);
  return inShort(events).filter((line) => !line.includes("the end of this connection"));
}

const OPENED = ["1 handshake ws://example.test/ws 101", "1 → text@0 hi", "1 ← text@0 ho"];

function speak(talk: Talk): Talk {
  return talk.client(fromClient("hi")).server(fromServer("ho"));
}

describe("HTTP before the upgrade is passed over", () => {
  it.each([
    ["a length", "GET /a HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nHTTP/1."],
    [
      "chunks",
      "GET /a HTTP/1.1\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    ],
    ["HEAD", "HEAD /a HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 7000\r\n\r\n"],
    ["304", "GET /a HTTP/1.1\r\n\r\n", "HTTP/1.1 304 Not Modified\r\nContent-Length: 7000\r\n\r\n"],
    [
      "a request with a body, and 100",
      "POST /a HTTP/1.1\r\nContent-Length: 5\r\n\r\nGET /",
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
    ],
  ])("%s", async (_, ask, answer) => {
    const talk = new Talk().connect().client(ask).server(answer);
    talk.client(request("/ws")).server(response());
    expect(await told(speak(talk))).toEqual(OPENED);
  });

  it("pipelined, all in one packet each", async () => {
    const plain = "GET /a HTTP/1.1\r\n\r\n";
    const ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    const talk = new Talk().connect().client(plain + plain + request("/ws"));
    talk.server(concat([utf8(ok + ok + response()), fromServer("ho")])).client(fromClient("hi"));
    expect((await told(talk)).toSorted()).toEqual(OPENED.toSorted());
  });

  it("byte by byte", async () => {
    const talk = new Talk()
      .connect()
      .client(...singly(utf8(request("/ws"))))
      .server(...singly(utf8(response())));
    expect(await told(speak(talk))).toEqual(OPENED);
  });

  it("with a gap in a body", async () => {
    const talk = new Talk().connect().client("GET /a HTTP/1.1\r\n\r\n");
    talk.server("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n").lost("server", 1000);
    talk.client(request("/ws")).server(response()).wait(3000);
    expect(await told(speak(talk))).toEqual(OPENED);
  });

  it("whatever is lost of it: a request that begins a packet is found", async () => {
    const talk = new Talk().connect().client("GET /a HTTP/1.1\r\n").lost("client", 20);
    talk.client(request("/ws")).server(response());
    // The client's bytes wait for what is missing before them.
    expect((await told(speak(talk))).toSorted()).toEqual(OPENED.toSorted());
  });
});

describe("a refusal", () => {
  it("is told with its body, and the next attempt may succeed", async () => {
    const talk = new Talk().connect().client(request("/no"));
    talk.server("HTTP/1.1 401 Unauthorized\r\nContent-Length: 6\r\n\r\ndenied");
    talk.client(request("/ws")).server(response());
    const { events } = await hear(speak(talk));
    expect(inShort(events)[0]).toBe("1 handshake ws://example.test/no 401");
    expect(events[0]).toMatchObject({ body: utf8("denied") });
    expect(inShort(events).slice(1, 4)).toEqual(OPENED);
  });

  it("whose body ends with the connection is told then, with 64 KiB at most", async () => {
    const talk = new Talk().connect().client(request("/no")).server("HTTP/1.1 500 Oops\r\n\r\n");
    for (let i = 0; i < 70; i++) talk.server("x".repeat(1000));
    const [event] = (await hear(talk.close("server"))).events;
    expect(event).toMatchObject({ type: "handshake", body: { length: 65_536 } });
  });

  it("of a plain request that should have been an upgrade counts as one", async () => {
    const talk = new Talk().connect().client("GET /p HTTP/1.1\r\nHost: h\r\n\r\n");
    talk.server("HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\nContent-Length: 0\r\n\r\n");
    expect(await told(talk)).toEqual(["1 handshake ws://h/p 426"]);
  });
});

describe("the other direction", () => {
  it("a response that stands before its request waits for it", async () => {
    const talk = new Talk().connect().client(request("/ws")).server(response(), fromServer("ho"));
    const [syn, answer, ask, ...rest] = talk.packets;
    const { events } = await hear([syn!, answer!, ...rest, ask!]);
    expect(inShort(events).slice(0, 2)).toEqual([OPENED[0], OPENED[2]]);
  });

  it("the server's whole side may stand before the request", async () => {
    const long = fromServer(new Uint8Array(60_000), { opcode: 2 });
    const talk = new Talk().connect().client(request("/ws"));
    talk.server(response(), long, long, fromServer("ho")).close("server");
    const [syn, answer, ask, ...rest] = talk.packets;
    const own = rest.filter(({ from }) => from === "server");
    const others = rest.filter(({ from }) => from === "client");
    const { events } = await hear([syn!, answer!, ...own, ask!, ...others]);
    expect(inShort(events).slice(0, 4)).toEqual([
      OPENED[0],
      "1 ← binary@0 60000 B",
      "1 ← binary@60004 60000 B",
      "1 ← text@120008 ho",
    ]);
  });

  it("a request of which the beginning is missing is none", async () => {
    const talk = new Talk().connect().client(request("/ws").slice(0, 2), request("/ws").slice(2));
    const [syn, answer, , ask] = talk.server(response(), fromServer("ho")).packets;
    const { events } = await hear([syn!, answer!, ...talk.packets.slice(4), ask!]);
    expect(inShort(events).slice(0, 2)).toEqual([
      "1 note HTTP/1.1 101 Switching Protocols: the request that it answers is not in the capture",
      OPENED[2],
    ]);
    expect(events.some((event) => "violations" in event && event.violations.length > 0)).toBe(
      false,
    );
  });

  it("a request that is lost: what the client sends behind the response is decoded", async () => {
    const talk = new Talk().connect().lost("client", request("/ws").length).server(response());
    talk.client(fromClient("hello"), fromClient("again")).server(fromServer("ho"));
    const { events } = await hear(talk);
    expect(inShort(events).slice(0, 4)).toEqual([
      "1 note HTTP/1.1 101 Switching Protocols: the request that it answers is not in the capture",
      OPENED[2],
      "1 → text@0 hello",
      "1 → text@11 again",
    ]);
  });

  it("frames in the packet of the response are frames", async () => {
    const talk = new Talk().connect().client(request("/ws"));
    talk.server(concat([utf8(response()), fromServer("ho")]));
    expect(await told(talk)).toEqual([OPENED[0], OPENED[2]]);
  });

  it("frames before the response are told after it, and that they came too early", async () => {
    const talk = new Talk().connect().client(request("/ws"), fromClient("hi")).server(response());
    expect(await told(talk)).toEqual([
      OPENED[0],
      "1 note the client sent 8 B before the response",
      OPENED[1],
    ]);
  });

  it("a response that is lost: what follows shows what it said", async () => {
    const talk = new Talk().connect().client(request("/ws")).lost("server", response().length);
    talk.client(fromClient("hello")).wait(3000).server(fromServer("hello too"));
    expect((await told(talk)).filter((line) => !line.includes("missing"))).toEqual([
      "1 note GET /ws HTTP/1.1: the response to it is not in the capture",
      "1 → text@0 hello",
      `1 ← text@${response().length} hello too`,
    ]);
  });

  it("a request without any response is told", async () => {
    const talk = new Talk().connect().client(request("/ws")).close("server");
    expect(await told(talk)).toEqual([
      "1 note GET /ws HTTP/1.1: no response to it is in the capture",
    ]);
  });
});

it("101 to another protocol is passed over", async () => {
  const talk = new Talk().connect().client("GET / HTTP/1.1\r\nUpgrade: h2c\r\n\r\n");
  talk.server("HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n", fromServer("no frame"));
  const { events, report } = await hear(talk);
  expect(inShort(events)).toEqual([
    "1 note HTTP/1.1 101 Switching Protocols: what follows is another protocol than WebSocket",
  ]);
  expect(report.connections).toMatchObject({ webSocket: 0, other: 1 });
});

it("CONNECT opens a tunnel in which it all begins anew", async () => {
  const talk = new Talk().connect().client("CONNECT far.test:80 HTTP/1.1\r\n\r\n");
  talk.server("HTTP/1.1 200 Connected\r\n\r\n").client(request("/ws")).server(response());
  expect(await told(speak(talk))).toEqual(OPENED);
});

it("heads that a small snap length cuts: frames are found where the port is said to be WebSocket", async () => {
  const talk = new Talk().open("/ws");
  for (let i = 0; i < 6; i++) talk.client(fromClient(`ask ${i}`)).server(fromServer(`answer ${i}`));
  const packets = talk.packets.map(({ data, ns }) => ({
    data: data.slice(0, 96),
    originalLength: data.length,
    ns: ns!,
  }));
  const { report } = await hear(packets);
  expect([...report.connections.likelyWebSocket]).toEqual([9000]);
  const { events } = await hear(packets, { assumeWebSocket: [9000] });
  const frames = inShort(events.filter(({ type }) => type === "frame"));
  expect(frames.map((line) => line.replace(/@\d+/, "")).toSorted()).toEqual([
    ...Array.from({ length: 6 }, (_, i) => `1 ← text answer ${i}`),
    ...Array.from({ length: 6 }, (_, i) => `1 → text ask ${i}`),
  ]);
});

it("bytes that wait are limited", async () => {
  const talk = new Talk().connect().client(request("/ws"));
  for (let i = 0; i < 80; i++) talk.client(new Uint8Array(1000).fill(0x41));
  const { report, events } = await hear(talk);
  expect(events.filter(({ type }) => type === "frame")).toEqual([]);
  expect(report.connections.connections).toBe(1);
});

describe("where all connections together hold too much", () => {
  const FULL = 65 * 2 ** 20;

  /** A connection among others that hold so much. */
  function among(others: number) {
    const events: Event[] = [];
    const decoding = createDecoding({ take: (event) => events.push(event) });
    const host = {
      ports: [1000, 80],
      remote: "10.0.0.2:80",
      conn: "1",
      attempted: false,
      stages: { lookOut: () => new DroppedStage("other") },
      become: () => undefined,
    } as unknown as StageHost;
    const stage = new HttpStage(decoding, host);
    decoding.budget.held += others;
    const say = (dir: Direction, text: string) => stage.data(dir, utf8(text), 0, text.length);
    const held = () => decoding.budget.held - others;
    return { stage, say, held, lines: () => inShort(events) };
  }

  const LONG = `X: ${"x".repeat(5000)}\r\n`;
  const ASKS = "1 note more is under way at once than is kept: what the client asks is given up";
  const ANSWERS =
    "1 note more is under way at once than is kept: what the server answers is given up";

  it("what a connection holds is counted until it is told, or over", () => {
    const { say, held, stage } = among(0);
    say("out", `GET / HTTP/1.1\r\n${LONG}`);
    expect(held()).toBeGreaterThan(5000);
    say("out", "\r\n");
    expect(held()).toBeGreaterThan(5000);
    say("in", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    expect(held()).toBe(0);
    say("out", `GET / HTTP/1.1\r\n${LONG}\r\n`);
    stage.finish();
    expect(held()).toBe(0);
  });

  it.each([
    ["half a head", [["out", `GET / HTTP/1.1\r\n${LONG}`]], ASKS],
    ["a head", [["out", `GET / HTTP/1.1\r\n${LONG}\r\n`]], ASKS],
    ["many requests", [["out", "GET / HTTP/1.1\r\nA: b\r\n\r\n".repeat(50)]], ASKS],
    [
      "the body of a refusal",
      [
        ["out", request("/ws")],
        ["in", `HTTP/1.1 403 No\r\nContent-Length: 9000\r\n\r\n${"x".repeat(5000)}`],
      ],
      ANSWERS,
    ],
  ] as const)("%s is given up", (_, spoken, note) => {
    const { say, held, lines } = among(FULL);
    for (const [dir, text] of spoken) say(dir, text);
    expect(lines()[0]).toBe(note);
    expect(held()).toBeLessThan(1000);
  });

  it("a handshake of usual size is told all the same, also after what was given up", () => {
    const { say, lines } = among(FULL);
    say("out", `GET / HTTP/1.1\r\n${LONG}`);
    say("out", request("/ws"));
    say("in", response());
    expect(lines()).toEqual([ASKS, OPENED[0]]);
  });
});
