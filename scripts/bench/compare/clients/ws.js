import process from "node:process";
import { fileURLToPath } from "node:url";

/** With the young generation and the collection before the load that framecat's workers have. */
const FLAGS = ["--expose-gc", "--max-semi-space-size=1"];
const PROGRAM = fileURLToPath(new URL("ws-load.js", import.meta.url));

export const ws = {
  name: "ws",
  missing: () => undefined,
  command: ({ url, sockets, inFlight, size }) => ({
    file: process.execPath,
    args: [...FLAGS, PROGRAM, url, ...[sockets, inFlight, size].map(String)],
  }),
};
