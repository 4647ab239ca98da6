import { cipherSuite } from "./cipher-suites.ts";
import { type Agreement, type Epoch, firstEpoch, type Sender } from "./epoch.ts";
import {
  type ClientHello,
  readClientHello,
  readEncryptedExtensions,
  readServerHello,
  type ServerHello,
} from "./hello.ts";
import type { KeyLog, TlsSecrets } from "./key-log.ts";

/** Who sent: the client, or the server. */
export type TlsDirection = "c2s" | "s2c";

/** What could not be done, by name. */
export type TlsNoteCode =
  /** There is no key log. */
  | "no-key-log"
  /** No secret for this connection, or none at all, is in the key log. */
  | "no-key"
  /** The capture lacks the hellos, without which no secret can be found. */
  | "no-handshake"
  | "unsupported-version"
  | "unsupported-suite"
  /** Bytes where a record should begin are none. */
  | "no-record"
  /** A record does not verify: damaged, or the key is another. */
  | "bad-record"
  /** Too much did not verify: the direction is not decrypted any further. */
  | "gave-up"
  /** 0-RTT data, which is passed over. */
  | "early-data"
  /** TLS 1.2 has agreed on new keys, for which a hello or the secret is missing. */
  | "renegotiation"
  | "alert";

/** What decrypting one TLS connection tells. */
export type TlsEvent =
  /** What client and server agreed on; told once, before any data. */
  | {
      readonly type: "facts";
      /** `TLS 1.2`, `TLS 1.3`. */
      readonly version: string;
      /** By its IANA name, or number where it has none that is known here. */
      readonly cipherSuite: string;
      readonly sni: string | undefined;
      readonly alpn: string | undefined;
      /** The direction that the client sends in, which is "s2c" where the caller had them swapped. */
      readonly client: TlsDirection;
    }
  /** Application data, in order; the bytes belong to whoever takes the event. */
  | {
      readonly type: "data";
      readonly dir: TlsDirection;
      readonly bytes: Uint8Array;
      /** When the record was complete, in nanoseconds since 1970. */
      readonly tsNs: bigint;
    }
  /** Application data is missing before what comes next, or at the end. */
  | {
      readonly type: "gap";
      readonly dir: TlsDirection;
      /** So many bytes, or fewer where it is not exact: padding and other records hide among them. */
      readonly length: number;
      readonly exact: boolean;
    }
  /** The direction is over; cleanly with a close_notify, otherwise it may have been cut. */
  | { readonly type: "end"; readonly dir: TlsDirection; readonly clean: boolean }
  | {
      readonly type: "note";
      readonly code: TlsNoteCode;
      /** One line. Holds no text of the peers. */
      readonly text: string;
      /** Where it concerns one direction, and one place in its bytes. */
      readonly dir?: TlsDirection;
      readonly offset?: number;
    };

/** Where in the bytes of a direction something is. */
export interface TlsPlace {
  readonly dir: TlsDirection;
  readonly offset?: number;
}

/** What both directions of a connection know together, and tell in one order. */
export class Conversation {
  readonly #keys: KeyLog;
  #client: (ClientHello & { readonly dir: TlsDirection }) | undefined;
  #server: ServerHello | undefined;
  #agreement: Agreement | undefined;
  /** The last one of TLS 1.2, and the hellos that are to be of the next. */
  #latest: Agreement | undefined;
  #renewing: { readonly client?: ClientHello; readonly server?: ServerHello } = {};
  #alpn: string | undefined;
  #factsTold = false;
  #events: TlsEvent[] = [];
  /** It cannot be decrypted, and that has been said. */
  hopeless = false;
  #lackTold = false;
  earlyDataAccepted = false;

  constructor(keys: KeyLog) {
    this.#keys = keys;
  }

  /** What both hellos have settled, once they were there and are supported. */
  get agreement(): Agreement | undefined {
    return this.#agreement;
  }

  /** The ServerHello is still to come. */
  get awaitsServer(): boolean {
    return this.#server === undefined;
  }

  /** The client has announced 0-RTT data. */
  get earlyDataOffered(): boolean {
    return this.#client?.earlyData ?? false;
  }

