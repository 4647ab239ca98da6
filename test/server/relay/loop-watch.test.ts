import { once } from "node:events";
import { connect, createServer } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { LoopWatch } from "../../../src/server/relay/loop-watch.ts";
import { startRelay } from "../../helpers/relay.ts";
import { openingRequest, rawClient, rawServer, response } from "../../helpers/transport.ts";

const watchOf = (octet: number) => new LoopWatch((length) => new Uint8Array(length).fill(octet));
const MARK = ["Via", "1.1 framecat-0707070707070707"];

describe("LoopWatch", () => {
  it("marks a request whose key is that of one that is under way, and no other", () => {
    const watch = watchOf(7);
    expect(watch.enter("a")).toEqual([]);
    expect(watch.enter("b")).toEqual([]);
    expect([watch.enter("a"), watch.enter("a")]).toEqual([[MARK], [MARK]]);
    watch.leave("a");
    watch.leave("a");
    expect(watch.enter("a")).toEqual([MARK]);
    for (const key of ["a", "a", "b"]) watch.leave(key);
    expect([watch.enter("a"), watch.enter("b")]).toEqual([[], []]);
  });

  it.each<[string, boolean]>([
    ["1.1 framecat-0707070707070707", true],
    ["1.0 fred, 1.1 framecat-0707070707070707, 1.1 nginx", true],
    ["1.1 framecat-0808080808080808", false],
    ["", false],
  ])("knows its own mark: %s", (via, isLoop) => {
    expect(watchOf(7).isLoop([["via", via]])).toBe(isLoop);
  });
});

/** A port that leads to another one, which is set later. */
async function detour() {
  const way = { port: 0, to: 0, sockets: 0 };
  const server = createServer((from) => {
    way.sockets += 1;
    const onward = connect(way.to, "127.0.0.1");
    for (const socket of [from, onward]) {
      socket.on("error", () => socket.destroy());
      onTestFinished(() => void socket.destroy());
    }
    from.pipe(onward).pipe(from);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const address = server.address();
  way.port = typeof address === "object" && address ? address.port : 0;
  return way;
}

describe("relays in a ring", () => {
  it.each([1, 2, 3])("of %i: the client gets 508, and it ends", async (count) => {
    const way = await detour();
    const relays = [await startRelay(`ws://127.0.0.1:${way.port}/`)];
    while (relays.length < count) relays.push(await startRelay(relays.at(-1)!.url));
    const { port } = relays.at(-1)!;
    way.to = port;
    const client = await rawClient(port);
    client.send(openingRequest());
    await client.end();
    const answer = client.received.toString();
    expect(answer).toMatch(/^HTTP\/1\.1 508 Loop Detected\r\n[^]*is a loop\.\n$/);
    // Once around for the suspicion, and once more for the proof.
    expect(way.sockets).toBe(2);
    const notes = relays.flatMap(({ log }) => log.of("note").map(({ message }) => message));
    expect(notes.filter((note) => !note.startsWith("from "))).toEqual([
      "refused: --to leads back to this relay",
    ]);
    const refusals = relays.map(({ listener }) => listener.counters.refusals);
    expect(refusals.flatMap((kinds) => kinds.get("loop") ?? [])).toEqual([1]);
  });

  it("are no matter of clients that all have one key, nor do these get in each other's way", async () => {
    const server = await rawServer();
    const { port } = await startRelay(server.url());
    const clients = [await rawClient(port), await rawClient(port)];
    const heads: string[] = [];
    for (const [i, client] of clients.entries()) {
      client.send(openingRequest());
      heads.push(await (await server.peer(i)).head());
    }
    expect(heads.map((head) => /^Via: 1\.1 framecat-[0-9a-f]{16}\r$/m.test(head))).toEqual([
      false,
      true,
    ]);
    for (const [i, client] of clients.entries()) {
      server.peers[i]!.send(response(heads[i]!));
      expect(await client.head()).toMatch(/^HTTP\/1\.1 101 /);
    }
  });
});
