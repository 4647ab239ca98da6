import type { Clock } from "../clock.ts";
import type { EventListener, MessageEvent } from "../transport/events.ts";
import type { Admission, Asking } from "../transport/serve.ts";
import type { Client } from "./client.ts";
import type { Guest } from "./client-row.ts";
import type { Clients } from "./clients.ts";
import type { Counters } from "./counters.ts";
import type { ModeCommand } from "./mode-command.ts";

/** What the server does with its clients and their messages. */
export interface Mode {
  /** Slash commands that it brings to the prompt. */
  readonly commands?: readonly ModeCommand[];
  /**
   * Somebody has typed a line, or piped one in. Resolves when there is room for the next. A mode that
   * has nothing to do with lines leaves it out: then stdin is not read, and the prompt tells how to send.
   */
  typed?(line: string): Promise<void>;
  /** Decides on a client that the guards let pass. Default: it comes in. */
  admit?(asking: Asking): Admission | Promise<Admission>;
  /** A client has come, and no guard detains it. */
  joined?(client: Client): void;
  /** A message has come of a client that has joined. */
  received?(client: Client, message: MessageEvent): void;
  /** A client that had joined is gone. What was kept for it must go too. */
  left?(client: Client): void;
  /** The server stops: no client comes any more. Resolves when nothing of the mode runs. */
  stop?(): Promise<void> | void;
  /** Clients with connections of the mode's own, which the server does not have. */
  guests?(): Iterable<Guest>;
  /** What is left of the mode's own ends at once. */
  terminate?(): void;
  /** A connection of the mode's own, or with something of it, which is held back while the output is behind. */
  find?(conn: string): Holdable | undefined;
}

/** What can be kept from being read until the function it gives is called. */
export interface Holdable {
  hold(): () => void;
}

/** What a mode works with. */
export interface ModeContext {
  readonly clients: Clients;
  /** Counts connections of the mode's own. */
  readonly counters: Pick<Counters, "countOpened" | "countRefusal" | "countClosed">;
  readonly clock: Clock;
  readonly random: (length: number) => Uint8Array;
  /** Shows, records and counts what happens on connections of the mode's own. */
  readonly onEvent: EventListener;
  /** Tells people something. @param conn the connection that it is about */
  readonly note: (message: string, conn?: string) => void;
}

export type MakeMode = (context: ModeContext) => Mode;
