import { createHmac } from "node:crypto";
import { type CipherSuite } from "./cipher-suites.ts";

/** What one direction encrypts with. */
export interface WriteKeys {
  readonly key: Uint8Array;
  readonly iv: Uint8Array;
}

const EMPTY = new Uint8Array(0);
const TLS13_IV_LENGTH = 12;

/**
 * The keys of a TLS 1.3 traffic secret (RFC 8446, section 7.3); undefined where the secret does not
 * have the length of the suite's hash.
 */
export function trafficKeys(
  { aead, hash }: CipherSuite,
  secret: Uint8Array,
): WriteKeys | undefined {
  if (!aead || secret.length !== hashLength(hash)) return undefined;
  return {
    key: expandLabel(hash, secret, "key", aead.keyLength),
    iv: expandLabel(hash, secret, "iv", TLS13_IV_LENGTH),
  };
}

/** The traffic secret after a KeyUpdate (RFC 8446, section 7.2). */
export function nextTrafficSecret({ hash }: CipherSuite, secret: Uint8Array): Uint8Array {
  return expandLabel(hash, secret, "traffic upd", hashLength(hash));
}

/** Both directions' keys of TLS 1.2, for suites with AEAD, which have no MAC keys (RFC 5246, 6.3). */
export function keyBlock(
  { aead, hash }: CipherSuite,
  masterSecret: Uint8Array,
  randoms: { readonly client: Uint8Array; readonly server: Uint8Array },
): { readonly client: WriteKeys; readonly server: WriteKeys } | undefined {
  if (!aead) return undefined;
  const { keyLength } = aead;
  const ivLength = fixedIvLength(aead.cipher);
  const seed = Buffer.concat([randoms.server, randoms.client]);
  const block = prf(hash, masterSecret, "key expansion", seed, 2 * (keyLength + ivLength));
  let at = 0;
  const cut = (length: number) => block.subarray(at, (at += length));
  const [clientKey, serverKey] = [cut(keyLength), cut(keyLength)];
  const [clientIv, serverIv] = [cut(ivLength), cut(ivLength)];
  return { client: { key: clientKey, iv: clientIv }, server: { key: serverKey, iv: serverIv } };
}

/** The rest of the nonce is in each record (RFC 5288, 6655), or it is whole (RFC 7905). */
function fixedIvLength(cipher: string): 4 | 12 {
  return cipher === "chacha20-poly1305" ? 12 : 4;
}

function hashLength(hash: CipherSuite["hash"]): 32 | 48 {
  return hash === "sha384" ? 48 : 32;
}

/** HKDF-Expand-Label with an empty context (RFC 8446, section 7.1). */
export function expandLabel(
  hash: CipherSuite["hash"],
  secret: Uint8Array,
  label: string,
  length: number,
): Uint8Array {
  const name = Buffer.from(`tls13 ${label}`, "latin1");
  const info = Buffer.from([length >> 8, length & 255, name.length, ...name, 0]);
  const block = (previous: Uint8Array, count: number) =>
    hmac(hash, secret, previous, info, Uint8Array.of(count));
  return joinBlocks(block, length);
}

/** The pseudorandom function of TLS 1.2 (RFC 5246, section 5). */
export function prf(
  hash: CipherSuite["hash"],
  secret: Uint8Array,
  label: string,
  seed: Uint8Array,
  length: number,
): Uint8Array {
  const labelled = Buffer.concat([Buffer.from(label, "latin1"), seed]);
  let chained: Uint8Array = labelled;
  const block = () => {
    chained = hmac(hash, secret, chained);
    return hmac(hash, secret, chained, labelled);
  };
  return joinBlocks(block, length);
}

function joinBlocks(
  block: (previous: Uint8Array, count: number) => Uint8Array,
  length: number,
): Uint8Array {
  const blocks: Uint8Array[] = [];
  let previous: Uint8Array = EMPTY;
  for (let total = 0; total < length; total += previous.length) {
    previous = block(previous, blocks.length + 1);
    blocks.push(previous);
  }
  return Buffer.concat(blocks).subarray(0, length);
}

function hmac(hash: string, secret: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
  const mac = createHmac(hash, secret);
  for (const part of parts) mac.update(part);
  return mac.digest();
}
