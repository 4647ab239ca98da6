import { once } from "node:events";
import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import { acceptUpgrade, type AcceptOptions } from "../../src/transport/server-upgrade.ts";
import { concat, filler, hex, utf8 } from "../helpers/bytes.ts";
import { openingRequest, RawPeer, rawServer, socketPair } from "../helpers/transport.ts";

const OPTIONS: AcceptOptions = { deflate: {}, chooseSubprotocol: undefined, timeoutMs: 5000 };

/** A socket as a server gets it, and the client at its other end. */
async function pair(options: Partial<AcceptOptions> = {}) {
  const { here, there } = await socketPair();
  const accepted = acceptUpgrade(here, { ...OPTIONS, ...options });
  here.resume();
  return { here, there, accepted };
}

describe("accepts", () => {
  it("the request of the RFC, and leaves the socket paused", async () => {
    const { here, there, accepted } = await pair();
    there.send(openingRequest());
    const { response, verdict, granted, rest } = (await accepted)!;
    expect(verdict).toMatchObject({ status: 101, path: "/chat", violations: [] });
    expect(granted).toMatchObject({ subprotocol: undefined, deflate: undefined });
    expect([rest.length, here.isPaused()]).toEqual([0, true]);
    expect((await there.head()).split("\r\n")).toEqual([
      response.startLine,
      "Upgrade: websocket",
      "Connection: Upgrade",
      "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
      "",
      "",
    ]);
  });

  it("a request that comes a byte at a time, with a frame behind it", async () => {
    const { there, accepted } = await pair();
    for (const byte of utf8(openingRequest())) {
      there.send(Uint8Array.of(byte));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await accepted)?.granted).toBeDefined();
    const { there: hasty, accepted: second } = await pair();
    hasty.send(concat([utf8(openingRequest()), hex("81 80 00000000")]));
    expect(Buffer.from((await second)!.rest).toString("hex")).toBe("818000000000");
  });

  it("a subprotocol that it chooses, and no other", async () => {
    const offered: (readonly string[])[] = [];
    const chooseSubprotocol = (names: readonly string[]) => {
      offered.push(names);
      return names.find((name) => name === "b");
    };
    const { there, accepted } = await pair({ chooseSubprotocol });
    there.send(openingRequest("Sec-WebSocket-Protocol: a, b", "Sec-WebSocket-Protocol: c"));
    expect((await accepted)?.granted?.subprotocol).toBe("b");
    expect(await there.head()).toContain("\r\nSec-WebSocket-Protocol: b\r\n");
    expect(offered).toEqual([["a", "b", "c"]]);
    const { there: other, accepted: second } = await pair({ chooseSubprotocol });
    other.send(openingRequest("Sec-WebSocket-Protocol: a"));
    expect((await second)?.granted?.subprotocol).toBeUndefined();
    expect(await other.head()).not.toContain("Sec-WebSocket-Protocol");
  });

  it.each([
    ["permessage-deflate", {}, "permessage-deflate"],
    [
      "permessage-deflate; client_max_window_bits; server_max_window_bits=10",
      {},
      "permessage-deflate; server_max_window_bits=10",
    ],
    [
      "permessage-deflate; client_max_window_bits",
      { clientMaxWindowBits: 12, serverNoContextTakeover: true },
      "permessage-deflate; server_no_context_takeover; client_max_window_bits=12",
    ],
    ["permessage-deflate; what=ever, permessage-deflate", {}, "permessage-deflate"],
    ["permessage-deflate", undefined, undefined],
    ["x-other", {}, undefined],
  ])("the offer %j within %j: %j", async (offer, deflate, granted) => {
    const { there, accepted } = await pair({ deflate });
    there.send(openingRequest(`Sec-WebSocket-Extensions: ${offer}`));
    await accepted;
    const head = await there.head();
    expect(/^Sec-WebSocket-Extensions: (.*)$/im.exec(head)?.[1]).toBe(granted);
  });
});

