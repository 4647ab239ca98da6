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

/** What went wrong with a client, by what OpenSSL or node says of it. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [
    /^http request$/i,
    "it spoke plain HTTP, and this port has TLS: its address begins with wss://, not ws://",
  ],
  [/did not return a certificate/i, "it showed no certificate"],
  [/^wrong version number$|packet length too long/i, "what it sent is no TLS"],
  [/unsupported protocol|no protocols available|version too low/i, "it has no version in common"],
  [/no shared cipher/i, "it has no cipher in common"],
  [
    /alert.*(?:unknown ca|certificate unknown|bad certificate)/i,
    "it does not trust the certificate",
  ],
  [/^ECONNRESET$|socket hang up|disconnected before/i, "it went away within the handshake"],
  [/handshake timeout/i, "its handshake took too long"],
];

/** Why TLS with a client did not come about, in words. */
export function clientTlsReason(error: Error): string {
  const reason = tlsReason(error);
  const known = REASONS.find(([pattern]) => pattern.test(reason));
  return known?.[1] ?? reason;
}
