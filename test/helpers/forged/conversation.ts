import { constants, deflateRawSync } from "node:zlib";
import { acceptKey } from "../../../src/protocol/accept-key.ts";
import { encodeClosePayload } from "../../../src/protocol/close-codes.ts";
import { encodeFrame, type FrameSpec } from "../../../src/protocol/encoder.ts";
import { concat, utf8 } from "../bytes.ts";
import { minimalLengthForm } from "../../../src/protocol/frame.ts";
import type { Dice } from "./dice.ts";

/** Sent by the client, or by the server. */
export type Side = 0 | 1;

/** A frame that was really sent. */
export interface TrueFrame {
  /** Where it begins among the WebSocket bytes of its side. */
  readonly offset: number;
  /** As on the wire. */
  readonly bytes: Uint8Array;
  /** Unmasked. */
  readonly payload: Uint8Array;
  /** What the message is that it completes, inflated. */
  readonly message: Uint8Array | undefined;
}

/** All that two sides said to each other, without a fault. */
export interface Conversation {
  /** In the target of the request. */
  readonly name: string;
  /** What each says at a time, in order: the heads of the handshake come first. */
  readonly turns: readonly { readonly side: Side; readonly bytes: Uint8Array }[];
  readonly streams: readonly [Uint8Array, Uint8Array];
  /** Length of the HTTP before the frames of each side. */
  readonly heads: readonly [number, number];
  readonly frames: readonly [readonly TrueFrame[], readonly TrueFrame[]];
  readonly deflate: boolean;
  readonly unruly: boolean;
  /** Without a closing handshake. */
  readonly abrupt: boolean;
  /** TCP ended with a RST. */
  readonly reset?: boolean;
}

export interface ConversationShape {
  readonly name: string;
  readonly messages: number;
  /** Length of the longest message. */
  readonly longest: number;
  readonly deflate?: boolean;
  /** Frames that break the rules of framing come, too. */
  readonly unruly?: boolean;
  /** Without a closing handshake. */
  readonly abrupt?: boolean;
}

type Piece = Omit<FrameSpec, "payload"> & { readonly payload: Uint8Array; message?: Uint8Array };

const WORDS = ["alpha", "beta", "größe", "delta", "✓", "omicron", "😀", "kappa", "0", '{"a":1}'];

/** A conversation by the rules: every ping is answered, and every Close. */
export function converse(dice: Dice, shape: ConversationShape): Conversation {
  const speaker = new Speaker(dice, shape);
  speaker.open();
  for (let i = 0; i < shape.messages; i++) speaker.say(dice.pick([0, 1]));
  if (!shape.abrupt) speaker.close(dice.pick([0, 1]));
  return speaker.conversation;
}

class Speaker {
  readonly #dice: Dice;
  readonly #shape: ConversationShape;
  readonly #turns: { side: Side; bytes: Uint8Array }[] = [];
  readonly #frames: [TrueFrame[], TrueFrame[]] = [[], []];
  readonly #offsets: [number, number] = [0, 0];
  readonly #heads: [number, number] = [0, 0];
  /** What was compressed before, which compressed messages may refer to. */
  readonly #windows: [Uint8Array, Uint8Array] = [new Uint8Array(0), new Uint8Array(0)];
  #count = 0;

  constructor(dice: Dice, shape: ConversationShape) {
    this.#dice = dice;
    this.#shape = shape;
  }

  get conversation(): Conversation {
    const { name, deflate = false, unruly = false, abrupt = false } = this.#shape;
    const stream = (side: Side) =>
      concat(this.#turns.filter((turn) => turn.side === side).map(({ bytes }) => bytes));
    return {
      name,
      deflate,
      unruly,
      abrupt,
      turns: this.#turns,
      streams: [stream(0), stream(1)],
      heads: this.#heads,
      frames: this.#frames,
    };
  }

  open(): void {
    const { name, deflate } = this.#shape;
    const key = Buffer.from(this.#dice.bytes(16)).toString("base64");
    const extensions = deflate ? "Sec-WebSocket-Extensions: permessage-deflate\r\n" : "";
    const upgrade = `Connection: Upgrade\r\nUpgrade: websocket\r\n${extensions}`;
    this.#head(
      0,
      `GET /${name} HTTP/1.1\r\nHost: h\r\n${upgrade}Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n\r\n`,
    );
    const accept = `Sec-WebSocket-Accept: ${acceptKey(key)}\r\n`;
    this.#head(1, `HTTP/1.1 101 Switching Protocols\r\n${upgrade}${accept}\r\n`);
  }

  #head(side: Side, text: string): void {
    const bytes = utf8(text);
    this.#heads[side] = bytes.length;
    this.#turns.push({ side, bytes });
  }

