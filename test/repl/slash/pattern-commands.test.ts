import { describe, expect, it } from "vitest";
import { openDesk } from "../../helpers/desk.ts";
import { startServer } from "../../helpers/transport.ts";

/** A server that answers each message with what `answer` makes of its JSON. */
async function answering(answer: (message: Record<string, unknown>) => unknown) {
  const server = await startServer({
    onConnection: (connection) => connections.set(connection.id, connection),
    onEvent: (event) => {
      if (event.type !== "message" || event.dir !== "in") return;
      const reply = answer(JSON.parse(Buffer.from(event.data).toString()) as never);
      if (reply !== undefined) void connections.get(event.conn)?.send(JSON.stringify(reply));
    },
  });
  return server;
}
const connections = new Map<string, { send(text: string): Promise<void> }>();

describe("/request", () => {
  it("waits for its response and tells the time it took", async () => {
    const server = await answering(({ id, params }) => ({ id, type: "response", data: params }));
    const { type } = await openDesk(server);
    expect(await type('/request get {"n": 12345678901234567890}')).toEqual([
      expect.stringMatching(/^get #1 answered in \d+(\.\d)? ms: \{"n":12345678901234567000\}$/),
    ]);
    expect(server.log.texts("in")).toEqual([
      '{"id":1,"type":"get","params":{"n": 12345678901234567890}}',
    ]);
  });

  it("tells an error, what is hostile in it made harmless", async () => {
    const server = await answering(({ id }) => ({ id, type: "response", error: "no\u001b[2J" }));
    const { type } = await openDesk(server);
    const [line] = await type("/request get");
    expect(line).toMatch(/^get #1 failed in .* ms: "no\\u001b\[2J"$/);
  });

  it("gives up after a while, and when the connection is lost", async () => {
    const server = await answering(() => undefined);
    const { type } = await openDesk(server, { requestTimeoutMs: 20 });
    expect(await type("/request slow")).toEqual([
      expect.stringMatching(/^slow #1: no response within \d+ ms$/),
    ]);
    const patient = await openDesk(server);
    const asked = patient.type("/request never");
    await server.log.count("message", 2, "in");
    void patient.link.close();
    expect(await asked).toEqual(["never #1: the connection was lost before its response came"]);
  });

  it.each([
    ["/request", "/request: it needs a type"],
    ["/request get {", "/request: the parameters are no JSON"],
    ["/sub", "/sub: it needs a channel"],
    ["/pub news", "/pub: it needs a channel and what to publish"],
  ])("%s is refused", async (line, message) => {
    const { type } = await openDesk(await startServer());
    expect((await type(line))[0]).toContain(message);
  });
});

describe("channels", () => {
  it("are subscribed to, published on and left", async () => {
    const server = await startServer();
    const { type, desk } = await openDesk(server);
    await type("/sub news");
    expect(desk.channels.subscribed).toEqual(["news"]);
    await type('/pub news {"a": 1}');
    await type("/pub news just words");
    await type("/unsub news");
    await server.log.count("message", 4, "in");
    expect(server.log.texts("in")).toEqual([
      '{"type":"subscribe","channel":"news"}',
      '{"type":"publish","channel":"news","data":{"a": 1}}',
      '{"type":"publish","channel":"news","data":"just words"}',
      '{"type":"unsubscribe","channel":"news"}',
    ]);
    expect(desk.channels.subscribed).toEqual([]);
  });
});
