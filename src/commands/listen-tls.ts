import { usageError } from "../errors.ts";
import type { Io } from "../io.ts";
import { certificateDoubts } from "../transport/certificate-doubts.ts";
import { readCertificates } from "../transport/certificates.ts";
import { prepareTls } from "../transport/secure-socket.ts";
import { makeSelfSigned, type SelfSigned } from "../transport/self-signed.ts";
import type { ServerTls } from "../transport/server-tls.ts";
import type { Args } from "./command.ts";
import { readPlace } from "./listen-place.ts";
import { credentialFile, readOwnCertificate, readVersions } from "./tls-flags.ts";

export interface ListenTls {
  readonly tls: ServerTls;
  /** The certificate, where it was made on the spot. */
  readonly selfSigned?: SelfSigned;
  /** What clients may not like about the certificate. */
  readonly doubts: readonly string[];
}

/** Flags that say something about TLS, but not that there is any. */
const DETAILS = ["client-cert", "tls-min", "tls-max"] as const;

/** Each of several processes would make a certificate of its own. @throws FramecatError (usage) */
export function refuseSelfSigned(args: Args): void {
  if (!args.flag("self-signed")) return;
  throw usageError("--self-signed is for one process", "With --workers give --cert and --key.");
}

/**
 * The TLS asked for, if any.
 * @param handshakeTimeoutMs how long TLS with a client may take
 * @throws FramecatError (usage)
 */
export async function readListenTls(
  args: Args,
  io: Io,
  handshakeTimeoutMs: number | undefined,
): Promise<ListenTls | undefined> {
  const selfSigns = args.flag("self-signed");
  if (selfSigns) refuseTwoCertificates(args);
  const own = readOwnCertificate(args, io.env);
  if (own.cert === undefined && own.pfx === undefined && !selfSigns) return refuseDetails(args);
  const now = io.clock.now();
  const selfSigned = selfSigns ? await makeSelfSigned(hostOf(args), now) : undefined;
  const tls = {
    ...own,
    ...(selfSigned && { cert: selfSigned.cert, key: selfSigned.key }),
    ...readClientCertificates(args),
    ...readVersions(args),
    ...(handshakeTimeoutMs !== undefined && { handshakeTimeoutMs }),
  };
  prepareTls(tls);
  const doubts = own.cert === undefined ? [] : certificateDoubts(own.cert, now.epochUs / 1000);
  return { tls, doubts, ...(selfSigned && { selfSigned }) };
}

function refuseTwoCertificates(args: Args): void {
  const name = ["cert", "key", "passphrase"].find((flag) => args.text(flag) !== undefined);
  if (name === undefined) return;
  throw usageError(`--self-signed and --${name} exclude each other`, "Give one of them.");
}

/** Of a unix socket there is none. */
function hostOf(args: Args): string | undefined {
  const place = readPlace(args);
  return place.socketPath === undefined ? place.host : undefined;
}

function refuseDetails(args: Args): undefined {
  const given = DETAILS.find((name) => args.text(name) !== undefined);
  const name = args.list("client-ca").length > 0 ? "client-ca" : given;
  if (name === undefined) return undefined;
  throw usageError(`--${name} is of no use without --cert or --self-signed`);
}

function readClientCertificates(args: Args): Pick<ServerTls, "ca" | "clientCertificate"> {
  const ca = args
    .list("client-ca")
    .map((path) => readCertificates(credentialFile(path, "--client-ca")));
  const asked = args.text("client-cert");
  if (asked === "require" && ca.length === 0) {
    throw usageError("--client-cert require needs --client-ca", "Name the authority's file.");
  }
  if (ca.length === 0) return asked === "ask" ? { clientCertificate: "ask" } : {};
  return { ca, clientCertificate: asked === "ask" ? "ask" : "require" };
}
