import type { CipherSuite } from "./cipher-suites.ts";
import { keyBlock, nextTrafficSecret, trafficKeys } from "./key-schedule.ts";
import type { TlsSecrets } from "./key-log.ts";
import { RecordCipher } from "./record-cipher.ts";

/** A stretch of records of one direction that share their keys; each counts its records anew. */
export interface Epoch {
  readonly kind: "handshake" | "application";
  readonly cipher: RecordCipher;
  /** Number of the first record that can be application data: in TLS 1.2, Finished is before it. */
  readonly firstData: 0 | 1;
  /** The epoch behind it, where there is one and its secret is known by now. */
  readonly next: () => Epoch | undefined;
}

/** What hellos have settled, and what keys depend on. */
export interface Agreement {
  readonly version: "1.2" | "1.3";
  readonly suite: CipherSuite;
  readonly clientRandom: Uint8Array;
  readonly serverRandom: Uint8Array;
  /** What TLS 1.2 has agreed on after it, by a renegotiation. */
  renewal?: Agreement;
}

/** May come to know more with time. */
export type FindSecrets = (clientRandom: Uint8Array) => TlsSecrets | undefined;

export type Sender = "client" | "server";

/**
 * The first epoch of a direction that there are secrets for: in TLS 1.3, that of the application
 * data where the log has no secret for the encrypted part of the handshake.
 */
export function firstEpoch(
  agreement: Agreement,
  sender: Sender,
  findSecrets: FindSecrets,
): Epoch | undefined {
  if (agreement.version === "1.2") return negotiatedEpoch(agreement, sender, findSecrets);
  const { suite, clientRandom } = agreement;
  const secrets = () => findSecrets(clientRandom);
  const next = () => applicationEpoch(suite, trafficSecret(secrets(), sender));
  const cipher = trafficCipher(suite, handshakeSecret(secrets(), sender));
  return cipher ? { kind: "handshake", cipher, firstData: 0, next } : next();
}

/** TLS 1.2 has one, and another one for each renegotiation (RFC 5246, section 7.4.1.1). */
function negotiatedEpoch(
  agreement: Agreement,
  sender: Sender,
  findSecrets: FindSecrets,
): Epoch | undefined {
  const { suite, clientRandom, serverRandom } = agreement;
  const master = findSecrets(clientRandom)?.master;
  if (!suite.aead || !master) return undefined;
  const keys = keyBlock(suite, master, { client: clientRandom, server: serverRandom });
  if (!keys) return undefined;
  const cipher = new RecordCipher("1.2", suite.aead, keys[sender]);
  const next = () => agreement.renewal && negotiatedEpoch(agreement.renewal, sender, findSecrets);
  return { kind: "application", cipher, firstData: 1, next };
}

function applicationEpoch(suite: CipherSuite, secret: Uint8Array | undefined): Epoch | undefined {
  const cipher = trafficCipher(suite, secret);
  if (!cipher || !secret) return undefined;
  const next = () => applicationEpoch(suite, nextTrafficSecret(suite, secret));
  return { kind: "application", cipher, firstData: 0, next };
}

function trafficCipher(
  suite: CipherSuite,
  secret: Uint8Array | undefined,
): RecordCipher | undefined {
  const keys = secret && trafficKeys(suite, secret);
  return suite.aead && keys && new RecordCipher("1.3", suite.aead, keys);
}

function handshakeSecret(secrets: TlsSecrets | undefined, sender: Sender): Uint8Array | undefined {
  return sender === "client" ? secrets?.clientHandshake : secrets?.serverHandshake;
}

function trafficSecret(secrets: TlsSecrets | undefined, sender: Sender): Uint8Array | undefined {
  return sender === "client" ? secrets?.clientTraffic : secrets?.serverTraffic;
}
