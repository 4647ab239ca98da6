/** The secrets of one TLS connection. */
export interface TlsSecrets {
  /** TLS 1.2: the master secret. */
  readonly master?: Uint8Array;
  /** TLS 1.3 (RFC 8446, section 7.1). */
  readonly clientHandshake?: Uint8Array;
  readonly serverHandshake?: Uint8Array;
  readonly clientTraffic?: Uint8Array;
  readonly serverTraffic?: Uint8Array;
}

const LABELS: ReadonlyMap<string, keyof TlsSecrets> = new Map([
  ["CLIENT_RANDOM", "master"],
  ["CLIENT_HANDSHAKE_TRAFFIC_SECRET", "clientHandshake"],
  ["SERVER_HANDSHAKE_TRAFFIC_SECRET", "serverHandshake"],
  ["CLIENT_TRAFFIC_SECRET_0", "clientTraffic"],
  ["SERVER_TRAFFIC_SECRET_0", "serverTraffic"],
]);

/** A label, what finds the secret, and the secret. */
const LINE = /^([A-Z0-9_]+) +((?:[0-9a-f]{2})+) +((?:[0-9a-f]{2})+)$/i;

const RANDOM_LENGTH = 32;
/** The hashes of TLS have 32 or 48 bytes, and so have all secrets. */
const SECRET_LENGTHS = new Set([32, 48]);
const MAX_LINE_LENGTH = 4096;
const DEFAULT_MAX_CONNECTIONS = 200_000;

/** Bytes as strings of one character a byte: a tenth of the memory of so many small arrays. */
type ByteString = string;
type Entry = { -readonly [Key in keyof TlsSecrets]: ByteString };

/**
 * TLS secrets by client random, out of key logs in NSS format (`SSLKEYLOGFILE`,
 * draft-ietf-tls-keylogfile). It may grow at any time.
 *
 * Comments, empty lines and secrets of other kinds are passed over; lines that are none of these
 * are counted. A log may be years long: the oldest connections are forgotten where it is.
 */
export class KeyLog {
  readonly #maxConnections: number;
  readonly #entries = new Map<ByteString, Entry>();
  #partial = "";
  #skipped = 0;
  #forgotten = 0;
  #given = false;

  constructor(maxConnections = DEFAULT_MAX_CONNECTIONS) {
    this.#maxConnections = maxConnections;
  }

  /** There is a log, whatever it holds. */
  get given(): boolean {
    return this.#given;
  }

  /** Connections that a secret is known of. */
  get size(): number {
    return this.#entries.size;
  }

  /** Lines that could not be read. */
  get skippedLines(): number {
    return this.#skipped;
  }

  /** Connections that were forgotten because there are too many. */
  get forgotten(): number {
    return this.#forgotten;
  }

  /** Takes a whole log, as a file or a block of a capture holds it. */
  add(text: string | Uint8Array): void {
    this.#given = true;
    for (const line of asText(text).split("\n")) this.#take(line);
  }

  /** Takes the next piece of a log that grows; a line counts once its end has come. */
  push(piece: string | Uint8Array): void {
    this.#given = true;
    const lines = asText(piece).split("\n");
    const last = lines.pop() ?? "";
    const [first, ...rest] = lines;
    if (first !== undefined) {
      this.#take(this.#partial + first);
      this.#partial = "";
      for (const line of rest) this.#take(line);
    }
    if (this.#partial.length <= MAX_LINE_LENGTH) this.#partial += last;
  }

  /** The growing log has ended, perhaps without the end of its last line. */
  end(): void {
    this.#take(this.#partial);
    this.#partial = "";
  }

  /** @param clientRandom of the ClientHello, 32 bytes */
  find(clientRandom: Uint8Array): TlsSecrets | undefined {
    const entry = this.#entries.get(asByteString(clientRandom));
    if (!entry) return undefined;
    const secrets = Object.entries(entry).map(([kind, secret]) => [
      kind,
      Buffer.from(secret, "latin1"),
    ]);
    return Object.fromEntries(secrets) as TlsSecrets;
  }

  #take(raw: string): void {
    const line = raw.replace("\uFEFF", "").trim();
    if (line === "" || line.startsWith("#")) return;
    const [, label = "", random = "", secret = ""] =
      line.length > MAX_LINE_LENGTH ? [] : (LINE.exec(line) ?? []);
    const kind = LABELS.get(label);
    if (kind) this.#keep(kind, Buffer.from(random, "hex"), Buffer.from(secret, "hex"));
    else if (label === "") this.#skipped += 1;
  }

  #keep(kind: keyof TlsSecrets, random: Buffer, secret: Buffer): void {
    if (random.length !== RANDOM_LENGTH || !SECRET_LENGTHS.has(secret.length)) {
      this.#skipped += 1;
      return;
    }
    const key = asByteString(random);
    const entry = this.#entries.get(key) ?? {};
    entry[kind] = asByteString(secret);
    this.#entries.set(key, entry);
    this.#forgetOldest();
  }

  #forgetOldest(): void {
    if (this.#entries.size <= this.#maxConnections) return;
    const [oldest] = this.#entries.keys();
    if (oldest === undefined) return;
    this.#entries.delete(oldest);
    this.#forgotten += 1;
  }
}

/** The format is ASCII: every byte is a character by itself, wherever pieces are cut. */
function asText(text: string | Uint8Array): string {
  return typeof text === "string" ? text : asByteString(text).replace("\xEF\xBB\xBF", "");
}

function asByteString({ buffer, byteOffset, byteLength }: Uint8Array): ByteString {
  return Buffer.from(buffer, byteOffset, byteLength).toString("latin1");
}
