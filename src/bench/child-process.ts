import { fork } from "node:child_process";

/** A process of our own, which talks in values. */
export interface Child<In, Out> {
  send(message: In): void;
  onMessage(listener: (message: Out) => void): void;
  /** Resolves, with how it ended in words, once the process is gone. */
  readonly ended: Promise<string>;
  /** Ends it at once. */
  kill(): void;
  readonly pid?: number | undefined;
}

/** Of what a child says on stderr, the end is kept to explain its death. */
const KEPT_STDERR = 2000;

/**
 * Starts one of the compiled entries; it ends with this process, however that ends.
 * @param entry file name in `dist/bench`
 * @param flags for node
 */
export function startChild<In extends object, Out>(
  entry: "worker.js" | "responder.js",
  flags: readonly string[] = [],
): Child<In, Out> {
  // From src/ (in tests) as from dist/ this is the same place.
  const file = new URL(`../../dist/bench/${entry}`, import.meta.url);
  const child = fork(file, {
    execArgv: [...flags],
    // Values as they are: bytes, and numbers that JSON has no word for.
    serialization: "advanced",
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  let stderr = "";
  child.stderr?.on("data", (text: Buffer) => {
    stderr = (stderr + text.toString("utf8")).slice(-KEPT_STDERR);
  });
  const ended = new Promise<string>((resolve) => {
    child.on("error", (error) => resolve(error.message));
    child.on("close", (code, signal) => resolve(signal ?? lastWords(stderr) ?? `exit ${code}`));
  });
  return {
    // What is sent to a child that has just died is lost with it; `ended` tells.
    send: (message) => void (child.connected && child.send(message, () => undefined)),
    onMessage: (listener) => void child.on("message", (message) => listener(message as Out)),
    ended,
    kill: () => void child.kill("SIGKILL"),
    pid: child.pid,
  };
}

/** The line of a stack trace that says what was wrong. */
function lastWords(stderr: string): string | undefined {
  return /^\w*Error.*$/m.exec(stderr)?.[0] ?? stderr.trim().split("\n").at(-1)?.trim();
}
