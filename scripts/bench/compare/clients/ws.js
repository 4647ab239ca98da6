import process from "node:process";
import { fileURLToPath } from "node:url";

/** As plain as node is; what the handshakes left is collected before the load, as framecat does. */
const FLAGS = ["--expose-gc"];
const PROGRAM = fileURLToPath(new URL("ws-load.js", import.meta.url));

export const ws = {
  name: "ws",
  missing: () => undefined,
  command: ({ url, sockets, inFlight, size }) => ({
    file: process.execPath,
    args: [...FLAGS, PROGRAM, url, ...[sockets, inFlight, size].map(String)],
  }),
};
