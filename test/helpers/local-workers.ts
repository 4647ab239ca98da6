import { deserialize, serialize } from "node:v8";
import type * as childProcess from "../../src/bench/child-process.ts";
import type { FromWorker, ToWorker } from "../../src/bench/worker-protocol.ts";
import { WorkerRun } from "../../src/bench/worker-run.ts";
import { platform } from "./bench.ts";

type ChildProcess = typeof childProcess;
type Worker = childProcess.Child<ToWorker, FromWorker>;

/**
 * For `vi.mock("…/child-process.ts")`: the workers of bench run in the process of the test, which
 * takes milliseconds where the start of a process takes hundreds. What they say and are told is
 * written and read as between processes. Tests about processes take `withProcesses`.
 */
export async function localWorkers(
  importOriginal: () => Promise<ChildProcess>,
): Promise<ChildProcess> {
  const { startChild } = await importOriginal();
  const startLocal: ChildProcess["startChild"] = <In extends object, Out>(
    ...args: Parameters<typeof startChild>
  ) => {
    if (processes || args[0] !== "worker.js") return startChild<In, Out>(...args);
    return startWorker() as unknown as childProcess.Child<In, Out>;
  };
  return { startChild: startLocal };
}

let processes = false;

/** Runs a piece of a test with workers that are processes, as they are for users. */
export async function withProcesses<T>(act: () => Promise<T>): Promise<T> {
  processes = true;
  try {
    return await act();
  } finally {
    processes = false;
  }
}

function startWorker(): Worker {
  let listener: (message: FromWorker) => void = () => undefined;
  let end: (how: string) => void = () => undefined;
  const ended = new Promise<string>((resolve) => {
    end = resolve;
  });
  const tell = (message: FromWorker): void => {
    const bytes = serialize(message);
    setImmediate(() => {
      listener(deserialize(bytes) as FromWorker);
      if (message.type === "result" || message.type === "unfit") end("exit 0");
    });
  };
  let run: WorkerRun | undefined;
  const hear = (message: ToWorker): void => {
    if (message.type === "plan") {
      run = new WorkerRun(message.plan, tell, platform());
      void run.connect();
    } else if (message.type === "go") run?.go(message.atMs);
    else run?.stop();
  };
  return {
    send: (message) => {
      const bytes = serialize(message);
      setImmediate(() => hear(deserialize(bytes) as ToWorker));
    },
    onMessage: (told) => {
      listener = told;
    },
    ended,
    kill: () => {
      throw new Error("a worker in the process of the test cannot be killed: use withProcesses");
    },
  };
}