  senderOf(dir: TlsDirection): Sender {
    return (this.#client?.dir ?? "c2s") === dir ? "client" : "server";
  }

  takeEvents(): TlsEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  tell(event: TlsEvent): void {
    this.#tellFacts();
    this.#events.push(event);
  }

  note(code: TlsNoteCode, text: string, place?: TlsPlace): void {
    this.tell({ type: "note", code, text, ...place });
  }

  clientHello(body: Uint8Array, dir: TlsDirection): void {
    const hello = readClientHello(body);
    if (!hello || this.#client) return;
    this.#client = { ...hello, dir };
    this.#agree();
  }

  serverHello(body: Uint8Array): void {
    const hello = readServerHello(body);
    if (!hello || hello.isRetry || this.#server) return;
    this.#server = hello;
    this.#alpn = hello.alpn;
    this.#agree();
  }

  /** A hello under encryption: TLS 1.2 negotiates again. In captures, either may be read first. */
  helloAgain(body: Uint8Array, sender: Sender): void {
    const hello = sender === "client" ? readClientHello(body) : readServerHello(body);
    this.#renewing = { ...this.#renewing, ...(hello && { [sender]: hello }) };
    const { client, server } = this.#renewing;
    if (!client || !server || !this.#latest) return;
    const suite = cipherSuite(server.cipherSuite);
    const { random: clientRandom } = client;
    const renewal: Agreement = { version: "1.2", suite, clientRandom, serverRandom: server.random };
    this.#latest.renewal = renewal;
    this.#latest = renewal;
    this.#renewing = {};
  }

  encryptedExtensions(body: Uint8Array): void {
    const { alpn, earlyData } = readEncryptedExtensions(body);
    this.#alpn = alpn;
    this.earlyDataAccepted = earlyData;
    this.#tellFacts();
  }

  /** Where decryption of a direction begins; undefined as long as a hello or a secret is missing. */
  firstEpoch(dir: TlsDirection): Epoch | undefined {
    const find = (clientRandom: Uint8Array) => this.#keys.find(clientRandom);
    return this.#agreement && firstEpoch(this.#agreement, this.senderOf(dir), find);
  }

  /** What is missing has not come, and cannot be waited for any longer. */
  giveUp(): void {
    if (this.hopeless || this.#lackTold) return;
    this.#lackTold = true;
    const [code, why] = this.#missing();
    this.note(code, `without a key: ${why}`);
  }

  #missing(): [TlsNoteCode, string] {
    if (!this.#client) return ["no-handshake", withoutHello("ClientHello")];
    const random = Buffer.from(this.#client.random).toString("hex");
    if (!this.#server) return ["no-handshake", withoutHello("ServerHello")];
    const { size, given } = this.#keys;
    if (!given) return ["no-key-log", "there is no key log"];
    if (size === 0) return ["no-key", "the key log holds no secret of TLS"];
    const which = this.#secrets() ? "not all secrets" : "no secret";
    return ["no-key", `the key log has ${which} for client random ${random}`];
  }

  #secrets(): TlsSecrets | undefined {
    return this.#client && this.#keys.find(this.#client.random);
  }

  #agree(): void {
    if (!this.#client || !this.#server) return;
    const { version: number, cipherSuite: id } = this.#server;
    const version = number === 0x0304 ? "1.3" : number === 0x0303 ? "1.2" : undefined;
    const suite = cipherSuite(id);
    if (!version) {
      this.#refuse("unsupported-version", `${versionName(number)} cannot be decrypted`);
    } else if (!suite.aead) {
      const why = suite.name.includes("_CBC_") ? "only AEAD suites are, CBC is not" : "unknown";
      this.#refuse("unsupported-suite", `cipher suite ${suite.name} is not supported: ${why}`);
    } else {
      const clientRandom = this.#client.random;
      this.#agreement = { version, suite, clientRandom, serverRandom: this.#server.random };
      this.#latest = this.#agreement;
      if (version === "1.2") this.#tellFacts();
    }
  }

  #refuse(code: TlsNoteCode, text: string): void {
    this.note(code, text);
    this.hopeless = true;
  }

  #tellFacts(): void {
    if (this.#factsTold || !this.#client || !this.#server) return;
    this.#factsTold = true;
    const { version, cipherSuite: id } = this.#server;
    this.#events.push({
      type: "facts",
      version: versionName(version),
      cipherSuite: cipherSuite(id).name,
      sni: this.#client.sni,
      alpn: this.#alpn,
      client: this.#client.dir,
    });
  }
}

/** The secrets of a key log are found, and used, by the random numbers of both. */
function withoutHello(hello: "ClientHello" | "ServerHello"): string {
  return `the ${hello} is not in the capture, without which no key log helps`;
}

function versionName(version: number): string {
  if (version === 0x0300) return "SSL 3.0";
  const minor = (version & 255) - 1;
  const known = version >> 8 === 3 && minor <= 3;
  return known ? `TLS 1.${minor}` : `TLS version 0x${version.toString(16).padStart(4, "0")}`;
}
