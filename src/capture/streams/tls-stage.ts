import type { Direction, NoteEvent, TlsFacts } from "../../transport/events.ts";
import type { TlsStream } from "../tls/tls-stream.ts";
import { type ConnectionKind, countTlsFailure } from "./connection-counts.ts";
import type { Decoding, DirectionEnd } from "./decoding.ts";
import { opposite, type Stage, type StageHost } from "./stage.ts";

/** Decrypts one TLS connection. */
export type TlsDecryptor = Pick<
  TlsStream,
  "push" | "gap" | "end" | "secretsAdded" | "close" | "verified"
>;

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

/** Notes that are kept until it shows whether there is a WebSocket to tell them of. */
const MAX_EARLY_NOTES = 8;

/** Notes that do not tell why nothing was decrypted: that there are no keys shows anyway. */
const NO_FAILURE: ReadonlySet<string> = new Set([
  "no-key-log",
  "no-record",
  "early-data",
  "renegotiation",
]);

/** Why nothing was decrypted of what would have been. */
const DATA_MISSING = "its data is missing in the capture";

/** A connection in TLS: decrypted as far as its secrets are known, and what is inside it. */
export class TlsStage implements Stage {
  readonly #decoding: Decoding;
  readonly #host: StageHost;
  readonly #setup: TlsSetup;
  readonly #ended: Partial<Record<Direction, DirectionEnd>> = {};
  #inside: Stage | undefined;
  #reversed = false;
  #decrypted = false;
  /** What kept it from being decrypted. */
  #failure: string | undefined;
  readonly #early: Pick<NoteEvent, "at" | "message">[] = [];

  constructor(decoding: Decoding, host: StageHost, setup: TlsSetup) {
    this.#decoding = decoding;
    this.#host = host;
    this.#setup = setup;
  }

  get kind(): ConnectionKind {
    if (!this.#opened) return "tlsWithoutKeys";
    const kind = this.#inside?.kind;
    return kind === "webSocket" || kind === "http2" ? kind : "tlsOther";
  }

  /** There may be no data in what has been decrypted. */
  get #opened(): boolean {
    return this.#decrypted || (this.#setup.decryptor.verified && this.#failure === undefined);
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
    this.#tellEarly();
    this.#inside?.finish();
    // A response that waited for its request is told as late as that.
    this.#tellEarly();
    if (!this.#decrypted && this.#failure) countTlsFailure(this.#decoding.counts, this.#failure);
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
    if (event.type !== "note") this.#tellEarly();
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
        if (this.#setup.decryptor.verified) this.#failure ??= DATA_MISSING;
        this.#inside?.gapIn(this.#roleOf(event.dir), event.length, event.exact);
        return;
      case "end":
        this.#end(event);
        return;
      case "note":
        this.#note(event);
    }
  }

  #agreed({ version, cipherSuite, client }: Extract<TlsEvent, { type: "facts" }>): void {
    this.#reversed = client === "s2c";
    this.#inside ??= this.#setup.openInside({ version, cipher: cipherSuite }, this.#reversed);
  }

  /** Without a close_notify it ended as TCP did. */
  #end({ dir, clean }: Extract<TlsEvent, { type: "end" }>): void {
    this.#inside?.endOf(this.#roleOf(dir), clean ? "fin" : (this.#ended[DIRECTION[dir]] ?? "cut"));
  }

  #roleOf(dir: TlsDirection): Direction {
    return this.#reversed ? opposite(DIRECTION[dir]) : DIRECTION[dir];
  }

  /** Of what holds no WebSocket nothing is told but, where all of it failed, the number. */
  #note({ code, text }: Extract<TlsEvent, { type: "note" }>): void {
    if (!NO_FAILURE.has(code)) this.#failure ??= reasonIn(text);
    if (this.#early.length === MAX_EARLY_NOTES) return;
    this.#early.push({ at: this.#decoding.time.moment(), message: `TLS: ${text}` });
    this.#tellEarly();
  }

  #tellEarly(): void {
    if (this.#early.length === 0 || this.kind !== "webSocket") return;
    const { conn } = this.#host;
    for (const note of this.#early.splice(0)) {
      this.#decoding.emit({ type: "note", conn, ...note });
    }
  }
}

/** Why, in words that are the same for all connections with the same reason. */
function reasonIn(text: string): string {
  return text
    .replace(/^without a key: /, "")
    .replace(/ \(byte \d+\)$/, "")
    .replace(/ for client random [\da-f]+$/, " for it");
}
