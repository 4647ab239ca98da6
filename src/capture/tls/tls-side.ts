import { alertName, CLOSE_NOTIFY } from "./alerts.ts";
import type { Conversation, TlsDirection, TlsNoteCode } from "./conversation.ts";
import {
  CLIENT_HELLO,
  ENCRYPTED_EXTENSIONS,
  FINISHED,
  HandshakeReader,
  KEY_UPDATE,
  SERVER_HELLO,
} from "./handshake-reader.ts";
import { Losses } from "./losses.ts";
import {
  ALERT,
  APPLICATION_DATA,
  CHANGE_CIPHER_SPEC,
  HANDSHAKE,
  RECORD_HEADER_LENGTH,
  type TlsRecord,
} from "./record.ts";
import { type Opened, RecordOpener } from "./record-opener.ts";

/** What one direction consists of, in order. */
export type TlsItem =
  | { readonly kind: "record"; readonly record: TlsRecord }
  /** Bytes without a whole record; `type` where they are exactly one of that type. */
  | {
      readonly kind: "lost";
      readonly offset: number;
      readonly length: number;
      readonly type: number | undefined;
    }
  | { readonly kind: "end" };

/**
 * One direction of a connection: records in, what they say out.
 *
 * 1. The hellos are in the clear. Encryption begins with ChangeCipherSpec in TLS 1.2 and with the
 *    first record of application data in TLS 1.3, where ChangeCipherSpec says nothing.
 * 2. From there on, an item waits until the hellos of both sides and the secrets are known.
 * 3. In TLS 1.3 the real type is behind the content (RFC 8446, section 5.2), Finished and KeyUpdate
 *    change the keys; in TLS 1.2 a ChangeCipherSpec does that ends a renegotiation.
 * 4. What does not verify is missing like what was not captured, and said once for a run of them.
 */
export class TlsSide {
  readonly #dir: TlsDirection;
  readonly #conversation: Conversation;
  readonly #handshake: HandshakeReader;
  readonly #losses = new Losses();
  #opener: RecordOpener | undefined;
  /** ChangeCipherSpec has come: in TLS 1.2, all from here on is encrypted. */
  #switched = false;
  /** The keys have changed, and the next ones were not known yet. */
  #advancing = false;
  #failing = false;
  /** What it lacks has not come, and is not waited for any longer. */
  abandoned = false;
  #earlyDataTold = false;
  /** Nothing more is told. */
  #over = false;
  #ended = false;

  constructor(dir: TlsDirection, conversation: Conversation) {
    this.#dir = dir;
    this.#conversation = conversation;
    this.#handshake = new HandshakeReader((type, body) => this.#message(type, body));
  }

  /** A record has verified. */
  get verified(): boolean {
    return this.#opener?.verified ?? false;
  }

