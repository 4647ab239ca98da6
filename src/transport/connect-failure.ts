import { type FailureCode, FramecatError, messageOf } from "../errors.ts";
import { MAX_OPEN_FILES } from "./open-files.ts";
import { type Place, placeOf } from "./target.ts";

/** How far connecting had come when it failed. */
export type Phase = "tcp" | "tls" | "upgrade";

/** A failure of node's net, dns or tls in our words: what happened, and what to try. */
export function connectFailure(thrown: unknown, target: Place, phase: Phase): FramecatError {
  if (thrown instanceof FramecatError) return thrown;
  const code = errnoOf(thrown);
  if (phase === "tls") return tlsFailure(thrown, code, target);
  const [failure, message, hint] = describe(code, thrown, target);
  return new FramecatError(failure, message, hint, code === "" ? undefined : code);
}

/** Who dials does not want to any more. */
export function interrupted(): FramecatError {
  return new FramecatError("interrupted", "interrupted while connecting");
}

/** What the time for connecting was too short for. @param what as `host:80 did not answer` */
export function connectedTooLate(what: string, timeoutMs: number): FramecatError {
  return new FramecatError("connect-timeout", `${what} within ${timeoutMs} ms`);
}

/** What is said of a place that a connection was asked of. */
export function noAnswer(place: Place): string {
  return `${placeOf(place)} did not answer`;
}

/** As node would put it, where it tells of the end alone. */
export function endedEarly(): NodeJS.ErrnoException {
  return Object.assign(new Error("ended"), { code: "EPIPE" });
}

function errnoOf(thrown: unknown): string {
  return thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
}

const OPEN_FILES = Number.isFinite(MAX_OPEN_FILES) ? ` (limit ${MAX_OPEN_FILES})` : "";

const UNREACHABLE: Readonly<Record<string, string>> = {
  EHOSTUNREACH: "cannot be reached: no route to the host",
  ENETUNREACH: "cannot be reached: no route to its network",
  EADDRINUSE: "cannot be reached: every port of the local address is taken",
  EINVAL: "cannot be reached from the local address",
  ECONNRESET: "reset the connection before the handshake was done",
  EPIPE: "closed the connection before the handshake was done",
  EACCES: "cannot be connected to: permission denied",
  ENOENT: "is no unix socket: no such file",
};

/** Either the local address is at fault, which is bound first, or there is none with a port left. */
function unavailable(thrown: unknown, place: string): string {
  const isBind = thrown instanceof Error && "syscall" in thrown && thrown.syscall === "bind";
  if (!isBind) return `${place} cannot be reached from this machine's addresses and ports`;
  const address = "address" in thrown ? ` ${String(thrown.address)}` : "";
  return `the local address${address} is none of this machine's`;
}

/** Where addresses of one family alone were asked for, there may be others. */
function unresolved(thrown: unknown, hostname: string): readonly [FailureCode, string, string?] {
  const family = thrown instanceof Error && "family" in thrown ? String(thrown.family) : undefined;
  return family === undefined
    ? ["name-resolution", `${hostname} does not resolve`, "Is the name spelled right?"]
    : [
        "name-resolution",
        `${hostname} does not resolve to an IPv${family} address`,
        `Try without -${family}.`,
      ];
}

function describe(
  code: string,
  thrown: unknown,
  target: Place,
): readonly [FailureCode, string, string?] {
  const place = placeOf(target);
  switch (code) {
    case "ENOTFOUND":
      return unresolved(thrown, target.hostname);
    case "EAI_AGAIN":
    case "ETIMEOUT":
    case "ESERVFAIL":
    case "ENODATA":
      return ["name-resolution", `${target.hostname} could not be resolved now (${code})`];
    case "ETIMEDOUT":
      return ["connect-timeout", `${place} did not answer in time`];
    case "EADDRNOTAVAIL":
      return ["unreachable", unavailable(thrown, place)];
    case "EMFILE":
    case "ENFILE":
      return [
        "unreachable",
        code === "EMFILE"
          ? `this process has no more open files${OPEN_FILES}`
          : "the system has no more open files",
        "Use fewer connections, or raise the limit: `ulimit -n` tells it.",
      ];
    case "ECONNREFUSED": {
      const starts = target.socketPath ? "" : ` \`framecat listen ${target.port}\` starts one.`;
      return ["unreachable", `${place} refused the connection`, `Is the server running?${starts}`];
    }
    default:
      return ["unreachable", `${place} ${UNREACHABLE[code] ?? `failed: ${messageOf(thrown)}`}`];
  }
}

const FOR_TEST = "Try --insecure for a test server, or --ca FILE.";

type Told = readonly [message: string, hint?: string | undefined];

