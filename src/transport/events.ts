import type { Moment } from "../clock.ts";
import type { FailureCode } from "../errors.ts";
import type { Message } from "../protocol/assembler.ts";
import type { DeflateParams } from "../protocol/deflate.ts";
import type { Frame } from "../protocol/frame.ts";
import type { HttpHead } from "../protocol/http-head.ts";
import type { Violation } from "../protocol/rules.ts";

/**
 * The spine: everything that happens on a connection is one of these values. Renderers switch over
 * `type`; `event-json.ts` writes them as NDJSON (`framecat.event/1`). Payloads are the bytes
 * themselves and must not be changed by who receives an event.
 */
export type Event =
  | HandshakeEvent
  | FrameEvent
  | MessageEvent
  | PingEvent
  | PongEvent
  | CloseEvent
  | StateEvent
  | ReconnectEvent
  | ReconnectedEvent
  | FindingEvent
  | ErrorEvent
  | NoteEvent;

export type EventType = Event["type"];
export type EventListener = (event: Event) => void;

interface Common {
  readonly conn: string;
  readonly at: Moment;
}

/** `out` leaves framecat, `in` reaches it; in a relay or capture `out` comes from the client. */
export type Direction = "in" | "out";

export type ReadyState = "CONNECTING" | "OPEN" | "CLOSING" | "CLOSED";

/** What each phase of connecting took, in milliseconds; a phase that did not occur is absent. */
export interface Timings {
  readonly dns?: number;
  readonly tcp?: number;
  readonly tls?: number;
  readonly upgrade?: number;
}

/** Facts of a TLS session. */
export interface TlsFacts {
  readonly version: string;
  readonly cipher: string;
  /** Whether the certificate was verified; absent where nobody judged it, as in a capture. */
  readonly authorized?: boolean;
  readonly peer?: {
    readonly subject: string;
    readonly issuer: string;
    /** ISO times. */
    readonly validFrom: string;
    readonly validTo: string;
    readonly fingerprint256: string;
  };
}

/** The opening handshake has ended, well or badly. */
export interface HandshakeEvent extends Common {
  readonly type: "handshake";
  readonly role: "client" | "server";
  readonly url: string;
  /** Address and port of the peer, which may be a proxy. */
  readonly remote: string;
  /** The proxy that led there, as `socks5h://host:port`. */
  readonly proxy?: string;
  readonly request: HttpHead;
  readonly response: HttpHead;
  /** The beginning of a refusal's body, at most 64 KiB. */
  readonly body?: Uint8Array;
  readonly timings: Timings;
  readonly tls?: TlsFacts;
  readonly subprotocol?: string;
  readonly deflate?: DeflateParams;
  readonly violations: readonly Violation[];
}

/** A frame passed, decoded from the bytes of the wire. */
export interface FrameEvent extends Common {
  readonly type: "frame";
  readonly dir: Direction;
  readonly frame: Frame;
  /** The rules that the frame breaks by itself, by its place and by its content. */
  readonly violations: readonly Violation[];
  /** Which fragment of its message this is, from 1 on; 0 for control frames. */
  readonly fragment: number;
  /** The message that this frame completes. */
  readonly message?: Message;
  /** Milliseconds since the event that this one answers: a pong its ping, an echo its message. */
  readonly rttMs?: number;
}

/** A whole message was sent or received. */
export interface MessageEvent extends Common {
  readonly type: "message";
  readonly dir: Direction;
  readonly kind: "text" | "binary";
  readonly data: Uint8Array;
  /** Bytes left out at the end of `data`, of a message sent that was too long to be held. */
  readonly omitted?: number | undefined;
  /** Bytes of payload on the wire and number of frames, where the wire was watched. */
  readonly wireLength?: number;
  readonly fragments?: number;
  /** True for what our heartbeat asks, and for its answer: no data of whoever uses the connection. */
  readonly heartbeat?: true | undefined;
  /** Milliseconds since the heartbeat that this one answers. */
  readonly rttMs?: number;
}

/** True for a whole message that has come. */
export function isReceived(event: Event): event is MessageEvent {
  return event.type === "message" && event.dir === "in";
}

export interface PingEvent extends Common {
  readonly type: "ping";
  readonly dir: Direction;
  readonly data: Uint8Array;
}

export interface PongEvent extends Common {
  readonly type: "pong";
  readonly dir: Direction;
  readonly data: Uint8Array;
  /** Round trip, where it answers a ping of ours. */
  readonly rttMs?: number;
}

/** The connection has ended. */
export interface CloseEvent extends Common {
  readonly type: "close";
  /** The code received, or sent where the peer never answered; 1006 without any Close frame. */
  readonly code: number;
  readonly reason: string;
  readonly initiator: "local" | "peer";
  /** True when Close frames went both ways (section 7.1.4). */
  readonly clean: boolean;
  /** Milliseconds from the first Close frame to the end; absent where no Close frame passed. */
  readonly durationMs?: number;
}

export interface StateEvent extends Common {
  readonly type: "state";
  readonly state: ReadyState;
}

/** The connection named, which was lost or never came about, is dialled again after the delay. */
export interface ReconnectEvent extends Common {
  readonly type: "reconnect";
  /** Counted from 1 since a connection last held; after `tries` of them it is given up. */
  readonly attempt: number;
  readonly tries?: number;
  readonly delayMs: number;
  /** What ended the connection, or kept it from opening. */
  readonly reason?: string;
}

/**
 * A connection that was lost has one in its place: here is the gap. What was sent last before it may
 * not have arrived, and what the peer sent meanwhile never will.
 */
export interface ReconnectedEvent extends Common {
  readonly type: "reconnected";
  /** The connection that was lost. */
  readonly lost: string;
  readonly attempt: number;
  /** Milliseconds between the end of that one and this. */
  readonly offlineMs: number;
  /** Messages that have waited and are sent now. */
  readonly queued: number;
}

/**
 * A rule that the conversation breaks, where that is not told with a frame or a handshake already. It
 * may be about something long before.
 */
export interface FindingEvent extends Common {
  readonly type: "finding";
  readonly violation: Violation;
  readonly part: "request" | "response" | "frame" | "end";
  /** Of a frame or an end. */
  readonly dir?: Direction;
  /** The frame's number within its direction, from 0 on. */
  readonly frame?: number;
  /** Where its header begins, in bytes of its direction. */
  readonly offset?: number;
}

/** Something failed; where that ends the connection, a `close` follows. */
export interface ErrorEvent extends Common {
  readonly type: "error";
  readonly code: FailureCode;
  readonly message: string;
}

export interface NoteEvent extends Common {
  readonly type: "note";
  readonly message: string;
}

/** The end of a switch over every case; the compiler proves that it is not reached. */
export function unreachable(value: never): never {
  throw new Error(`unexpected value ${JSON.stringify(value)}`);
}
