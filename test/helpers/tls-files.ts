import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Of the private keys of `test/fixtures/tls`. */
export const PASSPHRASE = "hunter2";

/** A certificate or a key that was made once, by `test/fixtures/tls/make.sh`. */
export function tlsFile(name: string): string {
  return fileURLToPath(new URL(`../fixtures/tls/${name}`, import.meta.url));
}

export function tlsText(name: string): string {
  return readFileSync(tlsFile(name), "utf8");
}
