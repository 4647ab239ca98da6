import { describe, expect, it } from "vitest";
import { openDesk } from "../../helpers/desk.ts";
import { startEchoServer } from "../../helpers/echo-server.ts";

const open = async () => openDesk(await startEchoServer());

describe("commands about the connection", () => {
  it("/state tells the ready state and what has passed", async () => {
    const { type, log } = await open();
    await type("hello");
    await log.count("message", 1, "in");
    expect(await type("/state")).toEqual([
      "OPEN · 0 B buffered · 1 sent · 1 received · no subprotocol",
    ]);
    await type("/ping");
    await log.until("pong");
    expect((await type("/state"))[0]).toMatch(/ · last ping \d+\.\d ms · /);
  });

  it("/handshake shows the opening handshake", async () => {
    const { type } = await open();
    expect(await type("/handshake")).toEqual([expect.stringContaining("handshake of ws://")]);
  });

  it("/reconnect opens another connection", async () => {
    const { type, log } = await open();
    expect(await type("/reconnect")).toEqual([]);
    expect(log.of("handshake").map(({ conn }) => conn)).toEqual(["1", "2"]);
    await type("hello");
    expect(await log.until("message", ({ dir }) => dir === "in")).toMatchObject({ conn: "2" });
  });
});
