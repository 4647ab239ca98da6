/** What decrypting needs of a ClientHello, and what is worth telling of it. */
export interface ClientHello {
  readonly random: Uint8Array;
  readonly sni: string | undefined;
  /** It announces 0-RTT data, which may follow at once. */
  readonly earlyData: boolean;
}

export interface ServerHello {
  readonly random: Uint8Array;
  /** 0x0304 is TLS 1.3. */
  readonly version: number;
  readonly cipherSuite: number;
  /** In TLS 1.3 it is in the encrypted extensions. */
  readonly alpn: string | undefined;
  /** A HelloRetryRequest: both hellos come once more. */
  readonly isRetry: boolean;
}

export interface EncryptedExtensions {
  readonly alpn: string | undefined;
  /** The server takes the 0-RTT data. */
  readonly earlyData: boolean;
}

type Extensions = ReadonlyMap<number, Uint8Array>;

const SERVER_NAME = 0;
const ALPN = 16;
const EARLY_DATA = 42;
const SUPPORTED_VERSIONS = 43;

/** RFC 8446, section 4.1.3: SHA-256 of "HelloRetryRequest", in the place of the random. */
const RETRY_RANDOM = "cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c";

/** The body of a ClientHello (RFC 8446, section 4.1.2); undefined where it is too short for that. */
export function readClientHello(body: Uint8Array): ClientHello | undefined {
  const fields = new Fields(body);
  fields.number(2);
  const random = fields.bytes(32);
  fields.vector(1);
  fields.vector(2);
  fields.vector(1);
  if (fields.short) return undefined;
  const extensions = readExtensions(fields);
  return {
    random: Uint8Array.from(random),
    sni: readServerName(extensions),
    earlyData: extensions.has(EARLY_DATA),
  };
}

/** The body of a ServerHello (RFC 8446, section 4.1.3; RFC 5246, section 7.4.1.3). */
export function readServerHello(body: Uint8Array): ServerHello | undefined {
  const fields = new Fields(body);
  const legacyVersion = fields.number(2);
  const random = fields.bytes(32);
  fields.vector(1);
  const cipherSuite = fields.number(2);
  fields.number(1);
  if (fields.short) return undefined;
  const extensions = readExtensions(fields);
  const selected = extensions.get(SUPPORTED_VERSIONS);
  return {
    random: Uint8Array.from(random),
    version: selected ? new Fields(selected).number(2) : legacyVersion,
    cipherSuite,
    alpn: readAlpn(extensions),
    isRetry: Buffer.from(random).toString("hex") === RETRY_RANDOM,
  };
}

/** The body of EncryptedExtensions (RFC 8446, section 4.3.1). */
export function readEncryptedExtensions(body: Uint8Array): EncryptedExtensions {
  const extensions = readExtensions(new Fields(body));
  return { alpn: readAlpn(extensions), earlyData: extensions.has(EARLY_DATA) };
}

function readExtensions(fields: Fields): Extensions {
  const list = new Fields(fields.vector(2));
  const extensions = new Map<number, Uint8Array>();
  while (list.left >= 4) extensions.set(list.number(2), list.vector(2));
  return extensions;
}

/** RFC 6066, section 3: a list of names, of which only the host name was ever defined. */
function readServerName(extensions: Extensions): string | undefined {
  const list = new Fields(new Fields(extensions.get(SERVER_NAME)).vector(2));
  const isHostName = list.left > 0 && list.number(1) === 0;
  return isHostName ? asText(list.vector(2)) : undefined;
}

/** RFC 7301, section 3.1: the server's list has one protocol. */
function readAlpn(extensions: Extensions): string | undefined {
  return asText(new Fields(new Fields(extensions.get(ALPN)).vector(2)).vector(1));
}

function asText(bytes: Uint8Array): string | undefined {
  return bytes.length === 0 ? undefined : Buffer.from(bytes).toString("latin1");
}

/** Numbers and vectors, one after the other; what is not there is 0, or empty. */
class Fields {
  readonly #bytes: Uint8Array;
  #at = 0;
  /** Something was not there. */
  short = false;

  constructor(bytes: Uint8Array = new Uint8Array(0)) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  bytes(length: number): Uint8Array {
    if (length > this.left) this.short = true;
    const bytes = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += bytes.length;
    return bytes;
  }

  number(length: number): number {
    return this.bytes(length).reduce((number, octet) => number * 256 + octet, 0);
  }

  /** Bytes behind their length, which is a number of `size` bytes. */
  vector(size: 1 | 2): Uint8Array {
    return this.bytes(this.number(size));
  }
}
