import { Gather } from "./gather.ts";
import { type Headers, headerList, headerValues } from "./http-head.ts";

/**
 * Reads the beginning of an HTTP/1 body (RFC 9112, section 6): by chunks, by Content-Length, or to
 * the end of the connection. Lengths that make no sense are read as far as bytes come.
 */
export class BodyReader {
  readonly #body = new Gather();
  readonly #limit: number;
  readonly #chunked: boolean;
  #due: number;

  /** @param limit bytes after which the rest is of no interest */
  constructor(headers: Headers, limit: number) {
    this.#limit = limit;
    this.#chunked = headerList(headers, "Transfer-Encoding").at(-1)?.toLowerCase() === "chunked";
    const length = headerValues(headers, "Content-Length")[0] ?? "";
    this.#due = /^\d+$/.test(length) ? Number(length) : Number.POSITIVE_INFINITY;
  }

  /** Takes the next piece; true once nothing further is needed. */
  push(bytes: Uint8Array): boolean {
    const size = Math.min(bytes.length, this.#limit - this.#body.length);
    this.#body.append(bytes.subarray(0, size), this.#limit);
    if (this.#body.length >= this.#limit) return true;
    return this.#chunked ? dechunk(this.#body.view()).complete : this.#body.length >= this.#due;
  }

  /** The body so far, chunk framing taken off. */
  get body(): Uint8Array {
    const raw = this.#body.view();
    return this.#chunked ? dechunk(raw).body : raw.subarray(0, Math.min(raw.length, this.#due));
  }
}

/** Takes the chunk framing off; stops at the end, or where it is broken or cut. */
function dechunk(raw: Uint8Array): { readonly body: Uint8Array; readonly complete: boolean } {
  const body = new Gather();
  let at = 0;
  for (;;) {
    const lineEnd = raw.indexOf(0x0a, at);
    if (lineEnd === -1) return { body: body.view(), complete: false };
    const line = String.fromCharCode(...raw.subarray(at, Math.min(lineEnd, at + 20)));
    const size = Number.parseInt(line, 16);
    if (!(size > 0)) return { body: body.view(), complete: true };
    const start = lineEnd + 1;
    body.append(raw.subarray(start, start + size));
    at = start + size + 2;
  }
}
