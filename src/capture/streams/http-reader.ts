import { HeadReader, type HttpHead } from "../../protocol/http-head.ts";
import type { HttpBodySkipper } from "./http-body-skipper.ts";

/** Decides over each message as it comes. */
export interface HttpSink {
  /** A head is complete: its body, or undefined where what follows is no HTTP. */
  head(head: HttpHead): HttpBodySkipper | undefined;
  /** The message is complete: whether what follows can be read now. */
  end(): boolean;
}

/** Reads the HTTP/1 messages of one direction, one after the other. */
export class HttpReader {
  /** What came is no HTTP. */
  broken = false;
  readonly #sink: HttpSink;
  #head: HeadReader | undefined;
  #body: HttpBodySkipper | undefined;
  /** Nothing is taken. */
  stopped: boolean;

  constructor(sink: HttpSink, { stopped }: { readonly stopped: boolean }) {
    this.#sink = sink;
    this.stopped = stopped;
  }

  /** Bytes that it holds of a message under way. */
  get held(): number {
    return (this.#head?.received.length ?? 0) + (this.#body?.held ?? 0);
  }

  /** Takes `bytes[start, end)`; gives the index up to which it has: not all where it stopped. */
  push(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    while (at < end && !this.stopped && !this.broken) {
      at = this.#body ? this.#pushBody(this.#body, bytes, at, end) : this.#pushHead(bytes, at, end);
    }
    return at;
  }

  /** Bytes are missing; false where it is not known any more where a message begins. */
  gap(length: number): boolean {
    if (!this.#body?.gap(length)) return false;
    if (this.#body.done) this.#finish();
    return true;
  }

  #pushHead(bytes: Uint8Array, start: number, end: number): number {
    if (!this.#head && isLineEnd(bytes[start])) return start + 1;
    this.#head ??= new HeadReader();
    const result = this.#head.push(bytes.subarray(start, end));
    if (result.state === "more") return end;
    this.#head = undefined;
    if (result.state === "invalid") {
      this.broken = true;
      return end;
    }
    this.#body = this.#sink.head(result.head);
    if (!this.#body) this.stopped = true;
    else if (this.#body.done) this.#finish();
    return end - result.rest.length;
  }

  #pushBody(body: HttpBodySkipper, bytes: Uint8Array, start: number, end: number): number {
    const at = body.push(bytes, start, end);
    if (body.done) this.#finish();
    return at;
  }

  #finish(): void {
    this.#body = undefined;
    this.stopped = !this.#sink.end();
  }
}

/** Blank lines may stand between messages (RFC 9112, section 2.2). */
function isLineEnd(octet: number | undefined): boolean {
  return octet === 0x0d || octet === 0x0a;
}
