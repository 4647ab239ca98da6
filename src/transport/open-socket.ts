import { lookup } from "node:dns";
import {
  isIP,
  type LookupFunction,
  type OnReadOpts,
  connect as netConnect,
  type Socket,
} from "node:net";
import {
  createSecureContext,
  type SecureContext,
  connect as tlsConnect,
  type TLSSocket,
} from "node:tls";
import { whenAborted } from "../abort.ts";
import { type Clock, elapsedMs } from "../clock.ts";
import { FramecatError, usageError } from "../errors.ts";
import { connectFailure, type Phase, tlsReason } from "./connect-failure.ts";
import type { Timings, TlsFacts } from "./events.ts";
import { placeOf, type Target } from "./target.ts";

/** TLS as a client: PEM texts, not file names. */
export interface TlsOptions {
  /** Accepts any certificate. */
  readonly insecure?: boolean;
  readonly ca?: string;
  readonly cert?: string;
  /** Default: the one in `cert`. */
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
 * @throws FramecatError (name-resolution, unreachable, connect-timeout, tls, interrupted; usage for
 * certificates and keys that cannot be read, before anything is connected)
 */
export async function openSocket(target: Target, options: SocketOptions): Promise<OpenedSocket> {
  const { clock } = options;
  const secureContext = target.secure ? secureContextOf(options.tls ?? {}) : undefined;
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
  if (!secureContext) return { socket, remote, timings };
  const secured = startTls(socket, target, secureContext, options.tls?.insecure ?? false);
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

const PEM_CERTIFICATE = /-----BEGIN [A-Z0-9 ]*CERTIFICATE-----/;

/** Making a context costs more than a handshake: all sockets with the same options share one. */
const contexts = new WeakMap<TlsOptions, SecureContext>();

function secureContextOf(options: TlsOptions): SecureContext {
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

function startTls(
  socket: Socket,
  { hostname }: Target,
  secureContext: SecureContext,
  insecure: boolean,
): TLSSocket {
  return tlsConnect({
    socket,
    host: hostname,
    ...(isIP(hostname) === 0 && { servername: hostname }),
    ALPNProtocols: ["http/1.1"],
    rejectUnauthorized: !insecure,
    secureContext,
  });
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
    let unwatch = (): void => undefined;
    // Also for the moment between this and the next who listens.
    socket.on("error", () => undefined);
    const fail = (thrown: unknown) => {
      settle();
      socket.destroy();
      reject(connectFailure(thrown, target, phase));
    };
    const late = `${placeOf(target)} did not answer within ${connectTimeoutMs} ms`;
    const timer = setTimeout(
      () => fail(new FramecatError("connect-timeout", late)),
      Math.max(0, elapsedMs(clock.now().ns, deadline)),
    );
    const succeed = () => {
      settle();
      resolve();
    };
    const ended = () => fail(Object.assign(new Error("ended"), { code: "ECONNRESET" }));
    const settle = () => {
      clearTimeout(timer);
      unwatch();
      socket.off(event, succeed).off("error", fail).off("close", ended);
    };
    socket.once(event, succeed).once("error", fail).once("close", ended);
    unwatch = whenAborted(signal, () =>
      fail(new FramecatError("interrupted", "interrupted while connecting")),
    );
  });
}

/** `address:port` of the peer. */
export function remoteOf({ remoteAddress = "", remotePort = 0 }: Socket): string {
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
