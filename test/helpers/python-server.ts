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
