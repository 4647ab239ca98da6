import type { Channels } from "../../scenario/channels.ts";
import type { ReplayPeer } from "../../scenario/replay.ts";
import type { Event, FrameEvent, HandshakeEvent } from "../../transport/events.ts";
import type { Link } from "../../transport/link.ts";
import type { Asking } from "../asking.ts";
import type { Conversation } from "../conversation.ts";
import type { Display } from "../display.ts";
import type { PastEvents } from "../past-events.ts";

export type Lines = readonly string[];

/** How a session shows what it knows; lines come ready for the screen. */
export interface Views {
  readonly event: (event: Event) => Lines;
  /** Past events again, on their own. */
  readonly again: (events: readonly Event[]) => Lines;
  /** Full decode of frames. */
  readonly frames: (events: readonly FrameEvent[]) => Lines;
  readonly handshake: (event: HandshakeEvent) => Lines;
  readonly statistics: () => Lines;
  /** Close codes and opcodes with their meanings. */
  readonly codes: () => Lines;
  /** Rows of two columns under headings. */
  readonly columns: (topic: string, rows: readonly (readonly [string, string])[]) => Lines;
  /** Text that did not come from this program, made harmless. */
  readonly escape: (text: string) => string;
}

/** A recorded session that is ready to be sent again. */
export interface Replay {
  readonly messages: number;
  /** How long that takes at its own pace. */
  readonly durationMs: number;
  /** Sends it, message by message. @returns how many were sent before the end of the connection */
  readonly run: (peer: ReplayPeer) => Promise<number>;
}

/** What slash commands reach out to beyond the connection. */
export interface Files {
  /** Reads and checks a recorded session. @throws FramecatError (usage) */
  readonly replay: (path: string) => Promise<Replay>;
  /** Leave credentials, cookies and tokens in what is saved. */
  readonly showSecrets: boolean;
}

/** All that a slash command can use. */
export interface Desk {
  readonly link: Link;
  readonly conversation: Conversation;
  readonly asking: Asking;
  readonly channels: Channels;
  readonly past: PastEvents;
  readonly display: Display;
  readonly views: Views;
  readonly files: Files;
  readonly random: (length: number) => Uint8Array;
  /** Shows lines at once, where what a command does takes its time. */
  readonly tell: (lines: Lines) => void;
  /** Opens the editor of the environment with what is being typed. */
  readonly edit: () => Promise<void>;
}

export type Topic = "Messages" | "Frames" | "Patterns" | "Watching" | "Connection" | "Files";

export interface SlashCommand {
  readonly name: string;
  /** What follows the name, as `[CODE [REASON]]`. */
  readonly takes: string;
  readonly meaning: string;
  readonly topic: Topic;
  /** True where it makes sense only on a connection that is open. */
  readonly needsOpen?: boolean;
  /**
   * Does it; gives lines to show.
   * @param argument what follows the name and one space, as it was typed
   * @throws FramecatError, RangeError for a wrong argument
   */
  readonly run: (argument: string, desk: Desk) => Lines | Promise<Lines>;
}
