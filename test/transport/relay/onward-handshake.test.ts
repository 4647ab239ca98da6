import { describe, expect, it } from "vitest";
import type { HttpHead } from "../../../src/protocol/http-head.ts";
import { askOnward } from "../../../src/transport/relay/onward-handshake.ts";
import { onwardOptions } from "../../helpers/relay.ts";
import { expectFailure, freePort, type RawPeer, rawServer } from "../../helpers/transport.ts";

const ASKED: HttpHead = { startLine: "GET /x HTTP/1.1", headers: [["Host", "h"]] };

/** What comes of an answer. */
async function ask(answer: (peer: RawPeer) => void, handshakeTimeoutMs = 5000) {
  const server = await rawServer(async (peer) => {
    await peer.head();
    answer(peer);
  });
  return askOnward(ASKED, onwardOptions(server.url(), { handshakeTimeoutMs }));
}

describe("the server's answer", () => {
  it("comes with its very bytes, and those after it", async () => {
    const head = "HTTP/1.1 101  odd reason\r\nX-Folded: a\r\n b\r\nUPGRADE: WebSocket\r\n\r\n";
    const answer = await ask((peer) => peer.send(head, "first"));
    expect([answer.status, Buffer.from(answer.head).toString()]).toEqual([101, head]);
    expect(Buffer.from(answer.rest).toString()).toBe("first");
    expect(answer.opened.socket.isPaused()).toBe(true);
    answer.opened.socket.destroy();
  });

  it("has interim answers before it", async () => {
    const bytes = "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 404 No\r\n\r\nbody";
    const answer = await ask((peer) => peer.send(bytes));
    expect([answer.status, Buffer.from(answer.rest).toString()]).toEqual([404, "body"]);
    expect(Buffer.from(answer.head).toString()).toBe(bytes.slice(0, -4));
    answer.opened.socket.destroy();
  });
});

describe("no answer", () => {
  it("where nobody listens", async () => {
    const url = `ws://127.0.0.1:${await freePort()}/`;
    await expectFailure(askOnward(ASKED, onwardOptions(url)), "unreachable", /refused/);
  });

  it("where it is no HTTP", async () => {
    await expectFailure(
      ask((peer) => peer.send("\u0001\u0002")),
      "bad-handshake",
      /did not answer/,
    );
  });

  it("where the connection ends, or is reset", async () => {
    await expectFailure(
      ask((peer) => peer.socket.end()),
      "unreachable",
      /without answering/,
    );
    await expectFailure(
      ask((peer) => peer.socket.resetAndDestroy()),
      "unreachable",
      /without answering/,
    );
  });

  it("where nothing comes", async () => {
    await expectFailure(
      ask(() => undefined, 10),
      "connect-timeout",
      /within 10 ms/,
    );
  });

  it("where it is not waited for any more", async () => {
    const server = await rawServer();
    const attempt = new AbortController();
    const options = { ...onwardOptions(server.url()), signal: attempt.signal };
    const asking = expectFailure(askOnward(ASKED, options), "interrupted", /interrupted/);
    const peer = await server.peer();
    await peer.head();
    attempt.abort();
    await Promise.all([asking, peer.end()]);
  });
});
