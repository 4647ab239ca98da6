import { describe, expect, it } from "vitest";
import { DEFAULT_CHANNELS } from "../../../src/scenario/channels.ts";
import { pubsub } from "../../../src/server/modes/pubsub.ts";
import { startListener } from "../../helpers/listener.ts";
import { dialTo, eventually } from "../../helpers/transport.ts";

const { subscribe, unsubscribe, publish } = DEFAULT_CHANNELS;

async function open(count: number) {
  const { listener, url } = await startListener(pubsub);
  const clients = await Promise.all(Array.from({ length: count }, () => dialTo(url)));
  const ask = async (n: number, text: string, answers: number) => {
    const { connection, log } = clients[n]!;
    const before = log.texts("in").length;
    await connection.send(text);
    await log.count("message", before + answers, "in");
    return log.texts("in").slice(before);
  };
  const run = async (name: string, argument = "") => {
    const command = listener.mode.commands?.find((one) => one.name === name);
    return command!.run(argument, { insert: () => undefined, edit: async (text) => text });
  };
  return { listener, clients, ask, run };
}

describe("channels", () => {
  it("carry what is published to who subscribed, byte for byte", async () => {
    const { clients, ask } = await open(3);
    expect(await ask(0, subscribe("a"), 1)).toEqual(['{"type":"subscribed","channel":"a"}']);
    await ask(1, subscribe("a"), 1);
    await ask(2, subscribe("b"), 1);
    const text = '{ "type": "publish", "channel": "a", "data": 1e400, "more": [1,2 ] }';
    expect(await ask(0, text, 1)).toEqual([text]);
    await clients[1]!.log.count("message", 2, "in");
    expect(clients[1]!.log.texts("in").at(-1)).toBe(text);
    expect(await ask(1, unsubscribe("a"), 1)).toEqual(['{"type":"unsubscribed","channel":"a"}']);
    await ask(0, publish("a", "2"), 1);
    expect(await ask(1, subscribe("b"), 1)).toEqual(['{"type":"subscribed","channel":"b"}']);
    expect(clients[2]!.log.texts("in")).toHaveLength(1);
  });

  it("carry binary messages as such", async () => {
    const { clients, ask } = await open(1);
    await ask(0, subscribe("a"), 1);
    await clients[0]!.connection.send(Buffer.from(publish("a", '"x"')), { binary: true });
    const got = await clients[0]!.log.count("message", 2, "in");
    expect(got[1]?.kind).toBe("binary");
  });

  it("forget clients that are gone", async () => {
    const { listener, clients, ask, run } = await open(2);
    await ask(0, subscribe("a"), 1);
    await ask(1, subscribe("a"), 1);
    await ask(1, subscribe("b"), 1);
    expect(await run("channels")).toEqual(["2 × a", "1 × b"]);
    await clients[1]!.connection.close();
    await eventually(() => listener.clients.size === 1);
    expect(await run("channels")).toEqual(["1 × a"]);
  });
});

describe("a wrong request", () => {
  it.each([
    ["{", "bad-json"],
    ["[1]", "bad-type"],
    ["null", "bad-type"],
    ['{"type":"delete","channel":"a"}', "bad-type"],
    ['{"type":"subscribe"}', "bad-channel"],
    ['{"type":"publish","channel":"a"}', "no-data"],
  ])("%s is answered with %s", async (text, code) => {
    const { ask } = await open(1);
    const [reply] = await ask(0, text, 1);
    expect(JSON.parse(reply!)).toEqual({ type: "error", code, message: expect.any(String) });
  });

  it("is a thousand and first channel", async () => {
    const { clients, ask } = await open(1);
    for (let i = 0; i < 1000; i++) void clients[0]!.connection.send(subscribe(`channel ${i}`));
    await clients[0]!.log.count("message", 1000, "in");
    expect((await ask(0, subscribe("one more"), 1))[0]).toContain("too-many-channels");
    expect((await ask(0, subscribe("channel 7"), 1))[0]).toContain('"subscribed"');
    await ask(0, unsubscribe("channel 7"), 1);
    expect((await ask(0, subscribe("one more"), 1))[0]).toContain('"subscribed"');
  });
});

describe("its commands", () => {
  it("publish what is typed, JSON as such and text as a string", async () => {
    const { clients, ask, run } = await open(1);
    expect(await run("channels")).toEqual(["nobody listens to any channel"]);
    await ask(0, subscribe("news"), 1);
    expect(await run("publish", 'news {"a": 1}')).toEqual(["sent to 1 client"]);
    expect(await run("publish", "news it rains")).toEqual(["sent to 1 client"]);
    expect(await run("publish", "other 1")).toEqual(["sent to 0 clients"]);
    await clients[0]!.log.count("message", 3, "in");
    expect(clients[0]!.log.texts("in").slice(1)).toEqual([
      '{"type":"publish","channel":"news","data":{"a": 1}}',
      '{"type":"publish","channel":"news","data":"it rains"}',
    ]);
  });

  it.each(["", "news", `${"x".repeat(257)} 1`])("refuse to publish %s", async (argument) => {
    const { run } = await open(0);
    await expect(run("publish", argument)).rejects.toThrow(/needs a channel|too long/);
  });
});
