import { acceptKey } from "../../../src/protocol/accept-key.ts";
import { encodeFrame } from "../../../src/protocol/encoder.ts";
import type { HttpHead } from "../../../src/protocol/http-head.ts";
import { utf8 } from "../bytes.ts";
import type { HeaderValues } from "../heads.ts";
import { close, request, response, type Said } from "../lint.ts";
import { seededRandom } from "../seeded-random.ts";
import { type Side, Talk, type TalkPacket } from "../talk.ts";

/** Longest payload of a packet. */
const SEGMENT = 16_000;
/** What both sides say of their extensions. */
const EXTENSIONS = "Sec-WebSocket-Extensions";

/** A conversation in a capture, with a key of its own, that keeps the rules, but for what is said otherwise. */
export class Call {
  readonly #talk: Talk;
  readonly #random: () => number;
  readonly #key: string;

  constructor({ port = 40_000, ms = 1 } = {}) {
    this.#talk = new Talk({ port, ms }).connect();
    this.#random = seededRandom(port);
    this.#key = Buffer.from(Array.from({ length: 16 }, () => this.#random() * 256)).toString(
      "base64",
    );
  }

  get packets(): readonly TalkPacket[] {
    return this.#talk.packets;
  }

  ask(changes?: HeaderValues, startLine?: string): this {
    const own = { "Sec-WebSocket-Key": this.#key, ...changes };
    return this.raw("client", bytesOfHead(request(own, startLine)));
  }

  answer(changes?: HeaderValues, startLine?: string): this {
    const own = { "Sec-WebSocket-Accept": acceptKey(this.#key), ...changes };
    return this.raw("server", bytesOfHead(response(own, startLine)));
  }

  /** Both heads. @param extensions what both say of them, or the client and the server */
  open(...extensions: readonly string[]): this {
    const [asked, agreed = asked] = extensions;
    return this.ask({ [EXTENSIONS]: asked }).answer({ [EXTENSIONS]: agreed });
  }

  /** A client masks with random keys, unless the frame says otherwise. */
  client(...all: readonly Said[]): this {
    const masked = all.map((said) => ({ maskKey: Math.floor(this.#random() * 2 ** 32), ...said }));
    return this.raw("client", ...masked.map(bytesOf));
  }

  server(...all: readonly Said[]): this {
    return this.raw("server", ...all.map(bytesOf));
  }

  /** Each part in packets of its own. */
  raw(side: Side, ...parts: readonly Uint8Array[]): this {
    this.#talk[side](...parts.flatMap((part) => piecesOf(part, SEGMENT)));
    return this;
  }

  wait(ms: number): this {
    this.#talk.wait(ms);
    return this;
  }

  /** Both sides are done, as a server should be first. */
  hangUp(first: Side = "server"): this {
    this.#talk.close(first);
    return this;
  }

  /** The closing handshake as it should be. */
  bye(): this {
    return this.client(close(1000)).server(close(1000)).hangUp();
  }
}

/** The bytes, so many at a time. */
export function piecesOf(bytes: Uint8Array, size: number): Uint8Array[] {
  const count = Math.max(1, Math.ceil(bytes.length / size));
  return Array.from({ length: count }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
}

export function bytesOf({ payload = "", ...said }: Said): Uint8Array {
  return encodeFrame({ ...said, payload: typeof payload === "string" ? utf8(payload) : payload });
}

function bytesOfHead({ startLine, headers }: HttpHead): Uint8Array {
  const lines = headers.map(([name, value]) => `${name}: ${value}`);
  return utf8(`${[startLine, ...lines].join("\r\n")}\r\n\r\n`);
}
