import { isIP, type Socket } from "node:net";
import {
  createSecureContext,
  type SecureContext,
  connect as tlsConnect,
  type TLSSocket,
} from "node:tls";
import { usageError } from "../errors.ts";
import { tlsReason } from "./connect-failure.ts";
import { type Attempt, awaitEvent } from "./connect-socket.ts";
import type { TlsFacts } from "./events.ts";
import type { Place } from "./target.ts";

/** TLS as a client: PEM texts, not file names. */
export interface TlsOptions {
  /** Accepts any certificate. */
  readonly insecure?: boolean;
  readonly ca?: string;
  readonly cert?: string;
  /** Default: the one in `cert`. */
  readonly key?: string;
  /** The name that the server is asked for (SNI) and that its certificate must hold. Default: the host. */
  readonly servername?: string;
}

/**
 * A name to ask a server for: SNI has no addresses (RFC 6066, section 3).
 * @throws FramecatError (usage) naming `flag`
 */
export function parseServerName(text: string, flag: string): string {
  if (/^[\w-]+(?:\.[\w-]+)*$/.test(text) && isIP(text) === 0) return text;
  throw usageError(`${flag} must be a host name, not ${JSON.stringify(text)}`);
}

const PEM_CERTIFICATE = /-----BEGIN [A-Z0-9 ]*CERTIFICATE-----/;

/** Making a context costs more than a handshake: all sockets with the same options share one. */
const contexts = new WeakMap<TlsOptions, SecureContext>();

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
function makeSecureContext({ ca, cert, key = cert }: TlsOptions): SecureContext {
  if (ca !== undefined && !PEM_CERTIFICATE.test(ca)) {
    throw usageError("the file of TLS authorities holds no certificate in PEM");
  }
  if (key !== undefined && cert === undefined) {
    throw usageError("a TLS key is of no use without its certificate");
  }
  try {
    return createSecureContext({
      ...(ca !== undefined && { ca }),
      ...(cert !== undefined && { cert }),
      ...(key !== undefined && { key }),
    });
  } catch (thrown) {
    throw usageError(`the TLS certificate and key cannot be used: ${tlsReason(thrown)}`);
  }
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
