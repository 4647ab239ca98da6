import { usageError } from "../errors.ts";
import type { Io } from "../io.ts";
import {
  type ClientCertificate,
  type CredentialFile,
  readCertificates,
  readClientCertificate,
} from "../transport/certificates.ts";
import {
  parseCiphers,
  parseServerName,
  type TlsOptions,
  type TlsVersion,
} from "../transport/secure-socket.ts";
import type { Args } from "./command.ts";
import { readFlagFile } from "./flag-file.ts";
import { readSecret } from "./secret-value.ts";

/**
 * Reads the flags of TLS, the files they name, and SSLKEYLOGFILE.
 * @throws FramecatError (usage)
 */
export function readTlsFlags(args: Args, env: Io["env"]): TlsOptions {
  const ca = args.list("ca").map((path) => readCertificates(credentialFile(path, "--ca")));
  const [sni, ciphers] = [args.text("sni"), args.text("ciphers")];
  return {
    insecure: args.flag("insecure"),
    ...(ca.length > 0 && { ca }),
    ...readOwnCertificate(args, env),
    ...(sni !== undefined && { servername: parseServerName(sni, "--sni") }),
    ...readVersions(args),
    ...(ciphers !== undefined && { ciphers: parseCiphers(ciphers, "--ciphers") }),
    ...(env.SSLKEYLOGFILE && { keyLogFile: env.SSLKEYLOGFILE }),
  };
}

/** What --cert, --key and --passphrase name. @throws FramecatError (usage) */
export function readOwnCertificate(args: Args, env: Io["env"]): ClientCertificate {
  const [cert, key, secret] = [args.text("cert"), args.text("key"), args.text("passphrase")];
  if (cert === undefined) {
    const orphan = key === undefined ? "passphrase" : "key";
    if (key === undefined && secret === undefined) return {};
    throw usageError(`--${orphan} is of no use without --cert`);
  }
  const keyFile = key === undefined ? undefined : credentialFile(key, "--key");
  const passphrase = secret === undefined ? undefined : readSecret(secret, "--passphrase", env);
  return readClientCertificate(credentialFile(cert, "--cert"), keyFile, passphrase);
}

/** The bytes of a file that a flag names. @throws FramecatError (usage) */
export function credentialFile(path: string, flag: string): CredentialFile {
  // As of a variable that is not set.
  if (path === "") throw usageError(`${flag} needs the name of a file`);
  return { name: `${flag} ${path}`, bytes: readFlagFile(path, `${flag}: ${path}`) };
}

const VERSIONS: Readonly<Record<string, TlsVersion>> = {
  "1.0": "TLSv1",
  "1.1": "TLSv1.1",
  "1.2": "TLSv1.2",
  "1.3": "TLSv1.3",
};

/** What --tls-min and --tls-max say. @throws FramecatError (usage) */
export function readVersions(args: Args): Pick<TlsOptions, "minVersion" | "maxVersion"> {
  const [min, max] = [args.text("tls-min"), args.text("tls-max")];
  if (min !== undefined && max !== undefined && min > max) {
    throw usageError(`--tls-min ${min} is above --tls-max ${max}`);
  }
  const [minVersion, maxVersion] = [VERSIONS[min ?? ""], VERSIONS[max ?? ""]];
  return { ...(minVersion && { minVersion }), ...(maxVersion && { maxVersion }) };
}
