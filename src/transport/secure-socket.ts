import { isIP, type Socket } from "node:net";
import {
  createSecureContext,
  DEFAULT_CIPHERS,
  type SecureContext,
  type SecureContextOptions,
  type SecureVersion,
  connect as tlsConnect,
  type TLSSocket,
} from "node:tls";
import { usageError } from "../errors.ts";
import { tlsReason } from "./connect-failure.ts";
import { type Attempt, awaitEvent } from "./connect-socket.ts";
import type { TlsFacts } from "./events.ts";
import { checkKeyLog, logKeys } from "./key-log.ts";
import type { Place } from "./target.ts";

/** TLS as a client: what files hold, not their names. */
export interface TlsOptions {
  /** Accepts any certificate. */
  readonly insecure?: boolean;
  /** PEM, in place of the system's authorities. */
  readonly ca?: string | readonly string[];
  /** PEM. */
  readonly cert?: string;
  /** PEM. Default: the one in `cert`. */
  readonly key?: string;
  /** PKCS#12: a certificate and its key. */
  readonly pfx?: Uint8Array;
  /** Of the key. */
  readonly passphrase?: string;
  /** Default: 1.2 or `maxVersion`, whatever is less. */
  readonly minVersion?: TlsVersion;
  readonly maxVersion?: TlsVersion;
  /** In OpenSSL's notation. */
  readonly ciphers?: string;
  /** Takes the session keys, as SSLKEYLOGFILE names it. */
  readonly keyLogFile?: string;
  /** The name that the server is asked for (SNI) and that its certificate must hold. Default: the host. */
  readonly servername?: string;
}

export type TlsVersion = SecureVersion;

/**
 * A name to ask a server for: SNI has no addresses (RFC 6066, section 3).
 * @throws FramecatError (usage) naming `flag`
 */
export function parseServerName(text: string, flag: string): string {
  if (/^[\w-]+(?:\.[\w-]+)*$/.test(text) && isIP(text) === 0) return text;
  throw usageError(`${flag} must be a host name, not ${JSON.stringify(text)}`);
}

/**
 * Ciphers in OpenSSL's notation, of which it knows one at least.
 * @throws FramecatError (usage) naming `flag`
 */
export function parseCiphers(text: string, flag: string): string {
  if (text !== "" && isKnown(text)) return text;
  const hint = "`openssl ciphers` lists them.";
  throw usageError(`${flag} ${JSON.stringify(text)}: OpenSSL knows none of these`, hint);
}

function isKnown(ciphers: string): boolean {
  try {
    createSecureContext({ ciphers });
    return true;
  } catch {
    return false;
  }
}

const PEM_CERTIFICATE = /-----BEGIN [A-Z0-9 ]*CERTIFICATE-----/;

/** Making a context costs more than a handshake: all sockets with the same options share one. */
const contexts = new WeakMap<TlsOptions, SecureContext>();

/**
 * Makes sure that a handshake can be tried.
 * @throws FramecatError (usage) for certificates, keys and ciphers that are none, and for a file of
 * session keys that cannot be written
 */
export function prepareTls(options: TlsOptions): void {
  secureContextOf(options);
  if (options.keyLogFile !== undefined) checkKeyLog(options.keyLogFile);
}

/**
 * The certificates and the key, read.
 * @throws FramecatError (usage) for those that cannot be
 */
export function secureContextOf(options: TlsOptions): SecureContext {
  const context = contexts.get(options) ?? makeSecureContext(options);
  contexts.set(options, context);
  return context;
}

/** OpenSSL passes over authorities that are none and keys without a certificate; people err there. */
function makeSecureContext(options: TlsOptions): SecureContext {
  const { ca, cert, key = cert } = options;
  if (ca !== undefined && ![ca].flat().every((text) => PEM_CERTIFICATE.test(text))) {
    throw usageError("the file of TLS authorities holds no certificate in PEM");
  }
  if (key !== undefined && cert === undefined) {
    throw usageError("a TLS key is of no use without its certificate");
  }
  try {
    return createSecureContext(contextOptions(options));
  } catch (thrown) {
    throw usageError(contextFailure(tlsReason(thrown)));
  }
}

/** What node makes a context of, at either end. */
export function contextOptions(options: TlsOptions): SecureContextOptions {
  const { ca, cert, key = cert, pfx, passphrase } = options;
  return {
    ...(ca !== undefined && { ca: [ca].flat() }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(pfx && { pfx: Buffer.from(pfx) }),
    ...(passphrase !== undefined && { passphrase }),
    ...protocolOf(options),
  };
}

function contextFailure(reason: string): string {
  if (/no cipher match/i.test(reason)) return "OpenSSL knows none of the TLS ciphers asked for";
  const why = /key too small/i.test(reason) ? "its key is too short to be safe" : reason;
  return `--cert cannot be used: ${why}`;
}

/** OpenSSL has TLS 1.0 and 1.1 still, for whoever lowers its level of security to 0. */
function protocolOf({ minVersion, maxVersion, ciphers }: TlsOptions) {
  const oldest = minVersion ?? (maxVersion && isOutdated(maxVersion) ? maxVersion : undefined);
  const lowered = oldest && isOutdated(oldest) ? `${DEFAULT_CIPHERS}:@SECLEVEL=0` : undefined;
  const chosen = ciphers ?? lowered;
  return {
    ...(oldest !== undefined && { minVersion: oldest }),
    ...(maxVersion !== undefined && { maxVersion }),
    ...(chosen !== undefined && { ciphers: chosen }),
  };
}

function isOutdated(version: TlsVersion): boolean {
  return version === "TLSv1" || version === "TLSv1.1";
}

/**
 * The TLS handshake on a socket that leads to `place`.
 * @param name what the server is asked for, and what its certificate must be for
 * @throws FramecatError (connect-timeout, interrupted), and node's errors
 */
export async function secureSocket(
  socket: Socket,
  place: Place,
  attempt: Attempt,
  options: TlsOptions,
  name = place.hostname,
): Promise<TLSSocket> {
  const secured = tlsConnect({
    socket,
    host: name,
    ...(isIP(name) === 0 && { servername: name }),
    ALPNProtocols: ["http/1.1"],
    rejectUnauthorized: !(options.insecure ?? false),
    secureContext: secureContextOf(options),
  });
  if (options.keyLogFile !== undefined) logKeys(secured, options.keyLogFile);
  await awaitEvent(secured, "secureConnect", attempt, place);
  return secured;
}

/** What was agreed on, and who the server is. */
export function tlsFacts(socket: TLSSocket): TlsFacts {
  const certificate = socket.getPeerCertificate();
  const facts = {
    version: socket.getProtocol() ?? "unknown",
    cipher: socket.getCipher().name,
    authorized: socket.authorized,
  };
  if (!certificate.subject) return facts;
  const name = (parts: object) =>
    Object.entries(parts)
      .map(([key, value]) => `${key}=${value}`)
      .join(", ");
  return {
    ...facts,
    peer: {
      subject: name(certificate.subject),
      issuer: name(certificate.issuer),
      validFrom: isoTime(certificate.valid_from),
      validTo: isoTime(certificate.valid_to),
      fingerprint256: certificate.fingerprint256,
    },
  };
}

/** A certificate may hold a time that is none. */
function isoTime(text: string): string {
  const time = new Date(text);
  return Number.isNaN(time.valueOf()) ? text : time.toISOString();
}
