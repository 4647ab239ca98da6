import { createCipheriv, createHash, type CipherGCMTypes } from "node:crypto";
import { cipherSuite } from "../../../src/capture/tls/cipher-suites.ts";
import {
  keyBlock,
  nextTrafficSecret,
  trafficKeys,
  type WriteKeys,
} from "../../../src/capture/tls/key-schedule.ts";
import type { TlsDirection } from "../../../src/capture/tls/conversation.ts";
import { concat, hex, toHex, utf8 } from "../../helpers/bytes.ts";
import { fields } from "../../helpers/packets.ts";
import type { Segment } from "./traffic.ts";

export const RETRY_RANDOM = hex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c");

/** A length of `size` bytes, and what has it. */
export function vector(size: 1 | 2 | 4, ...parts: readonly Uint8Array[]): Uint8Array {
  const body = concat(parts);
  return concat([fields("big", [body.length, size]), body]);
}

export function extension(type: number, ...parts: readonly Uint8Array[]): Uint8Array {
  return concat([fields("big", [type, 2]), vector(2, ...parts)]);
}

export function alpn(name: string): Uint8Array {
  return extension(16, vector(2, vector(1, utf8(name))));
}

export function handshake(type: number, body: Uint8Array): Uint8Array {
  return concat([fields("big", [type * 2 ** 24 + body.length, 4]), body]);
}

export function record(type: number, body: Uint8Array, version = 0x0303): Uint8Array {
  return concat([fields("big", [type, 1], [version, 2]), vector(2, body)]);
}

export function clientHello(
  random: Uint8Array,
  ...extensions: readonly Uint8Array[]
): Uint8Array<ArrayBuffer> {
  const suites = vector(2, hex("1301 1302 c02f"));
  const body = [hex("0303"), random, vector(1), suites, hex("0100"), vector(2, ...extensions)];
  return concat(body);
}

export function serverHello(
  random: Uint8Array,
  suite: number,
  ...extensions: readonly Uint8Array[]
): Uint8Array<ArrayBuffer> {
  const suiteBytes = fields("big", [suite, 2], [0, 1]);
  return concat([hex("0303"), random, vector(1), suiteBytes, vector(2, ...extensions)]);
}

export const IS_TLS13 = extension(43, hex("0304"));
export const EARLY_DATA = extension(42);

export interface SealSpec {
  /** 20: ChangeCipherSpec, 21: alert, 22: handshake, 23: data. */
  readonly type?: number;
  readonly padding?: number;
}

interface Seat {
  secret: Uint8Array | undefined;
  keys: WriteKeys;
  sequence: number;
}

const CLIENT_RANDOM = createHash("sha256").update("client").digest();
const SERVER_RANDOM = createHash("sha256").update("server").digest();

/** Makes the two directions of a TLS connection by hand, with secrets of its own. */
export class Forge {
  readonly is13: boolean;
  readonly clientRandom = CLIENT_RANDOM;
  readonly serverRandom = SERVER_RANDOM;
  readonly #suite: number;
  readonly #seats: Record<TlsDirection, Seat>;

  /** @param explicit what the explicit nonces of TLS 1.2 begin with */
  readonly #explicit: bigint;

  constructor(suite = 0x1301, explicit = 0n) {
    this.is13 = suite >> 8 === 0x13;
    this.#suite = suite;
    this.#explicit = explicit;
    this.#seats = { c2s: this.#first("c2s"), s2c: this.#first("s2c") };
  }

  get keyLog(): string {
    return this.labels.map((label) => this.line(label)).join("\n");
  }

  get labels(): readonly string[] {
    if (!this.is13) return ["CLIENT_RANDOM"];
    const sides = ["CLIENT", "SERVER"];
    return sides.flatMap((name) => [
      `${name}_HANDSHAKE_TRAFFIC_SECRET`,
      `${name}_TRAFFIC_SECRET_0`,
    ]);
  }

  line(label: string): string {
    return `${label} ${toHex(CLIENT_RANDOM)} ${toHex(this.#secret(label))}\n`;
  }

  clientHello(...extensions: readonly Uint8Array[]): Segment {
    const hello = handshake(1, clientHello(CLIENT_RANDOM, ...extensions));
    return { dir: "c2s", bytes: record(22, hello, 0x0301) };
  }

