import { Buffer } from "node:buffer";
import { Gather } from "./gather.ts";

/** Header fields in the order in which they came, repeated names kept. */
export type Headers = readonly (readonly [name: string, value: string])[];

/** The first line and the header fields of an HTTP/1 message (RFC 9112). */
export interface HttpHead {
  readonly startLine: string;
  readonly headers: Headers;
}

export type HeadResult =
  | { readonly state: "more" }
  | { readonly state: "head"; readonly head: HttpHead; readonly rest: Uint8Array }
  | { readonly state: "invalid"; readonly message: string; readonly bytes: Uint8Array };

/** The largest head that is read; servers of the field allow 8–64 KiB. */
export const MAX_HEAD_LENGTH = 64 * 1024;

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** True when `text` is a token of HTTP (RFC 9110, section 5.6.2), as a subprotocol must be. */
export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

/** Reads the head of an HTTP/1 message from pieces of any size. */
export class HeadReader {
  readonly #bytes = new Gather();

  /** What came so far, for telling what a peer said that was no HTTP. */
  get received(): Uint8Array {
    return this.#bytes.view();
  }

  /** Takes the next piece; after anything but `more` the reader is done. */
  push(piece: Uint8Array): HeadResult {
    // A blank line may be split across two pieces, hence the three octets before.
    const from = Math.max(0, this.#bytes.length - 3);
    this.#bytes.append(piece);
    const { buffer, byteOffset, length } = this.#bytes.view();
    const bytes = Buffer.from(buffer, byteOffset, length);
    if (!couldBeHttp(bytes)) return { state: "invalid", message: "it is not HTTP", bytes };
    const end = endOfHead(bytes, from);
    if ((end ?? bytes.length) > MAX_HEAD_LENGTH) {
      return { state: "invalid", message: `its head is over ${MAX_HEAD_LENGTH} bytes`, bytes };
    }
    if (end === undefined) return { state: "more" };
    const head = parseHead(bytes.subarray(0, end).toString("latin1"));
    if (typeof head === "string") return { state: "invalid", message: head, bytes };
    return { state: "head", head, rest: bytes.subarray(end) };
  }
}

/** False as soon as the first line can be neither a request nor a response. */
function couldBeHttp(bytes: Buffer): boolean {
  const start = bytes.subarray(0, 5).toString("latin1");
  return "HTTP/".startsWith(start) || start === "HTTP/" || /^[A-Z]+( .*)?$/.test(start);
}

/** Index after the blank line; a bare LF ends a line as well (RFC 9112, section 2.2). */
function endOfHead(bytes: Buffer, from: number): number | undefined {
  for (let lf = bytes.indexOf(0x0a, from); lf !== -1; lf = bytes.indexOf(0x0a, lf + 1)) {
    if (bytes[lf + 1] === 0x0a) return lf + 2;
    if (bytes[lf + 1] === 0x0d && bytes[lf + 2] === 0x0a) return lf + 3;
  }
  return undefined;
}

/** The parsed head, or what is wrong with it. */
function parseHead(text: string): HttpHead | string {
  const [startLine = "", ...lines] = text.split(/\r?\n/).filter((line) => line !== "");
  const headers: [string, string][] = [];
  for (const line of lines) {
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(colon, 0));
    if (/^[ \t]/.test(line)) {
      const last = headers.at(-1);
      if (last) last[1] = `${last[1]} ${trimSpace(line)}`;
    } else if (isToken(name)) {
      headers.push([name, trimSpace(line.slice(colon + 1))]);
    } else {
      return `a header line is malformed: ${JSON.stringify(line.slice(0, 80))}`;
    }
  }
  return { startLine, headers };
}

/** Cuts spaces and tabs off both ends, and no more: 0xA0 is a part of many a UTF-8 character. */
function trimSpace(text: string): string {
  const isSpace = (at: number) => text[at] === " " || text[at] === "\t";
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(start)) start++;
  while (end > start && isSpace(end - 1)) end--;
  return text.slice(start, end);
}

/** All values of a header, in order. */
export function headerValues(headers: Headers, name: string): string[] {
  const wanted = name.toLowerCase();
  return headers.filter(([other]) => other.toLowerCase() === wanted).map(([, value]) => value);
}

/** The elements of a header that is a comma-separated list, over all its lines. */
export function headerList(headers: Headers, name: string): string[] {
  return headerValues(headers, name)
    .join(",")
    .split(",")
    .map(trimSpace)
    .filter((element) => element !== "");
}

/** Status code and reason phrase of a response's first line, or undefined where it is none. */
export function parseStatusLine(
  startLine: string,
): { readonly status: number; readonly reason: string; readonly version: string } | undefined {
  const match = /^HTTP\/(\d\.\d) (\d{3})(?: (.*))?$/.exec(startLine);
  if (!match) return undefined;
  return { version: match[1] ?? "", status: Number(match[2]), reason: match[3] ?? "" };
}

/** Method, target and version of a request's first line, or undefined where it is none. */
export function parseRequestLine(
  startLine: string,
): { readonly method: string; readonly target: string; readonly version: string } | undefined {
  const match = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+) (\S+) HTTP\/(\d\.\d)$/.exec(startLine);
  if (!match) return undefined;
  return { method: match[1] ?? "", target: match[2] ?? "", version: match[3] ?? "" };
}

/**
 * Writes a head, blank line included, in the octets it has on the wire (Latin-1).
 * @throws RangeError when a name or value holds what would break the line or is no Latin-1; the
 * message does not quote values, which may be secrets.
 */
export function encodeHead({ startLine, headers }: HttpHead): Uint8Array {
  refuseControls(startLine, "the first line");
  const lines = headers.map(([name, value]) => {
    if (!isToken(name)) throw new RangeError(`header name ${JSON.stringify(name)} is no token`);
    refuseControls(value, `the value of header ${name}`);
    return `${name}: ${value}`;
  });
  return Buffer.from([startLine, ...lines, "", ""].join("\r\n"), "latin1");
}

function refuseControls(text: string, what: string): void {
  if (!isHeadText(text)) throw new RangeError(`${what} has a character that no head may hold`);
}

/** True where a head may hold the text: Latin-1, and of control characters none but the tab. */
export function isHeadText(text: string): boolean {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  return !/[^\t\x20-\x7e\x80-\xff]/.test(text);
}
