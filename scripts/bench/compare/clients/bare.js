import process from "node:process";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("bare-load.js", import.meta.url));

/** What nobody on Node can go below; for orientation. Payloads are short, and one is in flight. */
export const bare = {
  name: "bare socket",
  missing: () => undefined,
  command: ({ url, sockets, size }) => ({
    file: process.execPath,
    args: [PROGRAM, url, String(sockets), String(size)],
  }),
};