  say(side: Side): void {
    const dice = this.#dice;
    if (this.#shape.unruly && dice.chance(0.5)) return this.#misspeak(side);
    if (dice.chance(0.1)) return this.#ping(side);
    const isText = dice.chance(0.6);
    const data = isText ? this.#text() : this.#binary();
    const parts = this.#pieces(side, data);
    for (const [i, payload] of parts.payloads.entries()) {
      const last = i === parts.payloads.length - 1;
      const opcode = i > 0 ? 0 : isText ? 1 : 2;
      const rsv1 = i === 0 && parts.compressed;
      this.#send(side, { opcode, fin: last, rsv1, payload, ...(last && { message: data }) });
      if (!last && dice.chance(0.2)) this.#ping(side);
    }
  }

  #pieces(side: Side, data: Uint8Array) {
    const compressed = this.#shape.deflate === true && this.#dice.chance(0.8);
    const bytes = compressed ? this.#compress(side, data) : data;
    if (!this.#dice.chance(0.2)) return { compressed, payloads: [bytes] };
    const cuts = Array.from({ length: this.#dice.from(1, 3) }, () =>
      this.#dice.from(0, bytes.length),
    ).toSorted((a, b) => a - b);
    const starts = [0, ...cuts];
    return { compressed, payloads: starts.map((start, i) => bytes.slice(start, cuts[i])) };
  }

  /** A preset dictionary is what context takeover comes to. */
  #compress(side: Side, data: Uint8Array): Uint8Array {
    const dictionary = this.#windows[side];
    const flush = { finishFlush: constants.Z_SYNC_FLUSH };
    const options = dictionary.length > 0 ? { ...flush, dictionary } : flush;
    this.#windows[side] = concat([dictionary, data]).slice(-32_768);
    return new Uint8Array(deflateRawSync(data, options).subarray(0, -4));
  }

  /** Each payload is the only one of its kind, so that no frame is taken for another. */
  #text(): Uint8Array {
    const words = [`#${++this.#count}`];
    const length = this.#length();
    for (let size = 0; size < length; size += 6) words.push(this.#dice.pick(WORDS));
    return utf8(words.join(" "));
  }

  #binary(): Uint8Array {
    const mark = Buffer.alloc(4);
    mark.writeUInt32BE(++this.#count);
    return concat([mark, this.#dice.bytes(this.#length())]);
  }

  #length(): number {
    return this.#dice.chance(0.6)
      ? this.#dice.from(0, 150)
      : this.#dice.from(0, this.#shape.longest);
  }

  #ping(side: Side): void {
    const payload = utf8(`ping ${++this.#count}`);
    this.#send(side, { opcode: 9, payload });
    this.#send(side === 0 ? 1 : 0, { opcode: 10, payload });
  }

  /** Any bits, any opcode, lengths in any form, masked or not. */
  #misspeak(side: Side): void {
    const dice = this.#dice;
    const payload = this.#binary();
    const [rsv1, rsv2, rsv3] = [dice.chance(0.2), dice.chance(0.2), dice.chance(0.2)];
    const forms = ([7, 16, 64] as const).filter(
      (form) => form >= minimalLengthForm(payload.length),
    );
    const spec = { opcode: dice.from(0, 15), fin: dice.chance(0.7), rsv1, rsv2, rsv3, payload };
    const masked = dice.chance(0.8) === (side === 0);
    this.#send(side, { ...spec, lengthForm: dice.pick(forms) }, masked);
  }

  close(side: Side): void {
    const payload = encodeClosePayload(1000, "bye");
    this.#send(side, { opcode: 8, payload });
    this.#send(side === 0 ? 1 : 0, { opcode: 8, payload });
  }

  #send(side: Side, { message, ...spec }: Piece, masked = side === 0): void {
    const maskKey = masked ? this.#dice.from(1, 0xffff_fffe) : undefined;
    const bytes = encodeFrame({ ...spec, maskKey });
    const { payload } = spec;
    this.#frames[side].push({ offset: this.#offsets[side], bytes, payload, message });
    this.#offsets[side] += bytes.length;
    this.#turns.push({ side, bytes });
  }
}
