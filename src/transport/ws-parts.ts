import * as ws from "ws";
import { messageOf } from "../errors.ts";
import { CloseCode } from "../protocol/close-codes.ts";
import type { DeflateParams } from "../protocol/deflate.ts";
import { Receiver, type WsReceiver } from "./ws-receiver.ts";

/**
 * The parts of ws that a connection is made of. ws exports them; its type declarations do not name
 * them, so what is used of them is declared here and beside the receiver, and only there.
 */
type Sent = (error?: Error | null) => void;

export interface WsSender {
  send(
    data: Uint8Array | string,
    options: { binary: boolean; fin: boolean; compress: boolean; mask: boolean },
    sent?: Sent,
  ): void;
  ping(data: Uint8Array, mask: boolean, sent?: Sent): void;
  pong(data: Uint8Array, mask: boolean, sent?: Sent): void;
  close(code: number | undefined, reason: Uint8Array, mask: boolean, sent?: Sent): void;
}

/** What ws keeps to itself, and the sender here is made of. */
interface WsSenderParts extends WsSender {
  /** 0 while nothing is being deflated. */
  readonly _state: number;
  enqueue(call: readonly unknown[]): void;
  sendFrame(list: readonly Uint8Array[], sent?: Sent): void;
}

/** What the sender needs of a socket. */
export interface FrameSink {
  readonly destroyed: boolean;
  cork(): void;
  uncork(): void;
  write(data: Uint8Array | string, sent?: Sent): void;
}

export interface WsPerMessageDeflate {
  params: object | null;
  cleanup(): void;
}

interface Parts {
  Sender: new (sink: FrameSink, extensions: object) => WsSenderParts;
  PerMessageDeflate: (new (options: object) => WsPerMessageDeflate) & { extensionName: string };
}

export const { PerMessageDeflate } = ws as unknown as Parts;

/** ws's sender, which also sends bytes as they are, when it is their turn. */
export class Sender extends (ws as unknown as Parts).Sender {
  sendRaw(bytes: Uint8Array, sent?: Sent): void {
    if (this._state === 0) this.sendFrame([bytes], sent);
    else this.enqueue([() => this.sendFrame([bytes], sent), bytes, false, {}, sent]);
  }
}

/** permessage-deflate as negotiated by our own handshake. */
export function createDeflate(
  params: DeflateParams,
  { level, ...options }: { isServer: boolean; maxPayload: number; level?: number | undefined },
): WsPerMessageDeflate {
  // Which messages are long enough is not for it to say.
  const settings = { ...options, threshold: 0 };
  const zlib = level === undefined ? {} : { zlibDeflateOptions: { level } };
  const deflate = new PerMessageDeflate({ ...settings, ...zlib });
  deflate.params = {
    server_max_window_bits: params.serverMaxWindowBits,
    client_max_window_bits: params.clientMaxWindowBits,
    ...(params.serverNoContextTakeover && { server_no_context_takeover: true }),
    ...(params.clientNoContextTakeover && { client_no_context_takeover: true }),
  };
  return deflate;
}

/** zlib's smallest window is 2^9, so a side bound to 2^8 sends its messages uncompressed. */
const MIN_DEFLATE_BITS = 9;
/** The receiver counts in 32 bits, and takes what is beyond them for no limit. */
const MAX_MESSAGE_LENGTH = 2 ** 31 - 1;
/** How many reads and fragments one message may come in: each takes memory beside its bytes. */
const MAX_PARTS = 256 * 1024;

export interface CodecOptions {
  readonly role: "client" | "server";
  readonly deflate: DeflateParams | undefined;
  /** Longest message accepted, after inflation, of at least 1 byte. */
  readonly maxMessageLength: number;
  /** The most fragments that a message may come in. */
  readonly maxFragments?: number | undefined;
  /** How hard zlib tries, 0 to 9; its own choice where it is not given. */
  readonly deflateLevel?: number | undefined;
}

/** What turns bytes into messages and messages into bytes. */
export interface Codec {
  readonly receiver: WsReceiver;
  readonly sender: Sender;
  /** True where messages that are sent may be compressed. */
  readonly mayCompress: boolean;
  /** Lets go of zlib. */
  readonly cleanup: () => void;
}

/** Sets up ws's receiver and sender by what the handshake agreed on. */
export function createCodec({ role, deflate, ...limits }: CodecOptions, sink: FrameSink): Codec {
  const isServer = role === "server";
  const maxPayload = Math.max(1, Math.min(limits.maxMessageLength, MAX_MESSAGE_LENGTH));
  const extension =
    deflate && createDeflate(deflate, { isServer, maxPayload, level: limits.deflateLevel });
  const extensions = extension ? { [PerMessageDeflate.extensionName]: extension } : {};
  const { maxFragments = MAX_PARTS } = limits;
  const parts = { maxBufferedChunks: MAX_PARTS, maxFragments };
  const bits = isServer ? deflate?.serverMaxWindowBits : deflate?.clientMaxWindowBits;
  return {
    receiver: new Receiver({ isServer, extensions, maxPayload, ...parts }),
    sender: new Sender(sink, extensions),
    mayCompress: bits !== undefined && bits >= MIN_DEFLATE_BITS,
    cleanup: () => extension?.cleanup(),
  };
}

/** The close code that answers an error of the receiver. */
export function closeCodeFor({ code = "" }: { readonly code?: string }): number {
  if (code === "WS_ERR_INVALID_UTF8") return 1007;
  if (code.startsWith("WS_ERR_UNSUPPORTED_") && code.endsWith("_LENGTH")) return 1009;
  if (code.startsWith("WS_ERR_TOO_MANY_")) return 1008;
  return code.startsWith("WS_ERR_") ? 1002 : 1007;
}

/** What an error of the receiver means, in words. @param maxLength of a message, in bytes */
export function violationWords(
  error: Error & { readonly code?: string },
  maxLength: number,
): string {
  if (closeCodeFor(error) !== CloseCode.tooBig) {
    return `the peer broke the protocol: ${messageOf(error)}`;
  }
  return `the peer sent a message of more than ${maxLength} bytes; --max-payload allows longer ones`;
}
