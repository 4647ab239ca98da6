import { exec, type ExecOptions } from "../../src/server/exec/exec.ts";
import { startListener } from "./listener.ts";

type Rest = Parameters<typeof startListener>[1];

/** A server that runs a shell script for each client. */
export function startExec(script: string, options: Partial<ExecOptions> = {}, rest: Rest = {}) {
  const mode = exec({
    argv: ["sh", "-c", script],
    env: { PATH: process.env.PATH },
    binary: false,
    maxLine: 2 ** 20,
    maxProcesses: 100,
    endTimeoutMs: 1000,
    killTimeoutMs: 1000,
    software: "framecat/test",
    ...options,
  });
  return startListener(mode, rest);
}

/** What was told of a connection. */
export function notesOf(log: Awaited<ReturnType<typeof startExec>>["log"]): string[] {
  return log.of("note").map(({ message }) => message.replaceAll(/\bprocess \d+/g, "process N"));
}
