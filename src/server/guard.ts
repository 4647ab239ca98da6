import type { Event, MessageEvent } from "../transport/events.ts";
import type { HttpReply } from "../transport/http-reply.ts";
import type { Asking } from "../transport/serve.ts";
import type { Client } from "./client.ts";

/** Why a client is turned away. */
export interface Denial {
  /** What the client is told, which says nothing of the inside. */
  readonly reply: HttpReply;
  /** The kind of refusal, by which it is counted, such as `origin`. */
  readonly kind: string;
  /** What is shown to whoever runs the server. */
  readonly why: string;
}

/** Tells that a client was turned away, or shown out. @param kind by which it is counted */
export type Refuse = (kind: string, why: string, conn: string) => void;

/** One rule about who may come in and what they may do. All of its state goes when its client does. */
export interface Guard {
  /** Decides on a well-formed request. */
  admit?(asking: Asking): Denial | undefined | Promise<Denial | undefined>;
  /** The client is connected; it may be detained. */
  joined?(client: Client): void;
  /** True while what the client sends is a secret, and is shown and recorded as stars. */
  hides?(client: Client): boolean;
  /** False keeps the message from the mode; the guard has told the client why. */
  allows?(client: Client, message: MessageEvent): boolean;
  /** Something happened on its connection. */
  heard?(client: Client, event: Event): void;
  /** False drops a message of so many bytes that is to be sent. */
  maySend?(client: Client, length: number): boolean;
  left?(client: Client): void;
}
