import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type Running, start, stop } from "./binary.ts";

const PYTHON = "/usr/bin/python3";
const SCRIPT = fileURLToPath(new URL("../fixtures/websockets_echo.py", import.meta.url));

/** True where Debian's python3-websockets is installed; tests against it are skipped elsewhere. */
export const hasPythonWebsockets = spawnSync(PYTHON, ["-c", "import websockets"]).status === 0;

export interface PythonServer {
  readonly url: string;
  stop(): Promise<unknown>;
}

/** Starts an echo server that accepts permessage-deflate and the subprotocol `chat`. */
export async function startPythonServer(): Promise<PythonServer> {
  const running: Running = start(PYTHON, [SCRIPT]);
  const [, port = ""] = await running.seen(/^(\d+)\n/);
  return { url: `ws://127.0.0.1:${port}/`, stop: () => stop(running, "SIGKILL") };
}

const CLIENT = fileURLToPath(new URL("../fixtures/websockets_client.py", import.meta.url));

export interface Visit {
  readonly url: string;
  /** How long it waits for anything. */
  readonly patienceS: number;
}

/** Has a client talk to servers, all at the same time; gives what came of it, in the same order. */
export async function visitWithPython(visits: readonly Visit[]): Promise<readonly unknown[]> {
  const args = visits.flatMap(({ url, patienceS }) => [url, String(patienceS)]);
  const { stdout, stderr } = await start(PYTHON, [CLIENT, ...args]).finished;
  const outcomes = stdout.toString().trim().split("\n");
  if (outcomes.length !== visits.length) throw new Error(stderr);
  return outcomes.map((line): unknown => JSON.parse(line));
}
