import cluster, { type Worker } from "node:cluster";
import { once } from "node:events";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";
import type { FromListenWorker } from "../../src/commands/listen-worker-protocol.ts";

/** The compiled entry, started as its coordinator does; what it says, one after the other. */
function worker() {
  cluster.setupPrimary({
    exec: fileURLToPath(new URL("../../dist/commands/listen-worker.js", import.meta.url)),
    args: [],
    execArgv: [],
    silent: true,
    serialization: "advanced",
  });
  const started: Worker = cluster.fork();
  started.on("error", () => undefined);
  onTestFinished(() => void started.process.kill("SIGKILL"));
  const said = async (): Promise<FromListenWorker> => {
    const [message] = (await once(started, "message")) as [FromListenWorker];
    return message;
  };
  return { started, said };
}

it("serves until it is told to stop, and ends well", async () => {
  const { started, said } = worker();
  expect(await said()).toEqual({ type: "ready" });
  const values = { format: "ndjson" };
  started.send({ type: "serve", args: { positionals: ["0"], values } });
  expect(await said()).toMatchObject({ type: "listening", standing: { what: "echo" } });
  started.process.kill("SIGINT");
  started.send({ type: "signal", signal: "SIGTERM" });
  expect(await once(started, "exit")).toEqual([0, null]);
});

it("says what keeps it from serving", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  onTestFinished(() => void other.close());
  const { port } = other.address() as { port: number };
  const { started, said } = worker();
  await said();
  started.send({ type: "serve", args: { positionals: [String(port)], values: {} } });
  expect(await said()).toMatchObject({
    type: "failed",
    code: "bind",
    message: `cannot listen on 127.0.0.1:${port}: the port is in use`,
  });
});
