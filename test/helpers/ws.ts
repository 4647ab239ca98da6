import { once } from "node:events";
import type { Writable } from "node:stream";
import * as ws from "ws";
import { toHex } from "./bytes.ts";

/** What `ws` exports and its type definitions leave out. */
interface Untyped {
  readonly Receiver: new (options: { isServer: boolean; extensions?: Extensions }) => Writable;
  readonly Sender: new (socket: FakeSocket, extensions?: Extensions) => Sender;
  readonly PerMessageDeflate: new (options: { isServer: boolean; threshold: 0 }) => Deflate;
}

interface Sender {
  send(data: Uint8Array, options: SendOptions, done: () => void): void;
  ping(data: Uint8Array, mask: boolean, done: () => void): void;
  pong(data: Uint8Array, mask: boolean, done: () => void): void;
  close(code: number, reason: Uint8Array, mask: boolean, done: () => void): void;
}

interface SendOptions {
  readonly binary: boolean;
  readonly fin: boolean;
  readonly mask: boolean;
  readonly compress: boolean;
}

interface Deflate {
  accept(offers: Record<string, true[]>[]): void;
  cleanup(): void;
}

type Extensions = Readonly<Record<"permessage-deflate", Deflate>>;

const { Receiver, Sender, PerMessageDeflate } = ws as unknown as Untyped;

/** How permessage-deflate was negotiated for both directions. */
export type Compression = "none" | "context-takeover" | "no-context-takeover";

function makeExtensions(compression: Compression, isServer: boolean): Extensions | undefined {
  if (compression === "none") return undefined;
  const deflate = new PerMessageDeflate({ isServer, threshold: 0 });
  const names = ["server_no_context_takeover", "client_no_context_takeover"];
  const params = compression === "context-takeover" ? [] : names.map((name) => [name, [true]]);
  deflate.accept([Object.fromEntries(params) as Record<string, true[]>]);
  return { "permessage-deflate": deflate };
}

class FakeSocket {
  readonly chunks: Buffer[] = [];
  readonly destroyed = false;
  cork(): void {}
  uncork(): void {}
  write(chunk: Uint8Array | string, done?: () => void): void {
    this.chunks.push(Buffer.from(chunk));
    done?.();
  }
}

export interface Sending {
  readonly kind: "text" | "binary" | "ping" | "pong" | "close";
  readonly data: Uint8Array;
  /** False for a fragment that others follow. Default true. */
  readonly fin?: boolean;
}

/** The octets that the Sender of `ws` writes; a Close has the code 1000 and `data` as its reason. */
export async function sendWithWs(
  sendings: readonly Sending[],
  { mask, compression = "none" }: { mask: boolean; compression?: Compression },
): Promise<Uint8Array> {
  const extensions = makeExtensions(compression, !mask);
  const socket = new FakeSocket();
  const sender = new Sender(socket, extensions);
  const compress = extensions !== undefined;
  await Promise.all(
    sendings.map(
      ({ kind, data, fin = true }) =>
        new Promise<void>((done) => {
          if (kind === "close") sender.close(1000, data, mask, done);
          else if (kind === "ping" || kind === "pong") sender[kind](data, mask, done);
          else sender.send(data, { binary: kind === "binary", fin, mask, compress }, done);
        }),
    ),
  );
  extensions?.["permessage-deflate"].cleanup();
  return new Uint8Array(Buffer.concat(socket.chunks));
}

/** What an endpoint saw, in order, as `kind:hex`; and the close code with which it refused the rest. */
export interface Outcome {
  readonly events: readonly string[];
  readonly failedWith: number | undefined;
}

/** What the Receiver of `ws` makes of the pieces. */
export async function receiveWithWs(
  pieces: readonly Uint8Array[],
  { fromClient, compression = "none" }: { fromClient: boolean; compression?: Compression },
): Promise<Outcome> {
  const extensions = makeExtensions(compression, fromClient);
  const receiver = new Receiver({ isServer: fromClient, ...(extensions && { extensions }) });
  const events: string[] = [];
  receiver.on("message", (data: Buffer, binary: boolean) =>
    events.push(`${binary ? "binary" : "text"}:${toHex(data)}`),
  );
  receiver.on("ping", (data: Buffer) => events.push(`ping:${toHex(data)}`));
  receiver.on("pong", (data: Buffer) => events.push(`pong:${toHex(data)}`));
  receiver.on("conclude", (code: number, reason: Buffer) =>
    events.push(`close:${code}:${toHex(reason)}`),
  );
  const failedWith = await feed(receiver, pieces);
  extensions?.["permessage-deflate"].cleanup();
  return { events, failedWith };
}

/**
 * Writes copies, since `ws` unmasks in place; and each piece once the one before is through, since
 * `ws` trips over a piece that was waiting behind one with an error.
 */
async function feed(
  receiver: Writable,
  pieces: readonly Uint8Array[],
): Promise<number | undefined> {
  const finished = once(receiver, "finish").then(
    () => undefined,
    (error: Error) => statusCode(error),
  );
  for (const piece of pieces) {
    if (!receiver.writable) break;
    await new Promise((done) => receiver.write(Buffer.from(piece), done));
  }
  if (receiver.writable) receiver.end();
  return finished;
}

/** The close code that `ws` fastens to its errors under a symbol of its own. */
function statusCode(error: Error): number {
  const key = Object.getOwnPropertySymbols(error).find(
    ({ description }) => description === "status-code",
  );
  if (!key) throw error;
  return (error as unknown as Record<symbol, number>)[key]!;
}
