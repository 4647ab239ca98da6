import { appendFileSync } from "node:fs";
import type { TLSSocket } from "node:tls";
import { messageOf, usageError } from "../errors.ts";

/** Who has the keys can read the session: for the owner's eyes alone. */
const MODE = 0o600;

/**
 * Makes sure that session keys can be logged, as Wireshark reads them; the file is made if need be.
 * @throws FramecatError (usage)
 */
export function checkKeyLog(file: string): void {
  append(file, "");
}

/** Has the session keys of a socket appended to a file; where that fails, the socket does. */
export function logKeys(socket: TLSSocket, file: string): void {
  socket.on("keylog", (line: Buffer) => {
    try {
      append(file, line);
    } catch (thrown) {
      socket.destroy(thrown instanceof Error ? thrown : undefined);
    }
  });
}

function append(file: string, line: string | Buffer): void {
  try {
    appendFileSync(file, line, { mode: MODE });
  } catch (thrown) {
    throw usageError(`the file of SSLKEYLOGFILE cannot be written: ${messageOf(thrown)}`);
  }
}
