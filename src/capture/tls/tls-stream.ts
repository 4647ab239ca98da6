import { Conversation, type TlsDirection, type TlsEvent } from "./conversation.ts";
import type { KeyLog } from "./key-log.ts";
import { RecordReader } from "./record-reader.ts";
import { type TlsItem, TlsSide } from "./tls-side.ts";

/** Memory for what waits for its secrets; one for the streams of a capture. */
export interface WaitingBudget {
  /** Bytes that one connection may hold, and all together. */
  readonly maxOfStream: number;
  readonly maxOfAll: number;
  /** Bytes that all hold now. */
  held: number;
}

/** By default 1 MiB of one connection, and 64 MiB of all. */
export function waitingBudget(limits: Partial<WaitingBudget> = {}): WaitingBudget {
  return { maxOfStream: 2 ** 20, maxOfAll: 64 * 2 ** 20, ...limits, held: 0 };
}

/** What an item costs beside its bytes. */
const ITEM_OVERHEAD = 128;

interface Lane {
  readonly reader: RecordReader;
  readonly side: TlsSide;
  /** What waits, because the side lacks a hello or a secret. */
  waiting: TlsItem[];
}

/**
 * Decrypts one TLS connection of a capture: the bytes of both directions in, events out.
 *
 * Whatever the bytes and however they are split, no method throws. Secrets may come before or after
 * what they decrypt: what lacks them waits, within limits.
 */
export class TlsStream {
  readonly #conversation: Conversation;
  readonly #budget: WaitingBudget;
  readonly #lanes: Readonly<Record<TlsDirection, Lane>>;
  #held = 0;

  constructor(keys: KeyLog, budget = waitingBudget()) {
    this.#conversation = new Conversation(keys);
    this.#budget = budget;
    this.#lanes = { c2s: this.#lane("c2s"), s2c: this.#lane("s2c") };
  }

  /** Something waits for a hello, or a secret. */
  get waiting(): boolean {
    return this.#held > 0;
  }

  /** A record of either direction has verified: the secrets are those of the connection. */
  get verified(): boolean {
    return this.#lanes.c2s.side.verified || this.#lanes.s2c.side.verified;
  }

  /**
   * The next bytes of a direction; they may be reused afterwards.
   * @param tsNs when they came, in nanoseconds since 1970
   */
  push(dir: TlsDirection, bytes: Uint8Array, tsNs: bigint): TlsEvent[] {
    if (this.#conversation.hopeless) return [];
    const { reader, side } = this.#lanes[dir];
    if (side.abandoned) side.pass(bytes.length);
    else reader.push(bytes, tsNs);
    return this.#goOn();
  }

  /** `length` bytes of a direction are not in the capture. */
  gap(dir: TlsDirection, length: number): TlsEvent[] {
    if (length > 0) this.#lanes[dir].reader.gap(length);
    return this.#goOn();
  }

  /** A direction has ended. What waits for secrets goes on waiting. */
  end(dir: TlsDirection): TlsEvent[] {
    const lane = this.#lanes[dir];
    lane.reader.end();
    this.#take(lane, { kind: "end" });
    return this.#goOn();
  }

  /** The key log has grown. */
  secretsAdded(): TlsEvent[] {
    return this.#goOn();
  }

  /** Neither bytes nor secrets come any more: says what could not be decrypted. */
  close(): TlsEvent[] {
    const ended = [...this.end("c2s"), ...this.end("s2c")];
    if (this.waiting) this.#giveUp();
    return [...ended, ...this.#conversation.takeEvents()];
  }

  #lane(dir: TlsDirection): Lane {
    const reader = new RecordReader({
      record: (record) => this.#take(lane, { kind: "record", record }),
      lost: (offset, length, type) => this.#take(lane, { kind: "lost", offset, length, type }),
    });
    const side = new TlsSide(dir, this.#conversation);
    const lane: Lane = { reader, side, waiting: [] };
    return lane;
  }

  #take(lane: Lane, item: TlsItem): void {
    if (lane.waiting.length === 0 && this.#tell(lane, item)) return;
    lane.waiting.push(keep(item));
    this.#hold(costOf(item));
    const { maxOfStream, maxOfAll, held } = this.#budget;
    if (this.#held > maxOfStream || held > maxOfAll) this.#giveUp();
  }

  /** False where the item must wait. */
  #tell({ side }: Lane, item: TlsItem): boolean {
    return (this.#conversation.hopeless && item.kind !== "end") || side.take(item);
  }

  #goOn(): TlsEvent[] {
    while (this.#drain(this.#lanes.c2s) || this.#drain(this.#lanes.s2c));
    return this.#conversation.takeEvents();
  }

  /** Whether anything that waited could go on. */
  #drain(lane: Lane): boolean {
    const items = lane.waiting;
    const stuck = items.findIndex((item) => !this.#tell(lane, item));
    const done = stuck < 0 ? items.length : stuck;
    if (done === 0) return false;
    lane.waiting = items.slice(done);
    for (const item of items.slice(0, done)) this.#hold(-costOf(item));
    return true;
  }

  /** What waits is lost, and so is all that follows in its direction; the other one goes on. */
  #giveUp(): void {
    for (const lane of Object.values(this.#lanes)) {
      const { waiting } = lane;
      lane.waiting = [];
      if (waiting.length > 0) lane.side.abandon(waiting);
    }
    this.#hold(-this.#held);
  }

  #hold(bytes: number): void {
    this.#held += bytes;
    this.#budget.held += bytes;
  }
}

/** An item that outlives the bytes it was read from. */
function keep(item: TlsItem): TlsItem {
  if (item.kind !== "record") return item;
  const { record } = item;
  return { ...item, record: { ...record, body: Uint8Array.from(record.body) } };
}

function costOf(item: TlsItem): number {
  return ITEM_OVERHEAD + (item.kind === "record" ? item.record.body.length : 0);
}