describe("refuses", () => {
  const GET = "GET / HTTP/1.1\r\nHost: h\r\n";

  it.each([
    ["a page asked for", `${GET}\r\n`, 426, /^Upgrade: websocket$/m],
    ["another version", openingRequest().replace("13", "8"), 426, /^Sec-WebSocket-Version: 13$/m],
    ["POST", "POST / HTTP/1.1\r\nHost: h\r\n\r\n", 405, /^Allow: GET$/m],
    ["a wrong key", openingRequest().replace("dGhl", "dGh"), 400, /Sec-WebSocket-Key/],
    ["no host", openingRequest().replace(/Host.*\r\n/, ""), 400, /Host/],
    ["HTTP/1.0", openingRequest().replace("HTTP/1.1", "HTTP/1.0"), 400, /HTTP\/1/],
    ["a malformed header", `${GET}no colon\r\n\r\n`, 400, /WebSocket server/],
    ["what is no HTTP", "SSH-2.0-OpenSSH\r\n", 400, /WebSocket server/],
    ["TLS", hex("16 0301 0005 01000001fc"), 400, /WebSocket server/],
    ["a head without end", `${GET}A: ${"x".repeat(70_000)}`, 400, /WebSocket server/],
  ])("%s", async (_, bytes, status, says) => {
    const { there, accepted } = await pair();
    there.send(bytes);
    expect((await accepted)?.granted).toBeUndefined();
    await there.end();
    const answer = there.received.toString();
    const [head = "", body = ""] = answer.split("\r\n\r\n");
    expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} [A-Z]`));
    expect(head).toMatch(/^Connection: .*close$/m);
    expect(head).toMatch(new RegExp(`^Content-Length: ${Buffer.byteLength(body)}$`, "m"));
    expect(body.trim()).not.toBe("");
    expect(answer).toMatch(says);
  });

  it("what comes too slowly", async () => {
    const { there, accepted } = await pair({ timeoutMs: 30 });
    there.send("GET / HT");
    expect(await accepted).toBeUndefined();
    await there.end();
    expect(there.received.toString()).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
  });

  it("what dribbles, however long it goes on", async () => {
    const { there, accepted } = await pair({ timeoutMs: 30 });
    const dribble = setInterval(() => there.send("x"), 2);
    there.send("GET /");
    await accepted;
    await there.end();
    clearInterval(dribble);
    expect(there.received.toString()).toMatch(/^HTTP\/1\.1 408 /);
  });

  it("so that a client that still sends gets to read why", async () => {
    const { there, accepted } = await pair();
    there.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5000000\r\n\r\n", filler(1000));
    const upload = setInterval(() => there.send(filler(10_000)), 1);
    await accepted;
    await there.end();
    clearInterval(upload);
    expect(there.received.toString()).toMatch(/^HTTP\/1\.1 405 /);
    expect(there.error).toBeUndefined();
  });

  it("and lets go of a client that does not", async () => {
    const { here, there, accepted } = await pair();
    there.send("nonsense");
    await accepted;
    await once(here, "close");
    expect(here.destroyed).toBe(true);
  });
});

describe("gives up", () => {
  it.each<[string, (peer: RawPeer) => unknown]>([
    ["ends", ({ socket }) => socket.end()],
    ["ends within the head", ({ socket }) => socket.end("GET / HTTP/1.1\r\n")],
    ["resets", ({ socket }) => socket.resetAndDestroy()],
  ])("a client that %s", async (_, script) => {
    const { here, there, accepted } = await pair();
    script(there);
    expect(await accepted).toBeUndefined();
    expect(here.destroyed).toBe(true);
  });

  it("a client that is gone before it could be answered, without a crash", async () => {
    const results: unknown[] = [];
    const server = await rawServer(({ socket }) => {
      socket.removeAllListeners();
      results.push(acceptUpgrade(socket, OPTIONS));
    });
    for (let i = 0; i < 10; i++) {
      const { socket } = new RawPeer(connect(server.port, "127.0.0.1"));
      await once(socket, "connect");
      socket.write(openingRequest());
      socket.resetAndDestroy();
      await once(socket, "close");
    }
    await Promise.all(results);
    expect(results).toHaveLength(10);
  });
});
