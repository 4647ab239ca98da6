/**
 * Every failure that framecat foresees, by code, with its exit code:
 *
 *   usage ─────────────── 2   a bad flag, file, scenario or expression; nothing was sent
 *   connecting
 *   ├─ name-resolution ─ 10   the host name does not resolve
 *   ├─ unreachable ───── 11   refused, unreachable, or reset before the handshake
 *   ├─ connect-timeout ─ 12   connecting or the handshake took too long
 *   ├─ tls ───────────── 13   certificate, protocol or host name
 *   ├─ refused ───────── 14   an HTTP status other than 101
 *   ├─ bad-handshake ─── 15   wrong accept key, headers, subprotocol or extension
 *   └─ proxy ─────────── 16   the proxy failed or refused
 *   bind ─────────────── 17   `listen` could not bind
 *   connected
 *   ├─ protocol ──────── 20   the peer broke the protocol
 *   ├─ abnormal ──────── 21   the connection died without a Close frame (1006), or before all was sent
 *   ├─ closed ────────── 22   the peer closed with a code that is no success
 *   ├─ heartbeat ─────── 23   no pong in time
 *   └─ gave-up ───────── 24   reconnecting given up
 *   judged
 *   ├─ expectation ───── 30   an expectation failed
 *   ├─ threshold ─────── 31   a bench threshold failed, or a comparison found a regression
 *   ├─ time-limit ────── 32   the overall time limit passed
 *   └─ lint ──────────── 33   `frame-dump --lint` found violations
 *   interrupted ─────── 130   SIGINT, after a clean close
 *   terminated ──────── 143   SIGTERM or SIGHUP, after a clean close
 *
 * Anything else that is thrown is a defect in framecat and exits with 1.
 */
export const EXIT_CODES = {
  usage: 2,
  "name-resolution": 10,
  unreachable: 11,
  "connect-timeout": 12,
  tls: 13,
  refused: 14,
  "bad-handshake": 15,
  proxy: 16,
  bind: 17,
  protocol: 20,
  abnormal: 21,
  closed: 22,
  heartbeat: 23,
  "gave-up": 24,
  expectation: 30,
  threshold: 31,
  "time-limit": 32,
  lint: 33,
  interrupted: 130,
  terminated: 143,
} as const;

export const EXIT_DONE = 0;
export const EXIT_DEFECT = 1;

export type FailureCode = keyof typeof EXIT_CODES;

/** A foreseen failure: what happened in one line, and what to try. */
export class FramecatError extends Error {
  readonly code: FailureCode;
  /** What to try next: whole sentences. */
  readonly hint: string | undefined;
  /** The system's name of the error behind it, such as ECONNRESET, where there is one. */
  readonly errno: string | undefined;

  constructor(code: FailureCode, message: string, hint?: string, errno?: string) {
    super(message);
    this.name = "FramecatError";
    this.code = code;
    this.hint = hint;
    this.errno = errno;
  }

  get exitCode(): number {
    return EXIT_CODES[this.code];
  }
}

/** A bad flag, file or expression. */
export function usageError(message: string, hint?: string): FramecatError {
  return new FramecatError("usage", message, hint);
}

/** The words of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
