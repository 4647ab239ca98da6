import type { Socket } from "node:net";
import type { TlsOptions as NodeTlsOptions, TLSSocket } from "node:tls";
import { tlsReason } from "./connect-failure.ts";
import type { TlsFacts } from "./events.ts";
import { contextOptions, tlsFacts, type TlsOptions } from "./secure-socket.ts";

/** TLS as a server. */
export interface ServerTls extends Pick<
  TlsOptions,
  "ca" | "cert" | "key" | "pfx" | "passphrase" | "minVersion" | "maxVersion" | "ciphers"
> {
  /** Whether clients are asked for a certificate, and turned away without one that `ca` signed. */
  readonly clientCertificate?: "no" | "ask" | "require";
  readonly handshakeTimeoutMs?: number;
}

/** What node's TLS server is made with. */
export function serverContext(tls: ServerTls): NodeTlsOptions {
  const { clientCertificate = "no", handshakeTimeoutMs = 10_000 } = tls;
  return {
    ...contextOptions(tls),
    requestCert: clientCertificate !== "no",
    rejectUnauthorized: clientCertificate === "require",
    handshakeTimeout: handshakeTimeoutMs,
    ALPNProtocols: ["http/1.1"],
    allowHalfOpen: true,
  };
}

/** What was agreed on with a client, and who it is; undefined where there is no TLS. */
export function clientTlsFacts(socket: object): TlsFacts | undefined {
  return "encrypted" in socket ? tlsFacts(socket as TLSSocket) : undefined;
}

/** The socket that TLS is on, which has its address still when it has gone; node keeps it to itself. */
export function socketBeneath(socket: Socket): Socket {
  const { _parent: beneath } = socket as Socket & { readonly _parent?: Socket | null };
  return beneath ?? socket;
}

/** What went wrong with a client, by what OpenSSL or node says of it. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [
    /^http request$/,
    "it spoke plain HTTP, and this port has TLS: its address begins with wss://, not ws://",
  ],
  [/^peer did not return a certificate$/, "it showed no certificate"],
  [/^wrong version number$|^packet length too long$/, "what it sent is no TLS"],
  [/^unsupported protocol$|version too low$/, "no version of TLS is accepted by both sides"],
  [/^no shared cipher$/, "no cipher is accepted by both sides"],
  [/^no application protocol$/, "it wants another protocol than HTTP/1.1"],
  [
    /alert (?:unknown ca|certificate unknown|bad certificate)$/,
    "it does not trust this server's certificate",
  ],
  [/ECONNRESET$|^socket hang up$/, "it went away within the handshake"],
  [/^TLS handshake timeout$/, "its handshake took too long"],
];

/**
 * Why TLS with a client did not come about, in words.
 * @param socket that of the client, which knows what is wrong with its certificate
 */
export function clientTlsReason(error: Error, socket: object): string {
  const unverified = "authorizationError" in socket ? socket.authorizationError : undefined;
  const reason = tlsReason(error);
  const known = REASONS.find(([pattern]) => pattern.test(reason));
  // Node ends a client without a word when no authority of ours has signed its certificate.
  if (typeof unverified === "string" && !/no(?:t return a)? certificate/i.test(reason)) {
    return `its certificate is not accepted (${unverified})`;
  }
  return known?.[1] ?? reason;
}
