import type { Direction, TlsFacts } from "../../transport/events.ts";
import type { TlsStream } from "../tls/tls-stream.ts";
import type { ConnectionKind } from "./connection-counts.ts";
import type { Decoding, DirectionEnd } from "./decoding.ts";
import { opposite, type Stage, type StageHost } from "./stage.ts";

/** Decrypts one TLS connection. */
export type TlsDecryptor = Pick<TlsStream, "push" | "gap" | "end" | "secretsAdded" | "close">;

type TlsDirection = Parameters<TlsDecryptor["push"]>[0];
type TlsEvent = ReturnType<TlsDecryptor["push"]>[number];

export interface TlsSetup {
  readonly decryptor: TlsDecryptor;
  /**
   * Makes what takes the decrypted bytes.
   * @param reversed the client is who was taken for the server
   */
  readonly openInside: (tls: TlsFacts, reversed: boolean) => Stage;
  /** No secrets are of use any more. */
  readonly finished: () => void;
}

const TLS_DIRECTION = { out: "c2s", in: "s2c" } as const;
const DIRECTION = { c2s: "out", s2c: "in" } as const;

/** A connection in TLS: decrypted as far as its secrets are known, and what is inside it. */
export class TlsStage implements Stage {
  readonly #decoding: Decoding;
  readonly #host: StageHost;
  readonly #setup: TlsSetup;
  readonly #ended: Partial<Record<Direction, DirectionEnd>> = {};
  #inside: Stage | undefined;
  #reversed = false;
  #decrypted = false;

  constructor(decoding: Decoding, host: StageHost, setup: TlsSetup) {
    this.#decoding = decoding;
    this.#host = host;
    this.#setup = setup;
  }

  get kind(): ConnectionKind {
    if (!this.#decrypted) return "tlsWithoutKeys";
    const kind = this.#inside?.kind;
    return kind === "webSocket" || kind === "http2" ? kind : "tlsOther";
  }

  data(dir: Direction, bytes: Uint8Array, start: number, end: number): void {
    const { tsNs } = this.#decoding.time;
    this.#take(this.#setup.decryptor.push(TLS_DIRECTION[dir], bytes.subarray(start, end), tsNs));
  }

  gapIn(dir: Direction, length: number): void {
    this.#take(this.#setup.decryptor.gap(TLS_DIRECTION[dir], length));
  }

  endOf(dir: Direction, how: DirectionEnd): void {
    this.#ended[dir] = how;
    this.#take(this.#setup.decryptor.end(TLS_DIRECTION[dir]));
  }

  finish(): void {
    this.#take(this.#setup.decryptor.close());
    this.#inside?.finish();
    this.#setup.finished();
  }

  secretsAdded(): void {
    this.#take(this.#setup.decryptor.secretsAdded());
  }

  /** The times of what is decrypted are those of its records; afterwards it is now again. */
  #take(events: readonly TlsEvent[]): void {
    const { time } = this.#decoding;
    const { seconds, nanoseconds } = time;
    for (const event of events) this.#tell(event);
    time.set({ seconds, nanoseconds });
  }

  #tell(event: TlsEvent): void {
    switch (event.type) {
      case "facts":
        this.#agreed(event);
        return;
      case "data":
        this.#decrypted = true;
        this.#decoding.time.setNs(event.tsNs);
        this.#inside?.data(this.#roleOf(event.dir), event.bytes, 0, event.bytes.length);
        return;
      case "gap":
        this.#inside?.gapIn(this.#roleOf(event.dir), event.length, event.exact);
        return;
      case "end":
        this.#end(event);
        return;
      case "note":
        if (this.#decrypted && this.kind === "webSocket") this.#note(event.text);
    }
  }

  #agreed({ version, cipherSuite, client }: Extract<TlsEvent, { type: "facts" }>): void {
    this.#reversed = client === "s2c";
    // Nobody has verified the certificate here.
    const facts = { version, cipher: cipherSuite, authorized: false };
    this.#inside ??= this.#setup.openInside(facts, this.#reversed);
  }

  /** Without a close_notify it ended as TCP did. */
  #end({ dir, clean }: Extract<TlsEvent, { type: "end" }>): void {
    this.#inside?.endOf(this.#roleOf(dir), clean ? "fin" : (this.#ended[DIRECTION[dir]] ?? "cut"));
  }

  #roleOf(dir: TlsDirection): Direction {
    return this.#reversed ? opposite(DIRECTION[dir]) : DIRECTION[dir];
  }

  #note(message: string): void {
    const at = this.#decoding.time.moment();
    this.#decoding.emit({ type: "note", conn: this.#host.conn, at, message: `TLS: ${message}` });
  }
}
