import type { Sender } from "./dispatch.ts";
import type { SocketCounts } from "./result.ts";
import type { User } from "./user.ts";

/** The sockets of a worker, whatever they are for. */
export interface Field {
  /** attempted = opened + failed + unfinished; opened = open + closed + broken. */
  readonly counts: SocketCounts;
  /** The most that were open at a time. */
  readonly peak: number;
  /** What of the measured window has no answer. */
  readonly inFlight: number;
  /** Bytes that lie unsent in the sockets. */
  readonly bufferedBytes: number;
  /** Whether sockets may still open, where there are none now. */
  readonly mayGrow: boolean;
  /** Those that are open and stay so. */
  readonly users: readonly User[];
  /** Who takes the messages of an open model. */
  readonly senders: readonly Sender[];
  /** Opens the sockets of the start; resolves when every handshake has ended. */
  open(): Promise<void>;
  /** The load begins, and what changes the number of sockets with time. */
  start(now: number): void;
  /** A socket has ended. @returns true where that was not our will */
  ended(user: User): boolean;
  /** Nothing new is opened any more. */
  stop(): void;
  /** Closes what is open. */
  end(): void;
}
