/** What became of the TCP connections of a capture. */
export interface ConnectionCounts {
  /** All of them. */
  connections: number;
  /** Those with a WebSocket conversation or an attempt at one. */
  webSocket: number;
  /** Those that spoke HTTP and asked for no WebSocket. */
  http: number;
  /** HTTP/2 that asked for no WebSocket. */
  http2: number;
  /** TLS that could not be decrypted. */
  tlsWithoutKeys: number;
  /** TLS that was decrypted and held no WebSocket. */
  tlsOther: number;
  /** Of those without keys: what else kept them from being decrypted, or would with a key log. */
  readonly tlsFailures: Map<string, number>;
  /** Those that carried no data. */
  empty: number;
  /** Everything else. */
  other: number;
  /** Ports of connections whose handshake is missing, and that look like WebSocket. */
  readonly likelyWebSocket: Set<number>;
}

/** What a connection turned out to be. */
export type ConnectionKind = Exclude<
  keyof ConnectionCounts,
  "connections" | "tlsFailures" | "likelyWebSocket"
>;

/** Reasons that are told apart. */
const MAX_FAILURES = 8;

/** Why a TLS connection that the capture begins within cannot be decrypted. */
export const NO_TLS_HANDSHAKE =
  "the handshake is not in the capture, without which no key log helps";

/** Counts why a TLS connection could not be decrypted. */
export function countTlsFailure({ tlsFailures }: ConnectionCounts, reason: string): void {
  const known = tlsFailures.has(reason) || tlsFailures.size < MAX_FAILURES;
  const told = known ? reason : "for other reasons";
  tlsFailures.set(told, (tlsFailures.get(told) ?? 0) + 1);
}

export function newConnectionCounts(): ConnectionCounts {
  return {
    connections: 0,
    webSocket: 0,
    http: 0,
    http2: 0,
    tlsWithoutKeys: 0,
    tlsOther: 0,
    tlsFailures: new Map(),
    empty: 0,
    other: 0,
    likelyWebSocket: new Set(),
  };
}
