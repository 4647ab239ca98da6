// What measurements of `framecat listen` have in common: the server, and how a result is told.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

export const MIB = 1024 * 1024;
export const mib = (bytes) => `${(bytes / MIB).toFixed(1)} MiB`;

/** Starts a server. `memory()` has it collect its garbage, and resolves with what it then uses. */
export async function listen(args) {
  const watched = ["--expose-gc", "--import", here("memory.js")];
  const command = [...watched, here("../../../bin/framecat.js"), "listen", "0", "--json", ...args];
  const child = spawn(process.execPath, command, { stdio: ["ignore", "pipe", "ignore", "pipe"] });
  const told = createInterface(child.stdio[3]);
  const memory = async () => {
    child.kill("SIGUSR2");
    const [line] = await once(told, "line");
    return JSON.parse(line);
  };
  const [line] = await once(createInterface(child.stdout), "line");
  return { child, memory, ...JSON.parse(line) };
}

export function must(holds, words) {
  if (!holds) process.exitCode = 1;
  console.log(`${holds ? "holds" : "FAILS"}  ${words}`);
}
