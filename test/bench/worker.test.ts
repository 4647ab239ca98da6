import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";
import { splitPlan } from "../../src/bench/plan.ts";
import type { FromWorker } from "../../src/bench/worker-protocol.ts";
import { benchPlan, echoServer } from "../helpers/bench.ts";

const ENTRY = fileURLToPath(new URL("../../dist/bench/worker.js", import.meta.url));

function startWorker() {
  const child = fork(ENTRY, { execArgv: [] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const until = (type: FromWorker["type"]) =>
    new Promise<FromWorker>((resolve) => {
      child.on("message", (message: FromWorker) => {
        if (message.type === type) resolve(message);
      });
    });
  return { child, until };
}

it("does its part, takes no notice of Ctrl-C, and goes by itself", async () => {
  const { url } = await echoServer();
  const { child, until } = startWorker();
  const [plan] = splitPlan(benchPlan({ url }));
  const [connected, result] = [until("connected"), until("result")];
  const exited = once(child, "exit");
  child.send({ type: "plan", plan });
  expect((await connected).counts.sockets.opened).toBe(4);
  child.kill("SIGINT");
  child.kill("SIGTERM");
  child.send({ type: "go" });
  expect((await result).counts.messages).toMatchObject({ sent: 100, answered: 100 });
  expect(await exited).toEqual([0, null]);
});

it("ends when its coordinator does", async () => {
  const { url } = await echoServer();
  const { child, until } = startWorker();
  const length = { kind: "duration", durationMs: 60_000 } as const;
  const connected = until("connected");
  child.send({ type: "plan", plan: splitPlan(benchPlan({ url, length }))[0] });
  await connected;
  child.send({ type: "go" });
  const exited = once(child, "exit");
  child.disconnect();
  expect(await exited).toEqual([null, "SIGKILL"]);
});

it("stops early when it is told to", async () => {
  const { url } = await echoServer();
  const { child, until } = startWorker();
  const length = { kind: "duration", durationMs: 60_000 } as const;
  const [ticked, result] = [until("tick"), until("result")];
  child.send({ type: "plan", plan: splitPlan(benchPlan({ url, length }))[0] });
  child.send({ type: "go" });
  await ticked;
  child.send({ type: "stop" });
  expect(await result).toMatchObject({ ending: "stopped" });
});
