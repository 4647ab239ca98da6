import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

export const BINARY = fileURLToPath(new URL("../../bin/framecat.js", import.meta.url));

export interface Finished {
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** A process that runs beside the test; it is ended by its id, never by its name. */
export interface Running {
  readonly child: ChildProcess;
  /** Resolves with the match once stdout holds it; rejects when the process ends before that. */
  seen(pattern: RegExp): Promise<RegExpExecArray>;
  finished: Promise<Finished>;
}

/** Starts a program; its environment has no color settings of the machine. */
export function start(command: string, args: readonly string[], input?: string | Buffer): Running {
  const { NO_COLOR: _, FORCE_COLOR: __, ...env } = process.env;
  const child = spawn(command, args, { env, stdio: ["pipe", "pipe", "pipe"] });
  const stdout: Buffer[] = [];
  let stderr = "";
  const checks = new Set<() => void>();
  child.stdin.on("error", () => undefined);
  if (input !== undefined) child.stdin.end(input);
  child.stdout.on("data", (chunk: Buffer) => {
    stdout.push(chunk);
    for (const check of checks) check();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const finished = new Promise<Finished>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout: Buffer.concat(stdout), stderr }));
  });
  const seen = (pattern: RegExp) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const check = () => {
        const match = pattern.exec(Buffer.concat(stdout).toString());
        if (match) resolve(match);
      };
      checks.add(check);
      check();
      void finished.then(({ code, stderr: said }) =>
        reject(new Error(`ended with ${code} before ${pattern} was seen: ${said}`)),
      );
    });
  return { child, seen, finished };
}

/** Starts framecat itself, the built one. */
export function startFramecat(args: readonly string[], input?: string | Buffer): Running {
  return start(process.execPath, [BINARY, ...args], input);
}

/** Runs framecat to its end; stdin is empty where no input is given. */
export function framecat(args: readonly string[], input: string | Buffer = ""): Promise<Finished> {
  return startFramecat(args, input).finished;
}

/** Starts `framecat listen 0` and gives its address. */
export async function startListen(
  ...args: string[]
): Promise<Running & { url: string; port: number }> {
  const running = startFramecat(["listen", "0", "--json", ...args]);
  const [, line = ""] = await running.seen(/^(\{.*\})\n/);
  const { url, port } = JSON.parse(line) as { url: string; port: number };
  return { ...running, url, port };
}

/** Ends a process and waits for it. */
export async function stop({ child, finished }: Running, signal: NodeJS.Signals = "SIGTERM") {
  child.kill(signal);
  return finished;
}