  serverHello(...extensions: readonly Uint8Array[]): Segment {
    const all = [...(this.is13 ? [IS_TLS13] : []), ...extensions];
    const hello = handshake(2, serverHello(SERVER_RANDOM, this.#suite, ...all));
    return { dir: "s2c", bytes: record(22, hello) };
  }

  /** Both hellos, and all up to where data may begin. */
  open(): Segment[] {
    const segments = [this.clientHello(), this.serverHello()];
    for (const dir of ["s2c", "c2s"] as const) {
      if (!this.is13) segments.push({ dir, bytes: record(20, hex("01")) });
      if (this.is13 && dir === "s2c") {
        const certificate = handshake(11, new Uint8Array(900));
        segments.push(this.seal(dir, concat([handshake(8, vector(2)), certificate]), { type: 22 }));
      }
      segments.push(this.finished(dir));
    }
    return segments;
  }

  /** TLS 1.2: new keys by another random of the server, from the client's hello to both Finished. */
  renegotiate(): Segment[] {
    const random = createHash("sha256").update("server again").digest();
    const sealed = (dir: TlsDirection, message: Uint8Array) =>
      this.seal(dir, message, { type: 22 });
    const hellos = [
      sealed("c2s", handshake(1, clientHello(CLIENT_RANDOM))),
      sealed("s2c", handshake(2, serverHello(random, this.#suite))),
    ];
    const rest = (["c2s", "s2c"] as const).flatMap((dir) => {
      const change = this.seal(dir, hex("01"), { type: 20 });
      this.#seats[dir] = this.#first(dir, random);
      return [change, this.finished(dir)];
    });
    return [...hellos, ...rest];
  }

  finished(dir: TlsDirection): Segment {
    const segment = this.seal(dir, handshake(20, new Uint8Array(this.is13 ? 32 : 12)), {
      type: 22,
    });
    if (this.is13) this.#enter(dir, this.#secret(`${side(dir)}_TRAFFIC_SECRET_0`));
    return segment;
  }

  keyUpdate(dir: TlsDirection): Segment {
    const segment = this.seal(dir, handshake(24, hex("00")), { type: 22 });
    const { secret } = this.#seats[dir];
    this.#enter(dir, nextTrafficSecret(cipherSuite(this.#suite), secret!));
    return segment;
  }

  seal(dir: TlsDirection, content: Uint8Array | string, spec: SealSpec = {}): Segment {
    const { type = 23, padding = 0 } = spec;
    const bytes = typeof content === "string" ? utf8(content) : content;
    const seat = this.#seats[dir];
    const { sequence } = seat;
    seat.sequence += 1;
    if (!this.is13) return { dir, bytes: this.#seal12(seat.keys, type, bytes, sequence) };
    const inner = concat([bytes, Uint8Array.of(type), new Uint8Array(padding)]);
    const header = fields("big", [0x170303, 4], [inner.length + this.#tagLength, 2]).subarray(1);
    return { dir, bytes: concat([header, this.#encrypt(seat.keys, inner, header, sequence)]) };
  }

  #seal12(keys: WriteKeys, type: number, bytes: Uint8Array, sequence: number): Uint8Array {
    const counted = fields("big", [sequence, 8], [type, 1], [0x0303, 2], [bytes.length, 2]);
    if (keys.iv.length === 12) {
      return record(type, this.#encrypt(keys, bytes, counted, sequence));
    }
    const explicit = fields("big", [this.#explicit + BigInt(sequence), 8]);
    const whole = { key: keys.key, iv: concat([keys.iv, explicit]) };
    return record(type, concat([explicit, this.#encrypt(whole, bytes, counted, 0)]));
  }

  #encrypt(keys: WriteKeys, bytes: Uint8Array, aad: Uint8Array, sequence: number): Uint8Array {
    const { cipher, tagLength } = cipherSuite(this.#suite).aead!;
    const number = concat([new Uint8Array(4), fields("big", [sequence, 8])]);
    const nonce = keys.iv.map((octet, i) => octet ^ number[i]!);
    const options = { authTagLength: tagLength };
    const sealer = createCipheriv(cipher as CipherGCMTypes, keys.key, nonce, options);
    sealer.setAAD(aad, { plaintextLength: bytes.length });
    const sealed = [sealer.update(bytes), sealer.final()];
    return concat([...sealed, sealer.getAuthTag()]);
  }

  get #tagLength(): number {
    return cipherSuite(this.#suite).aead!.tagLength;
  }

  #first(dir: TlsDirection, serverRandom: Uint8Array = SERVER_RANDOM): Seat {
    const suite = cipherSuite(this.#suite);
    if (this.is13) return this.#seat(this.#secret(`${side(dir)}_HANDSHAKE_TRAFFIC_SECRET`));
    const randoms = { client: CLIENT_RANDOM, server: serverRandom };
    const keys = keyBlock(suite, this.#secret("CLIENT_RANDOM"), randoms)!;
    return { secret: undefined, sequence: 0, keys: dir === "c2s" ? keys.client : keys.server };
  }

  #enter(dir: TlsDirection, secret: Uint8Array): void {
    this.#seats[dir] = this.#seat(secret);
  }

  #seat(secret: Uint8Array): Seat {
    return { secret, sequence: 0, keys: trafficKeys(cipherSuite(this.#suite), secret)! };
  }

  #secret(label: string): Uint8Array {
    const long = !this.is13 || cipherSuite(this.#suite).hash === "sha384";
    return createHash(long ? "sha384" : "sha256")
      .update(label)
      .digest();
  }
}

function side(dir: TlsDirection): "CLIENT" | "SERVER" {
  return dir === "c2s" ? "CLIENT" : "SERVER";
}