const ENDED_IN_TLS: Told = [
  "the server ended the connection during the TLS handshake",
  "Try ws:// instead.",
];
const NOT_TLS: Told = ["the server does not answer in TLS", "Try ws:// instead of wss://."];
const OTHER_VERSION: Told = [
  "TLS failed: the server wants another TLS version",
  "Try --tls-min 1.0 for an old server, or without --tls-max.",
];

const TLS_MESSAGES: Readonly<Record<string, Told>> = {
  CERT_HAS_EXPIRED: ["TLS certificate has expired", FOR_TEST],
  CERT_NOT_YET_VALID: ["TLS certificate is not valid yet", FOR_TEST],
  CERT_REVOKED: ["TLS certificate has been revoked"],
  INVALID_PURPOSE: ["TLS certificate is not one for servers", FOR_TEST],
  DEPTH_ZERO_SELF_SIGNED_CERT: ["TLS certificate is self-signed", FOR_TEST],
  SELF_SIGNED_CERT_IN_CHAIN: ["TLS certificate chain ends in a root that is not trusted", FOR_TEST],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ["TLS certificate is from an unknown authority", FOR_TEST],
  UNABLE_TO_GET_ISSUER_CERT: ["TLS certificate is from an unknown authority", FOR_TEST],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ["TLS certificate is from an unknown authority", FOR_TEST],
  ECONNRESET: ENDED_IN_TLS,
  EPIPE: ENDED_IN_TLS,
};

const OWN_CERTIFICATE =
  "That is about the certificate of --cert, which a server may want of its own authority.";

/** What alerts of the server mean (RFC 8446, section 6.2), by OpenSSL's names. */
const ALERTS: Readonly<Record<string, Told>> = {
  "handshake failure": [
    "the server finds nothing that both agree on",
    "It may want a client certificate (--cert), an older version (--tls-min 1.0) or other --ciphers.",
  ],
  "certificate required": [
    "the server wants a client certificate",
    "Give it with --cert and --key.",
  ],
  "bad certificate": ["the server refuses the client certificate", OWN_CERTIFICATE],
  "certificate unknown": ["the server refuses the client certificate", OWN_CERTIFICATE],
  "unsupported certificate": ["the server does not support the client certificate"],
  "certificate expired": ["the server finds the client certificate expired"],
  "certificate revoked": ["the server finds the client certificate revoked"],
  "unknown ca": ["the server does not know the authority of the client certificate"],
  "access denied": ["the server refuses access to the client certificate"],
  "unrecognized name": ["the server has no such name", "Try --sni NAME."],
};

function tlsFailure(thrown: unknown, code: string, { hostname }: Place): FramecatError {
  const [message, hint] = TLS_MESSAGES[code] ?? describeTls(thrown, code, hostname);
  return new FramecatError("tls", message, hint, code === "" ? undefined : code);
}

function describeTls(thrown: unknown, code: string, hostname: string): Told {
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") return wrongName(thrown, hostname);
  const reason = tlsReason(thrown);
  if (/wrong version number|packet length too long|http request/i.test(reason)) return NOT_TLS;
  if (/protocol version$|unsupported protocol|no protocols available/i.test(reason)) {
    return OTHER_VERSION;
  }
  const alert = /(?:alert |^tlsv1 (?!alert ))([a-z ]+)$/.exec(reason)?.[1];
  if (alert === undefined) return [`TLS failed: ${reason}`];
  const [meaning, hint] = ALERTS[alert] ?? [];
  const said = `the server sent the alert "${alert}"`;
  return [`TLS failed: ${meaning === undefined ? said : `${meaning} (alert "${alert}")`}`, hint];
}

/** With the names that the certificate is for, as many as there is room for. */
function wrongName(thrown: unknown, hostname: string): Told {
  const certificate = thrown instanceof Error && "cert" in thrown ? thrown.cert : undefined;
  const names =
    certificate instanceof Object && "subjectaltname" in certificate
      ? String(certificate.subjectaltname)
          .slice(0, MAX_NAMES)
          .replaceAll(/\b(?:DNS|IP Address):/g, "")
      : "";
  const is = names === "" ? "" : `It is for ${names}. `;
  return [
    `TLS certificate is not for ${hostname}`,
    `${is}Try --sni NAME, or --insecure for a test server.`,
  ];
}

/** The names of a certificate may be thousands. */
const MAX_NAMES = 120;

/** True for an alert with which a server may still end TLS 1.3 when it has had our certificate. */
export function isTlsAlert(thrown: unknown): boolean {
  return errnoOf(thrown).startsWith("ERR_SSL_");
}

/** OpenSSL's reason, without the places in its code that its messages are full of. */
export function tlsReason(thrown: unknown): string {
  if (thrown instanceof Error && "reason" in thrown) return String(thrown.reason);
  return messageOf(thrown).split("\n")[0] ?? "";
}
