import { expect, it, onTestFinished, vi } from "vitest";
import { print } from "../../../src/server/modes/print.ts";
import { startListener } from "../../helpers/listener.ts";
import { dialTo, eventually, upgradedClient } from "../../helpers/transport.ts";

it("sends each line to all clients, as text", async () => {
  const { listener, url } = await startListener(print);
  const clients = [await dialTo(url), await dialTo(url)];
  await listener.mode.typed?.("hello");
  await listener.mode.typed?.("");
  for (const { log } of clients) {
    const got = await log.count("message", 2, "in");
    expect([got[0]?.kind, ...log.texts("in")]).toEqual(["text", "hello", ""]);
  }
});

it("keeps a line until somebody is there", async () => {
  const { listener, url } = await startListener(print);
  const typed = listener.mode.typed!("for the first");
  const { log } = await dialTo(url);
  await typed;
  await log.count("message", 1, "in");
  expect(log.texts("in")).toEqual(["for the first"]);
});

it("lets nobody wait for a client when it stops", async () => {
  const { listener } = await startListener(print);
  const typed = listener.mode.typed!("for nobody");
  await listener.stop();
  await expect(typed).resolves.toBeUndefined();
});

it("waits for the slowest client, and closes one that keeps all waiting too long", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const { listener, log, url } = await startListener(print);
  const stuck = await upgradedClient(listener);
  stuck.socket.pause();
  const { log: reader } = await dialTo(url, { frames: false });
  const line = "x".repeat(1024 * 1024);
  const connection = () => listener.clients.get("1")!.connection;
  let typed = Promise.resolve();
  let lines = 0;
  for (; !connection().congested; lines++) {
    await typed;
    typed = listener.mode.typed!(line);
    await reader.count("message", lines + 1, "in");
  }
  let waits = true;
  void typed.then(() => (waits = false));
  await vi.advanceTimersByTimeAsync(9999);
  expect([waits, connection().state]).toEqual([true, "OPEN"]);
  await vi.advanceTimersByTimeAsync(1);
  await typed;
  expect(connection().state).toBe("CLOSING");
  expect(log.of("note").map(({ conn, message }) => [conn, message])).toEqual([
    ["1", "it kept the others waiting for 10 s"],
  ]);
  await vi.advanceTimersByTimeAsync(10_000);
  vi.useRealTimers();
  await eventually(() => listener.counters.closes.size > 0);
});
