import type { TlsOptions as NodeTlsOptions, TLSSocket } from "node:tls";
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
