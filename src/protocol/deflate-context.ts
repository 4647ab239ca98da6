import type { DeflateParams } from "./deflate.ts";

/** With which context one side compresses its messages (RFC 7692, section 7.1). */
export interface DeflateContext {
  /** Each message stands alone. */
  readonly noContextTakeover: boolean;
  /** A message refers back at most 2^n bytes, n from 8 to 15. */
  readonly windowBits: number;
}

/** Each side compresses with the terms that carry its own name. */
export function deflateContext(agreed: DeflateParams, sender: "client" | "server"): DeflateContext {
  return sender === "client"
    ? { noContextTakeover: agreed.clientNoContextTakeover, windowBits: agreed.clientMaxWindowBits }
    : { noContextTakeover: agreed.serverNoContextTakeover, windowBits: agreed.serverMaxWindowBits };
}
