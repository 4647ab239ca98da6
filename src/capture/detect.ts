import { Buffer } from "node:buffer";
import { Utf8Validator } from "../protocol/utf8.ts";
import { looksLikeEvents, looksLikeHar } from "./json-heads.ts";
import { captureFormat } from "./packets/capture-reader.ts";

/**
 * What an input is, told by its content:
 *
 * 1. Captures and foreign formats begin with a magic number that no frame has: at least a reserved
 *    bit or a reserved opcode would be set.
 * 2. A HAR and our own NDJSON begin with a brace and the names that only they have.
 * 3. All else is text or raw frames. A frame rarely begins with a character: its first octet is
 *    0x80–0x8A, or below 0x10. So text is what begins with a printable character or a blank, holds no
 *    control characters, and is UTF-8. It stays text until a byte proves otherwise.
 */
export type Detected = "pcap" | "pcapng" | "har" | "ndjson" | "text or binary";

/** What begins with these bytes; undefined where more of them are needed, unless all are here. */
export function detectFormat(head: Uint8Array, ended = false): Detected | undefined {
  const capture = captureFormat(head);
  if (capture) return capture;
  const har = looksLikeHar(head);
  if (har === true) return "har";
  const events = looksLikeEvents(head);
  if (events === true) return "ndjson";
  const open = har === undefined || events === undefined || beginsMagic(head);
  return open && !ended ? undefined : "text or binary";
}

/** Tells text from raw frames as the bytes come. */
export class TextDetector {
  readonly #utf8 = new Utf8Validator();
  #text = true;

  /** Takes the next piece; false from the first byte on that no text holds. */
  push(piece: Uint8Array): boolean {
    this.#text &&= this.#utf8.push(piece) && !piece.some(isControl);
    return this.#text;
  }

  /** The input has ended: false where a character is cut. */
  end(): boolean {
    return this.#text && this.#utf8.end();
  }
}

/** A control character other than tab, newlines and form feed. */
function isControl(octet: number): boolean {
  return octet < 0x09 || (octet > 0x0d && octet < 0x20) || octet === 0x7f;
}

/** A format that is told by name, because it cannot be read. */
export interface Foreign {
  readonly what: string;
  readonly hint: string;
}

const UNPACK = "Unpack it first; only one layer of gzip is unpacked here.";
const NOT_FRAMES = "Give frames, or a capture: pcap, pcapng, HAR, or NDJSON of framecat.";
const CONVERT = "Turn it into pcapng first, as with editcap or Wireshark.";

const MAGIC: readonly (readonly [digits: string, what: string, hint: string])[] = [
  ["1f8b08", "gzip", UNPACK],
  ["504b0304", "a zip archive", UNPACK],
  ["28b52ffd", "zstd", UNPACK],
  ["fd377a585a00", "xz", UNPACK],
  ["425a6839", "bzip2", UNPACK],
  ["377abcaf271c", "a 7z archive", UNPACK],
  ["736e6f6f70000000", "a snoop capture", CONVERT],
  ["474d4255", "a Network Monitor capture", CONVERT],
  ["7f454c46", "an ELF program", NOT_FRAMES],
  ["89504e470d0a1a0a", "a PNG image", NOT_FRAMES],
  ["ffd8ff", "a JPEG image", NOT_FRAMES],
  ["255044462d", "a PDF document", NOT_FRAMES],
  ["0061736d01000000", "a WebAssembly module", NOT_FRAMES],
  ["53514c69746520666f726d61742033", "an SQLite database", NOT_FRAMES],
  ["fffe", "text in UTF-16", "Save it as UTF-8; PowerShell does so with Out-File -Encoding utf8."],
  ["feff", "text in UTF-16", "Save it as UTF-8."],
];
const CAPTURES = [
  "0a0d0d0a",
  "d4c3b2a1",
  "a1b2c3d4",
  "4d3cb2a1",
  "a1b23c4d",
  "34cdb2a1",
  "a1b2cd34",
];
const LONGEST = 16;

/** What the input is where its first bytes tell that it is surely no frames. */
export function foreignFormat(head: Uint8Array): Foreign | undefined {
  const digits = digitsOf(head);
  const found = MAGIC.find(([magic]) => digits.startsWith(magic));
  return found && { what: found[1], hint: found[2] };
}

/** Whether the bytes are the beginning of a longer magic number. */
function beginsMagic(head: Uint8Array): boolean {
  const digits = digitsOf(head);
  return [...CAPTURES, ...MAGIC.map(([magic]) => magic)].some(
    (magic) => magic.length > digits.length && magic.startsWith(digits),
  );
}

function digitsOf(head: Uint8Array): string {
  return Buffer.from(head.subarray(0, LONGEST)).toString("hex");
}

const TEXTS: readonly (readonly [pattern: RegExp, what: string, hint: string])[] = [
  [
    /^\s*[{[]\s*(?:"|[{\]}])/,
    "JSON, but neither a HAR nor NDJSON of framecat",
    "Developer tools export a HAR by “Save all as HAR”.",
  ],
  [
    /^\s*(?:<\?xml|<!doctype|<html|<pdml)/i,
    "markup",
    "Give the capture itself, or hex: tshark -x prints it.",
  ],
  [/^\s*-----BEGIN /, "PEM", NOT_FRAMES],
  [
    /^(?:#[^\n]*\n|\s)*(?:CLIENT_RANDOM|(?:CLIENT|SERVER)_HANDSHAKE_TRAFFIC_SECRET) /,
    "a TLS key log",
    "Give the capture, and this file with --keylog.",
  ],
  [
    /^\s*0{6,7}\s+(?!(?:[\da-f]{2}|[\da-f]{4}|[\da-f]{8}|[\da-f]{16})\s)\S/i,
    "a dump in octal, decimal or characters",
    "Print it in hex, as with xxd, hexdump -C or od -t x1.",
  ],
  [
    /^(?:\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d\.\d+ (?:\S+ +(?:In|Out|B|M|P) +)?IP6? /,
    "what tcpdump prints without the bytes",
    "tcpdump -X prints them; tcpdump -w FILE writes a capture.",
  ],
];
const TEXT_HEAD = 4096;

/** What a text is that tells no bytes, where its beginning tells that. */
export function foreignText(text: string): Foreign | undefined {
  const head = text.slice(0, TEXT_HEAD);
  const found = TEXTS.find(([pattern]) => pattern.test(head));
  return found && { what: found[1], hint: found[2] };
}
