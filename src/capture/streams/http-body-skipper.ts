import { Buffer } from "node:buffer";
import { Gather } from "../../protocol/gather.ts";
import { type Headers, headerList } from "../../protocol/http-head.ts";

/** How the end of a body is told (RFC 9112, section 6): after so many bytes, by chunks, or not at all. */
export type BodyFraming = number | "chunked" | "until-end";

/** A request without a length has no body. */
export function requestFraming(headers: Headers): BodyFraming {
  return framing(headers) ?? 0;
}

/** @param method of the request that is answered */
export function responseFraming(method: string, status: number, headers: Headers): BodyFraming {
  const bodiless = method === "HEAD" || status < 200 || status === 204 || status === 304;
  return bodiless ? 0 : (framing(headers) ?? "until-end");
}

function framing(headers: Headers): BodyFraming | undefined {
  const coding = headerList(headers, "Transfer-Encoding").at(-1)?.toLowerCase();
  if (coding === "chunked") return "chunked";
  if (coding !== undefined) return "until-end";
  const [length] = headerList(headers, "Content-Length");
  if (length === undefined) return undefined;
  return /^\d{1,15}$/.test(length) ? Number(length) : "until-end";
}

/** The longest line among chunks: their size with extensions, or a trailer. */
const MAX_LINE = 8192;

/** Passes over one body, and keeps its beginning where that is wanted. */
export class HttpBodySkipper {
  /** All of it has come. */
  done: boolean;
  readonly #keep: number;
  readonly #kept = new Gather();
  /** Bytes to come of the body, or of the chunk with the line end behind it. */
  #due: number;
  /** The line that comes next, of a chunked body. */
  #line: "size" | "trailer" | undefined;
  #text = "";
  #isChunked: boolean;

  /** @param keep bytes of its beginning, chunk framing taken off, that `body` holds */
  constructor(bodyFraming: BodyFraming, keep = 0) {
    this.#keep = keep;
    this.#due = typeof bodyFraming === "number" ? bodyFraming : Number.POSITIVE_INFINITY;
    this.#isChunked = bodyFraming === "chunked";
    this.#line = this.#isChunked ? "size" : undefined;
    this.done = bodyFraming === 0;
  }

  /** Bytes that it holds. */
  get held(): number {
    return this.#kept.length + this.#text.length;
  }

  get body(): Uint8Array {
    return this.#kept.view();
  }

  /** Takes `bytes[start, end)`; gives the index behind the last byte that belongs to the body. */
  push(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    while (at < end && !this.done) {
      at = this.#line ? this.#readLine(bytes, at, end) : this.#skip(bytes, at, end);
    }
    return at;
  }

  /** Bytes are missing; false where it is not known any more where the body ends. */
  gap(length: number): boolean {
    if (this.#line !== undefined || length > this.#due) return false;
    this.#advance(length);
    return true;
  }

  #skip(bytes: Uint8Array, start: number, end: number): number {
    const stop = Math.min(end, start + this.#due);
    const kept = Math.min(stop, start + this.#keep - this.#kept.length);
    if (kept > start) this.#kept.append(bytes, undefined, start, kept);
    this.#advance(stop - start);
    return stop;
  }

  #advance(length: number): void {
    this.#due -= length;
    if (this.#due > 0) return;
    if (this.#isChunked) this.#line = "size";
    else this.done = true;
  }

  #readLine(bytes: Uint8Array, start: number, end: number): number {
    const lf = bytes.indexOf(0x0a, start);
    const stop = lf === -1 || lf >= end ? end : lf + 1;
    this.#text += Buffer.from(bytes.subarray(start, Math.min(stop, start + MAX_LINE))).toString(
      "latin1",
    );
    if (this.#text.length > MAX_LINE) this.#giveUp();
    else if (this.#text.endsWith("\n")) this.#takeLine(this.#text.trim());
    return stop;
  }

  #takeLine(line: string): void {
    this.#text = "";
    if (this.#line === "trailer") this.done = line === "";
    else if (line !== "") this.#beginChunk(/^[0-9a-f]{1,12}(?=$|[;\s])/i.exec(line)?.[0]);
  }

  #beginChunk(size: string | undefined): void {
    if (size === undefined) this.#giveUp();
    else if (Number.parseInt(size, 16) === 0) this.#line = "trailer";
    else {
      this.#due = Number.parseInt(size, 16);
      this.#line = undefined;
    }
  }

  /** What should be a chunk is none: the rest of the connection is taken for the body. */
  #giveUp(): void {
    this.#line = undefined;
    this.#isChunked = false;
    this.#due = Number.POSITIVE_INFINITY;
  }
}
