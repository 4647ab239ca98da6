import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { createSecureContext } from "node:tls";
import { usageError } from "../errors.ts";
import { tlsReason } from "./connect-failure.ts";
import type { TlsOptions } from "./secure-socket.ts";

/**
 * Certificates and keys as people have them, checked one by one. OpenSSL passes over some that it
 * cannot read, takes a key for another certificate's, and calls a wrong passphrase a bad MAC.
 */
export interface CredentialFile {
  /** What messages call it, as `--cert me.pem`. */
  readonly name: string;
  readonly bytes: Buffer;
}

export type ClientCertificate = Pick<TlsOptions, "cert" | "key" | "pfx" | "passphrase">;

const PEM_CERTIFICATE = /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----/;
const PEM_CERTIFICATES =
  /-----BEGIN ((?:X509 |TRUSTED )?CERTIFICATE)-----.*?(?:-----END \1-----|$)/gs;
const PEM_LABEL = /-----BEGIN ([A-Z0-9 ]+)-----/;
const PEM_KEY = /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/;
const ENCRYPTED_KEY = /-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m;

/**
 * The certificates of a file, PEM or DER, as PEM.
 * @throws FramecatError (usage)
 */
export function readCertificates({ name, bytes }: CredentialFile): string {
  const text = bytes.toString("latin1");
  const isPem = PEM_CERTIFICATE.test(text);
  if (!isPem && !isDer(bytes)) throw usageError(`${name} holds no certificate${insteadIn(text)}`);
  const [first] = readAll(name, isPem ? pemCertificates(text) : [bytes]);
  return isPem || !first ? text : first.toString();
}

/** Each certificate of a text in PEM, in order. */
export function pemCertificates(text: string): readonly string[] {
  return text.match(PEM_CERTIFICATES) ?? [];
}

function readAll(name: string, certificates: readonly (string | Buffer)[]): X509Certificate[] {
  return certificates.map((certificate, i) =>
    attempt(
      () => new X509Certificate(certificate),
      (reason) => {
        const which = certificates.length === 1 ? "the certificate" : `certificate ${i + 1}`;
        return `${which} in ${name} cannot be read: ${reason}`;
      },
    ),
  );
}

/** What a text in PEM holds in place of what is wanted. */
function insteadIn(text: string): string {
  const label = PEM_LABEL.exec(text)?.[1]?.toLowerCase();
  return label === undefined ? "" : `, but ${/^[aeiou]/.test(label) ? "an" : "a"} ${label}`;
}

/**
 * A client certificate with its key: PEM in one file or two, or PKCS#12.
 * @param key where it is not in the file of the certificate
 * @throws FramecatError (usage)
 */
export function readClientCertificate(
  cert: CredentialFile,
  key: CredentialFile | undefined,
  passphrase: string | undefined,
): ClientCertificate {
  if (!isPkcs12(cert.bytes)) return readPair(cert, key, passphrase);
  if (key) throw usageError(`${cert.name} is PKCS#12 and holds its own key`, "Leave --key away.");
  return readPkcs12(cert, passphrase);
}

function readPair(
  cert: CredentialFile,
  keyFile: CredentialFile | undefined,
  passphrase: string | undefined,
): ClientCertificate {
  const certificates = readCertificates(cert);
  const holder = keyFile ?? cert;
  const pem = holder.bytes.toString("latin1");
  if (!PEM_KEY.test(pem)) {
    const instead = keyFile ? insteadIn(pem) : "";
    throw usageError(`${holder.name} holds no private key in PEM${instead}`, keyHint(keyFile));
  }
  const key = readKey(holder.name, pem, passphrase);
  const owner = pemCertificates(certificates).findIndex((text) =>
    new X509Certificate(text).checkPrivateKey(key),
  );
  if (owner === -1) {
    throw usageError(`the private key in ${holder.name} is not that of the certificate`);
  }
  if (owner > 0) {
    throw usageError(
      `the private key in ${holder.name} is that of certificate ${owner + 1} in ${cert.name}`,
      "Put that first, and after it who signed it.",
    );
  }
  return { cert: certificates, key: pem, ...(passphrase !== undefined && { passphrase }) };
}

function keyHint(keyFile: CredentialFile | undefined): string | undefined {
  if (!keyFile) return "Name its file with --key.";
  if (!isDer(keyFile.bytes)) return undefined;
  return "Convert it: openssl pkey -inform DER -in FILE -out key.pem.";
}

function readKey(name: string, pem: string, passphrase: string | undefined): KeyObject {
  const isEncrypted = ENCRYPTED_KEY.test(pem);
  if (isEncrypted && passphrase === undefined) throw encrypted(name);
  return attempt(
    () => createPrivateKey({ key: pem, ...(passphrase !== undefined && { passphrase }) }),
    (reason) =>
      isEncrypted ? wrongPassphrase(name) : `the private key in ${name} cannot be read: ${reason}`,
  );
}

function readPkcs12({ name, bytes }: CredentialFile, passphrase: string | undefined) {
  const options = { pfx: bytes, ...(passphrase !== undefined && { passphrase }) };
  try {
    createSecureContext(options);
  } catch (thrown) {
    throw pkcs12Failure(name, tlsReason(thrown), passphrase);
  }
  return options;
}

function pkcs12Failure(name: string, reason: string, passphrase: string | undefined): Error {
  if (/mac verify failure/i.test(reason)) {
    return passphrase === undefined ? encrypted(name) : usageError(wrongPassphrase(name));
  }
  if (/unsupported/i.test(reason)) {
    return usageError(
      `${name} is PKCS#12 with a cipher that OpenSSL has given up`,
      "Convert it: openssl pkcs12 -legacy -in FILE -out me.pem.",
    );
  }
  if (/load private key/i.test(reason)) return usageError(`${name} holds no private key`);
  return usageError(`${name} cannot be read as PKCS#12: ${reason}`);
}

function encrypted(name: string): Error {
  return usageError(`the private key in ${name} is encrypted`, "Give its --passphrase.");
}

function wrongPassphrase(name: string): string {
  return `--passphrase is not that of ${name}`;
}

function attempt<T>(read: () => T, failure: (reason: string) => string): T {
  try {
    return read();
  } catch (thrown) {
    throw usageError(failure(tlsReason(thrown)));
  }
}

/** Begins as a SEQUENCE does. */
function isDer(bytes: Buffer): boolean {
  return bytes[0] === 0x30;
}

/** A SEQUENCE that begins with the version 3 (RFC 7292, section 4). */
function isPkcs12(bytes: Buffer): boolean {
  if (!isDer(bytes)) return false;
  // A length over 127 says in how many octets it follows; 0x80 leaves it open.
  const first = bytes[1] ?? 0;
  const at = first > 0x80 ? 2 + (first & 0x7f) : 2;
  return bytes.subarray(at, at + 3).equals(Buffer.of(0x02, 0x01, 0x03));
}
