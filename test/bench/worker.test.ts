import { execFileSync, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";
import { splitPlan } from "../../src/bench/plan.ts";
import type { FromWorker } from "../../src/bench/worker-protocol.ts";
import { benchPlan, echoServer, type PlanOverrides } from "../helpers/bench.ts";

const ENTRY = fileURLToPath(new URL("../../dist/bench/worker.js", import.meta.url));
const forever = { kind: "duration", durationMs: 60_000 } as const;

type Told<T extends FromWorker["type"]> = Extract<FromWorker, { type: T }>;

/** A worker process that has its plan. */
function startWorker(overrides: PlanOverrides) {
  const child = fork(ENTRY, { execArgv: [], serialization: "advanced" });
  onTestFinished(() => void child.kill("SIGKILL"));
  const until = <T extends FromWorker["type"]>(type: T) =>
    new Promise<Told<T>>((resolve) => {
      child.on("message", (message: FromWorker) => {
        if (message.type === type) resolve(message as Told<T>);
      });
    });
  child.send({ type: "plan", plan: splitPlan(benchPlan(overrides))[0] });
  return { child, until };
}

it("does its part, takes no notice of Ctrl-C, and goes by itself", async () => {
  const { url } = await echoServer();
  const { child, until } = startWorker({ url });
  const [connected, result, exited] = [until("connected"), until("result"), once(child, "exit")];
  expect((await connected).tick.counts.sockets.opened).toBe(4);
  child.kill("SIGINT");
  child.kill("SIGTERM");
  child.send({ type: "go", atMs: 0 });
  expect((await result).tick.counts.messages).toMatchObject({ sent: 100, answered: 100 });
  expect(await exited).toEqual([0, null]);
});

it("begins by the clock that all processes of the machine share", async () => {
  const { url } = await echoServer();
  const { child, until } = startWorker({ url, length: forever });
  const connected = await until("connected");
  const now = Number(process.hrtime.bigint()) / 1e6;
  expect(Math.abs(now - connected.tick.atMs)).toBeLessThan(5000);
  const ticked = until("tick");
  child.send({ type: "go", atMs: now + 100 });
  const { phase, atMs } = (await ticked).tick;
  expect(phase === "warm-up" ? atMs : now + 100).toBeGreaterThanOrEqual(now + 100);
});

it("ends when its coordinator does", async () => {
  const { url } = await echoServer();
  const { child, until } = startWorker({ url, length: forever });
  await until("connected");
  child.send({ type: "go", atMs: 0 });
  const exited = once(child, "exit");
  child.disconnect();
  expect(await exited).toEqual([null, "SIGKILL"]);
});

it("stops early when it is told to", async () => {
  const { url } = await echoServer();
  const { child, until } = startWorker({ url, length: forever });
  const result = until("result");
  await until("connected");
  child.send({ type: "go", atMs: 0 });
  await until("tick");
  child.send({ type: "stop" });
  expect(await result).toMatchObject({ ending: "stopped" });
});

it("says that it cannot run a plan, and goes", async () => {
  const { dial } = benchPlan();
  const template = { url: "ws://127.0.0.1/{{nosuch}}", headers: [] };
  const { child, until } = startWorker({ dial: { ...dial, template } });
  const exited = once(child, "exit");
  expect((await until("unfit")).message).toContain("nosuch");
  expect(await exited).toEqual([0, null]);
});

it("starts without what only its coordinator needs", () => {
  const code = `import ${JSON.stringify(ENTRY)}; import { createRequire } from "node:module";
    console.log(Object.keys(createRequire(import.meta.url).cache).join()); process.exit();`;
  const loaded = execFileSync(process.execPath, ["--input-type=module", "-e", code], {
    encoding: "utf8",
  });
  expect(loaded).toBe("\n");
});