  /** What waits, and all that comes, is lost. */
  abandon(waiting: readonly TlsItem[]): void {
    this.abandoned = true;
    if (this.#advancing && this.#conversation.agreement?.version === "1.2") this.#tellRenewal();
    else this.#conversation.giveUp();
    for (const item of waiting) this.take(item);
    if (this.#losses.any) this.#tellGap(undefined);
  }

  /** So many bytes come to a side that is abandoned. */
  pass(length: number): void {
    this.#losses.add(length);
  }

  /** False where something is missing that may yet come: the item is to be brought again then. */
  take(item: TlsItem): boolean {
    if (item.kind === "record") return this.#over || this.#record(item.record) || this.#lacks(item);
    if (item.kind === "lost") this.#lost(item);
    else this.#end();
    return true;
  }

  #record(record: TlsRecord): boolean {
    if (this.#opener) return this.#encrypted(record, this.#opener);
    if (record.type === APPLICATION_DATA || this.#switched) return this.#firstEncrypted(record);
    if (record.type === CHANGE_CIPHER_SPEC) return this.#changeCipherSpec();
    if (record.type === ALERT) this.#plainAlert(record.body);
    if (record.type === HANDSHAKE) this.#handshake.push(record.body);
    return true;
  }

  /** It waits, or is lost. */
  #lacks({ record }: TlsItem & { kind: "record" }): boolean {
    if (this.abandoned) this.pass(RECORD_HEADER_LENGTH + record.body.length);
    return this.abandoned;
  }

  #changeCipherSpec(): boolean {
    const { agreement, awaitsServer } = this.#conversation;
    // In front of the ServerHello, it is behind a HelloRetryRequest of TLS 1.3.
    if (!agreement) return awaitsServer && this.#conversation.senderOf(this.#dir) === "server";
    this.#switched = agreement.version === "1.2";
    return true;
  }

  #firstEncrypted(record: TlsRecord): boolean {
    const conversation = this.#conversation;
    const epoch = conversation.firstEpoch(this.#dir);
    if (!epoch) return false;
    const is13 = conversation.agreement?.version === "1.3";
    const inFront = is13 && (epoch.kind === "application" || this.#mayBeEarly);
    this.#opener = new RecordOpener(epoch, { passOver: inFront && !this.#losses.any });
    this.#handshake.lose();
    return this.#encrypted(record, this.#opener);
  }

  get #mayBeEarly(): boolean {
    const conversation = this.#conversation;
    return conversation.earlyDataOffered && conversation.senderOf(this.#dir) === "client";
  }

  #encrypted(record: TlsRecord, opener: RecordOpener): boolean {
    const is13 = this.#conversation.agreement?.version === "1.3";
    if (is13 && record.type !== APPLICATION_DATA) {
      if (record.type === ALERT) this.#plainAlert(record.body);
      return true;
    }
    if (this.#advancing && !opener.advance()) return false;
    this.#advancing = false;
    const opened = opener.open(record);
    if (opened === "passed-over") return true;
    if (opened) this.#opened(record, opened, opener);
    else this.#failed(record, opener);
    return true;
  }

  #opened(record: TlsRecord, opened: Opened, opener: RecordOpener): void {
    this.#failing = false;
    this.#tellEarlyData(opener);
    this.#tellGap(opened.missing);
    const { content } = opened;
    if (this.#conversation.agreement?.version === "1.2") {
      this.#content(record.type, content, record);
      return;
    }
    const end = content.findLastIndex((octet) => octet !== 0);
    this.#content(content[end] ?? 0, content.subarray(0, Math.max(0, end)), record);
  }

  #content(type: number, content: Uint8Array, { tsNs }: TlsRecord): void {
    const dir = this.#dir;
    if (type === HANDSHAKE) this.#handshake.push(content);
    else if (type === ALERT) this.#alert(content);
    else if (type === CHANGE_CIPHER_SPEC) this.#changeKeys("application");
    else if (type === APPLICATION_DATA && content.length > 0) {
      this.#conversation.tell({ type: "data", dir, bytes: content, tsNs });
    }
  }

