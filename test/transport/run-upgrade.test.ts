import { describe, expect, it } from "vitest";
import { ClientUpgrade, type UpgradeResult } from "../../src/transport/client-upgrade.ts";
import { runUpgrade, type RunUpgradeOptions } from "../../src/transport/run-upgrade.ts";
import { parseTarget } from "../../src/transport/target.ts";
import { expectFailure, random, socketPair } from "../helpers/transport.ts";

async function start(
  options: Partial<RunUpgradeOptions> = {},
  settled: (result: UpgradeResult) => string = ({ state }) => state,
) {
  const { here, there } = await socketPair();
  const upgrade = new ClientUpgrade(parseTarget("ws://h/"), {}, random(16));
  const feed: RunUpgradeOptions["feed"] = (take) => {
    here.on("data", take).resume();
    return () => void here.pause().off("data", take);
  };
  const running = runUpgrade(
    here,
    upgrade,
    { handshakeTimeoutMs: 5000, feed, ...options },
    settled,
  );
  return { here, there, running };
}

const LISTENED = ["data", "end", "close", "error"] as const;

describe("the opening handshake on a socket", () => {
  it("gives what is made of the answer, and leaves no listener of its own", async () => {
    const { here, there, running } = await start();
    const before = LISTENED.map((event) => here.listenerCount(event));
    await there.accept();
    expect(await running).toBe("open");
    const after = LISTENED.map((event) => here.listenerCount(event));
    expect(after).toEqual(before.map((count) => count - 1));
    expect(here.destroyed).toBe(false);
  });

  it("fails with what the maker throws, once the socket is gone", async () => {
    const { here, there, running } = await start({}, (result) => {
      if (result.state === "failed") throw result.failure;
      return "open";
    });
    void there.head().then(() => there.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"));
    await expectFailure(running, "refused", /403/);
    expect(here.destroyed).toBe(true);
  });

  it("is told the end of the connection and the end of patience as results", async () => {
    const ended = await start();
    ended.there.socket.destroy();
    expect(await ended.running).toBe("failed");
    const late = await start({ handshakeTimeoutMs: 20 }, (result) =>
      result.state === "failed" ? result.failure.code : result.state,
    );
    expect(await late.running).toBe("connect-timeout");
  });

  it("is interrupted by its signal, also by one that was aborted before", async () => {
    const controller = new AbortController();
    const { here, running } = await start({ signal: controller.signal });
    controller.abort();
    await expectFailure(running, "interrupted", /interrupted/);
    expect(here.destroyed).toBe(true);
    const early = await start({ signal: AbortSignal.abort() });
    await expectFailure(early.running, "interrupted", /interrupted/);
    await early.there.end();
    expect(early.there.received).toHaveLength(0);
  });
});
