import { describe, expect, it } from "vitest";
import { filler } from "../../helpers/bytes.ts";
import { startRelay } from "../../helpers/relay.ts";
import { openingRequest, rawClient, rawServer } from "../../helpers/transport.ts";

/** What a client gets, and what is told, of a server that answers with these bytes. */
async function refusedWith(parts: readonly (string | Uint8Array)[], end = false) {
  const server = await rawServer(async (peer) => {
    await peer.head();
    for (const part of parts) peer.send(part);
    if (end) peer.socket.end();
  });
  const { port, log } = await startRelay(server.url(), { onward: { handshakeTimeoutMs: 2000 } });
  const client = await rawClient(port);
  client.send(openingRequest());
  await client.end();
  const event = await log.until("handshake");
  return { received: client.received, event };
}

describe("a refusal passes on as it is", () => {
  it.each([
    ["Content-Length", "HTTP/1.1 401 Nope\r\nX-A: 1\r\ncontent-length: 4\r\n\r\n", "body"],
    ["chunks", "HTTP/1.1 403 No\r\nTransfer-Encoding: chunked\r\n\r\n", "4\r\nbody\r\n0\r\n\r\n"],
    ["nothing after it", "HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n", ""],
    ["no body by its status", "HTTP/1.1 204 None\r\n\r\n", ""],
  ])("with a body by %s", async (_, head, body) => {
    const { received, event } = await refusedWith([head, body]);
    expect(received.toString()).toBe(head + body);
    expect(event.body && Buffer.from(event.body).toString()).toBe(body === "" ? undefined : "body");
  });

  it("with a body up to the end of the connection, of which the beginning is told", async () => {
    const head = "HTTP/1.1 500 Long\r\n\r\n";
    const body = filler(300_000);
    const { received, event } = await refusedWith([head, body], true);
    expect(received.equals(Buffer.concat([Buffer.from(head), body]))).toBe(true);
    expect(event.body).toHaveLength(64 * 1024);
  });
});