  #tellRenewal(): void {
    const why = "a hello is missing, or the key log lacks its secret";
    this.#note("renegotiation", `negotiates new keys that are not known: ${why}`);
  }

  #message(type: number, body: Uint8Array): void {
    if (type === CLIENT_HELLO || type === SERVER_HELLO) this.#hello(type, body);
    else if (this.#conversation.agreement?.version !== "1.3") return;
    else if (type === ENCRYPTED_EXTENSIONS) this.#conversation.encryptedExtensions(body);
    else if (type === FINISHED) this.#changeKeys("handshake");
    else if (type === KEY_UPDATE && body.length === 1) this.#changeKeys("application");
  }

  #hello(type: number, body: Uint8Array): void {
    if (this.#opener) return this.#helloAgain(type, body);
    if (type === CLIENT_HELLO) this.#conversation.clientHello(body, this.#dir);
    else this.#conversation.serverHello(body);
  }

  #helloAgain(type: number, body: Uint8Array): void {
    const sender = this.#conversation.senderOf(this.#dir);
    const fits = type === (sender === "client" ? CLIENT_HELLO : SERVER_HELLO);
    const is12 = this.#conversation.agreement?.version === "1.2";
    if (fits && is12) this.#conversation.helloAgain(body, sender);
  }

  /** Finished ends the handshake's epoch; behind it, it is part of authenticating the client late. */
  #changeKeys(kind: "handshake" | "application"): void {
    if (this.#opener?.epoch.kind !== kind) return;
    this.#handshake.lose();
    this.#advancing = !this.#opener.advance();
  }

  /** One that is encrypted, which the loss of ChangeCipherSpec may hide, is longer. */
  #plainAlert(body: Uint8Array): void {
    if (body.length === 2) this.#alert(body);
  }

  #alert([level, description]: Uint8Array): void {
    if (level === undefined || description === undefined || this.#ended) return;
    if (description === CLOSE_NOTIFY) this.#finish({ clean: true });
    else this.#note("alert", `sends the alert ${alertName(description)}`);
  }

  #lost({ offset, length, type }: TlsItem & { kind: "lost" }): void {
    this.#handshake.lose();
    if (this.#over) return;
    if (offset === 0 && !this.#opener) {
      this.#note("no-record", "has no TLS record at its beginning", 0);
    }
    const counts = type === APPLICATION_DATA || this.#conversation.agreement?.version === "1.2";
    if (this.#opener && type !== undefined) {
      if (counts) this.#loseRecord(this.#opener, type, length - RECORD_HEADER_LENGTH);
    } else {
      this.#opener?.lose();
      this.#losses.add(length);
    }
  }

  #loseRecord(opener: RecordOpener, type: number, bodyLength: number): void {
    const is12 = this.#conversation.agreement?.version === "1.2";
    const length = Math.max(0, bodyLength - opener.epoch.cipher.overhead);
    opener.skip();
    this.#losses.addRecord(is12 && type !== APPLICATION_DATA ? 0 : length, { exact: is12 });
  }

  #failed({ type, body, offset }: TlsRecord, opener: RecordOpener): void {
    if (!this.#failing) this.#tellFailure(opener, offset);
    this.#failing = true;
    this.#handshake.lose();
    this.#loseRecord(opener, type, body.length);
    if (!opener.exhausted) return;
    this.#note("gave-up", "is not decrypted any further: too many records do not verify", offset);
    this.#tellGap(undefined);
    this.#over = true;
  }

  #tellFailure({ verified }: RecordOpener, offset: number): void {
    const why = verified
      ? "the capture is damaged there"
      : "the key log has another connection's secret, or the capture is damaged";
    this.#note("bad-record", `has a TLS record that does not verify: ${why}`, offset);
  }

  #tellGap(missing: number | undefined): void {
    const recordOverhead = RECORD_HEADER_LENGTH + (this.#opener?.epoch.cipher.overhead ?? 0);
    const lost = this.#losses.take(missing, recordOverhead);
    if (lost) this.#conversation.tell({ type: "gap", dir: this.#dir, ...lost });
  }

  #tellEarlyData({ passedOver }: RecordOpener): void {
    if (passedOver === 0 || this.#earlyDataTold || !this.#mayBeEarly) return;
    this.#earlyDataTold = true;
    this.#note("early-data", `sends ${passedOver} encrypted bytes of 0-RTT data, passed over`);
    if (!this.#conversation.earlyDataAccepted) return;
    this.#conversation.tell({ type: "gap", dir: this.#dir, length: passedOver, exact: false });
  }

  #end(): void {
    const opener = this.#opener;
    if (this.#ended) return;
    const mayBeData = this.abandoned || opener?.epoch.kind === "application";
    if (mayBeData && this.#losses.any) this.#tellGap(undefined);
    if (opener && !opener.verified && opener.passedOver > 0) {
      this.#note("bad-record", "has no TLS record that fits the secrets of the key log");
    }
    this.#finish({ clean: false });
  }

  #finish({ clean }: { readonly clean: boolean }): void {
    this.#ended = true;
    this.#over = true;
    this.#conversation.tell({ type: "end", dir: this.#dir, clean });
  }

  /** @param what the sender does, or has */
  #note(code: TlsNoteCode, what: string, offset?: number): void {
    const place = offset === undefined ? { dir: this.#dir } : { dir: this.#dir, offset };
    const where = offset === undefined ? "" : ` (byte ${offset})`;
    const who = this.#conversation.senderOf(this.#dir);
    this.#conversation.note(code, `the ${who} ${what}${where}`, place);
  }
}
