import { lookup } from "node:dns";
import {
  isIP,
  type LookupFunction,
  type OnReadOpts,
  connect as netConnect,
  type Socket,
} from "node:net";
import { connect as tlsConnect, type TLSSocket } from "node:tls";
import { type Clock, elapsedMs } from "../clock.ts";
import { FramecatError } from "../errors.ts";
import { connectFailure, type Phase } from "./connect-failure.ts";
import type { Timings, TlsFacts } from "./events.ts";
import { placeOf, type Target } from "./target.ts";

/** TLS as a client: PEM texts, not file names. */
export interface TlsOptions {
  /** Accepts any certificate. */
  readonly insecure?: boolean;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

export interface SocketOptions {
  readonly clock: Clock;
  readonly tls?: TlsOptions;
  /** Limit for resolving, connecting and TLS together. */
  readonly connectTimeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Reads into one buffer with a callback in place of `data` events; not possible with TLS. */
  readonly onread?: OnReadOpts;
  /** Source address. */
  readonly localAddress?: string;
}

export interface OpenedSocket {
  readonly socket: Socket;
  /** `address:port` of the peer, or the path of the unix socket. */
  readonly remote: string;
  readonly timings: Timings;
  readonly tls?: TlsFacts;
}

/**
 * Resolves, connects, and for `wss` does the TLS handshake; each is timed.
 * @throws FramecatError (name-resolution, unreachable, connect-timeout, tls, interrupted)
 */
export async function openSocket(target: Target, options: SocketOptions): Promise<OpenedSocket> {
  const { clock } = options;
  const start = clock.now().ns;
  let resolved: bigint | undefined;
  const socket = netConnect({
    ...(target.socketPath !== undefined
      ? { path: target.socketPath }
      : { host: target.hostname, port: target.port, autoSelectFamily: true }),
    ...(options.onread && !target.secure && { onread: options.onread }),
    ...(options.localAddress !== undefined && { localAddress: options.localAddress }),
    lookup: timedLookup(() => {
      resolved = clock.now().ns;
    }),
    allowHalfOpen: true,
    noDelay: true,
  });
  const deadline = start + BigInt(Math.round(options.connectTimeoutMs * 1e6));
  await reached(socket, "connect", "tcp", target, options, deadline);
  const connected = clock.now().ns;
  const timings: Timings = {
    ...(resolved !== undefined && { dns: elapsedMs(start, resolved) }),
    tcp: elapsedMs(resolved ?? start, connected),
  };
  const remote = target.socketPath ?? remoteOf(socket);
  if (!target.secure) return { socket, remote, timings };
  const secured = startTls(socket, target, options.tls ?? {});
  await reached(secured, "secureConnect", "tls", target, options, deadline);
  const tls = elapsedMs(connected, clock.now().ns);
  return { socket: secured, remote, timings: { ...timings, tls }, tls: tlsFacts(secured) };
}

/** The system's resolver, which tells when it has answered. */
function timedLookup(resolved: () => void): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, options, (error, ...found) => {
      resolved();
      (callback as (...args: unknown[]) => void)(error, ...found);
    });
  };
}

function startTls(socket: Socket, target: Target, options: TlsOptions): TLSSocket {
  const { insecure = false, ...pem } = options;
  try {
    return tlsConnect({
      socket,
      host: target.hostname,
      ...(isIP(target.hostname) === 0 && { servername: target.hostname }),
      ALPNProtocols: ["http/1.1"],
      rejectUnauthorized: !insecure,
      ...pem,
    });
  } catch (thrown) {
    socket.destroy();
    throw connectFailure(thrown, target, "tls");
  }
}

/** Waits for `event`; on failure, timeout or abort the socket is destroyed. */
function reached(
  socket: Socket,
  event: "connect" | "secureConnect",
  phase: Phase,
  target: Target,
  { signal, clock, connectTimeoutMs }: SocketOptions,
  deadline: bigint,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (thrown: unknown) => {
      settle();
      socket.on("error", () => undefined);
      socket.destroy();
      reject(connectFailure(thrown, target, phase));
    };
    const late = `${placeOf(target)} did not answer within ${connectTimeoutMs} ms`;
    const timer = setTimeout(
      () => fail(new FramecatError("connect-timeout", late)),
      Math.max(0, elapsedMs(clock.now().ns, deadline)),
    );
    const abort = () => fail(new FramecatError("interrupted", "interrupted while connecting"));
    const succeed = () => {
      settle();
      resolve();
    };
    const ended = () => fail(Object.assign(new Error("ended"), { code: "ECONNRESET" }));
    const settle = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
      socket.off(event, succeed).off("error", fail).off("close", ended);
    };
    socket.once(event, succeed).once("error", fail).once("close", ended);
    signal?.addEventListener("abort", abort);
    if (signal?.aborted) abort();
  });
}

function remoteOf({ remoteAddress = "", remotePort = 0 }: Socket): string {
  return remoteAddress.includes(":")
    ? `[${remoteAddress}]:${remotePort}`
    : `${remoteAddress}:${remotePort}`;
}

function tlsFacts(socket: TLSSocket): TlsFacts {
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
      validFrom: new Date(certificate.valid_from).toISOString(),
      validTo: new Date(certificate.valid_to).toISOString(),
      fingerprint256: certificate.fingerprint256,
    },
  };
}
