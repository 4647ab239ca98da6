import type { LeanClose, LeanConnection, LeanListener } from "../transport/lean-connection.ts";
import type { Agenda } from "./agenda.ts";
import type { Sender } from "./dispatch.ts";
import type { Load } from "./load.ts";
import type { LoadModel } from "./result.ts";

/** What a virtual user needs of its connection. */
export type LoadConnection = Pick<
  LeanConnection,
  "state" | "congested" | "bufferedAmount" | "send" | "close" | "destroy"
> &
  Partial<Pick<LeanConnection, "deflate">>;

/** One socket and what it does: sends, receives, and tells the load of both. */
export interface User extends LeanListener, Sender {
  readonly connection: LoadConnection | undefined;
  /** Messages of the measured window that have no reply. */
  readonly inFlight: number;
  /** Takes the connection whose listener this is; nothing is sent before `start`. */
  join(connection: LoadConnection): void;
  /** The load begins: in a closed model the first messages are due now. */
  start(now: number): void;
  /**
   * Messages that were sent before a moment, and have no reply, are lost; a later reply is known for
   * what it is. Absent where replies are known by their order alone, which one that is missing upsets.
   */
  expire?(sentBefore: number): void;
}

/** What the users of a worker have in common. */
export interface UserContext {
  readonly load: Load;
  readonly model: LoadModel;
  /** Users that pause before their next message. */
  readonly agenda: Agenda<User>;
  /** Told first when a socket has ended, because its last loss may end the run. */
  readonly onClosed: (user: User, close: LeanClose, cause?: "heartbeat") => void;
}
