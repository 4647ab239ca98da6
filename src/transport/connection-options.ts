import type { Clock } from "../clock.ts";
import type { DeflateParams } from "../protocol/deflate.ts";
import type { EventListener } from "./events.ts";
import type { Shape } from "./shaped-sink.ts";
import type { SharedMessage } from "./shared-message.ts";

export interface ConnectionOptions {
  readonly id: string;
  readonly role: "client" | "server";
  readonly clock: Clock;
  readonly onEvent: EventListener;
  /** Decode every frame into a `frame` event; costs time, so it is off where nobody looks. */
  readonly frames: boolean;
  readonly subprotocol?: string | undefined;
  readonly deflate?: DeflateParams | undefined;
  /** Longest message accepted, after inflation; a longer one is answered with 1009. */
  readonly maxMessageLength?: number | undefined;
  /** The most fragments that a message may come in; one in more is answered with 1008. */
  readonly maxFragments?: number | undefined;
  readonly closeTimeoutMs?: number | undefined;
  /** Bytes from which on a message is compressed, where that was agreed on. Default 1024. */
  readonly deflateThreshold?: number | undefined;
  /** How hard zlib tries, 0 to 9. */
  readonly deflateLevel?: number | undefined;
  /** As a test of the peer, what is sent passes a slow pipe. */
  readonly shape?: Shape | undefined;
  /** As a test of the peer: false leaves a ping that came without its pong. */
  readonly answersPing?: (() => boolean) | undefined;
  /** As a test of the peer: false leaves its Close frame unanswered, and TCP open. */
  readonly answersClose?: (() => boolean) | undefined;
}

export interface SendOptions {
  readonly binary?: boolean;
  /** False: a further fragment of the same message follows. Default true. */
  readonly fin?: boolean;
  /** Whatever the threshold says; where deflating was not agreed on, it says nothing. */
  readonly compress?: boolean | undefined;
  /** The message is a heartbeat, and is told as one. */
  readonly heartbeat?: boolean;
  /** The same message, where it goes to others too: what is sent is its payload. */
  readonly shared?: Pick<SharedMessage, "payload" | "binary" | "frame"> | undefined;
  /** Told once whether the kernel has taken all of it, or never will. */
  readonly sent?: ((ok: boolean) => void) | undefined;
}

const DEFAULT_MAX_MESSAGE_LENGTH = 100 * 1024 * 1024;

export function maxMessageLengthOf({
  maxMessageLength,
}: Pick<ConnectionOptions, "maxMessageLength">): number {
  return maxMessageLength ?? DEFAULT_MAX_MESSAGE_LENGTH;
}
