import { Opcode } from "../protocol/opcodes.ts";
import { parseRows, type Row, type Rows } from "../scenario/data-rows.ts";
import { type Key, keyReaders, type Match } from "../scenario/matcher.ts";
import { numberedPayload } from "../scenario/payload.ts";
import type { RecordedStep } from "../scenario/recording.ts";
import { drawSize, type SizeSpec } from "../scenario/sizes.ts";
import { compileTemplate, type Template } from "../scenario/template.ts";
import { unreachable } from "../transport/events.ts";

/** What one message holds. */
export type Content =
  /** The alphabet over and over: the same for each message of its size. */
  | { readonly type: "letters"; readonly sizes: SizeSpec }
  /** Begins with the number of the message on its socket. */
  | { readonly type: "numbered"; readonly sizes: SizeSpec }
  | { readonly type: "bytes"; readonly bytes: Uint8Array }
  /** Text with placeholders. */
  | { readonly type: "template"; readonly text: string };

export interface WeightedContent {
  readonly weight: number;
  readonly content: Content;
}

/** What is sent, and how replies belong to it: plain data, so that it can travel to workers. */
export interface MessagePlan {
  readonly kind: "text" | "binary";
  readonly contents: readonly WeightedContent[];
  /** A table of which each socket has a row. */
  readonly rows?: { readonly text: string; readonly name: string } | undefined;
  /** Sent by turns in place of `contents`. */
  readonly recording?: readonly RecordedStep[] | undefined;
  /** What is published, for `fanout`: text in which `{{stamp}}` stands once at least. */
  readonly published?: string | undefined;
  readonly match: Match;
  /** Each reply is compared with what was sent. */
  readonly verify: boolean;
  /** Sent by each socket when it opens, before any other; may hold placeholders. */
  readonly onOpen: readonly string[];
}

/** One message that is to be sent. */
export interface Composed {
  readonly opcode: number;
  readonly payload: Uint8Array;
  /** What its reply is known by; undefined where it will have none, or order decides. */
  readonly key: Key | undefined;
  /** How many replies it will have. */
  readonly replies: number;
}

type Make = (socket: number, seq: number) => Uint8Array;

const LETTERS = "abcdefghijklmnopqrstuvwxyz";

/** The payload of all messages where they are all the same. */
export function constantPayload(plan: MessagePlan): Uint8Array | undefined {
  const [first, ...more] = plan.contents;
  if (!first || more.length > 0 || plan.recording) return undefined;
  const { content } = first;
  if (content.type === "bytes") return content.bytes;
  if (content.type === "letters" && content.sizes.kind === "fixed") {
    return Buffer.alloc(content.sizes.size, LETTERS);
  }
  return undefined;
}

/** Whether replies have to be looked into, and not only counted. */
export function looksInside({ match, verify, recording }: MessagePlan): boolean {
  return match.by !== "order" || verify || recording !== undefined;
}

/** Makes the messages of a plan, each for a socket and a number on that socket. */
export class Composer {
  readonly #plan: MessagePlan;
  readonly #opcode: number;
  readonly #random: () => number;
  readonly #makers: readonly Make[];
  readonly #keyOf: ((payload: Uint8Array) => Key | undefined) | undefined;
  /** The table of which each socket has a row. */
  readonly rows: Rows | undefined;
  readonly #onOpen: readonly Template[];
  /** What stands before and after each stamp. */
  readonly #stamped: readonly Template[];
  /** Sums of the weights up to each content. */
  readonly #steps: readonly number[];

  private constructor(
    plan: MessagePlan,
    rows: Rows | undefined,
    keyOf: ((payload: Uint8Array) => Key | undefined) | undefined,
    random: () => number,
  ) {
    this.#plan = plan;
    this.#opcode = plan.kind === "text" ? Opcode.text : Opcode.binary;
    this.#random = random;
    this.rows = rows;
    this.#keyOf = keyOf;
    this.#makers = plan.published ? [] : plan.contents.map(({ content }) => this.#maker(content));
    this.#stamped = (plan.published ?? "")
      .split(STAMP)
      .map((text) => compileTemplate(text, "--payload", rows?.columns));
    this.#onOpen = plan.onOpen.map((text) => compileTemplate(text, "--send", rows?.columns));
    let sum = 0;
    this.#steps = plan.contents.map(({ weight }) => (sum += weight));
  }

  /** @throws FramecatError (usage) where a template, a path or the table of rows is wrong */
  static async create(plan: MessagePlan, random: () => number): Promise<Composer> {
    const rows = plan.rows && (await parseRows(plan.rows.text, plan.rows.name));
    const readers = await keyReaders(plan.match, "--match");
    return new Composer(plan, rows, readers?.request, random);
  }

  compose(socket: number, seq: number): Composed {
    const { recording } = this.#plan;
    if (recording) return this.#replay(recording, seq);
    const payload = this.#makers[this.#choose()]?.(socket, seq) ?? EMPTY;
    const key = this.#keyOf?.(payload);
    const replies = this.#keyOf && key === undefined ? 0 : 1;
    return { opcode: this.#opcode, payload, key, replies };
  }

  /** A message to publish: its text with the stamp where `{{stamp}}` stands. */
  stamped(socket: number, seq: number, stamp: string): Uint8Array {
    const text = this.#stamped.map((template) => this.fill(template, socket, seq)).join(stamp);
    return Buffer.from(text);
  }

  /** The time between a message of a recording and the one before it, in ms. */
  gapMs(seq: number): number {
    const { recording = [] } = this.#plan;
    return recording[seq % recording.length]?.gapMs ?? 0;
  }

  /** What a socket sends when it opens. */
  greetings(socket: number): Uint8Array[] {
    return this.#onOpen.map((template) => Buffer.from(this.fill(template, socket, 0)));
  }

  fill(template: Template, socket: number, seq: number): string {
    const row = this.rows?.at(socket) ?? NO_ROW;
    const { fill } = template;
    return fill({ seq, socket, row, random: this.#random, nowMs });
  }

  #replay(steps: readonly RecordedStep[], seq: number): Composed {
    const step = steps[seq % steps.length];
    const { kind = "text", payload = EMPTY, replies = 0 } = step ?? {};
    const key = this.#keyOf?.(payload);
    return {
      opcode: kind === "text" ? Opcode.text : Opcode.binary,
      payload,
      key,
      replies: this.#keyOf ? Number(key !== undefined) : replies,
    };
  }

  #choose(): number {
    if (this.#steps.length === 1) return 0;
    const drawn = this.#random() * (this.#steps.at(-1) ?? 0);
    return this.#steps.findIndex((step) => drawn < step);
  }

  #maker(content: Content): Make {
    switch (content.type) {
      case "bytes":
        return () => content.bytes;
      case "letters":
        return () => Buffer.alloc(drawSize(content.sizes, this.#random), LETTERS);
      case "numbered":
        return (_, seq) => {
          return numberedPayload(seq, drawSize(content.sizes, this.#random));
        };
      case "template": {
        const template = compileTemplate(content.text, "--payload", this.rows?.columns);
        return (socket, seq) => Buffer.from(this.fill(template, socket, seq));
      }
      default:
        return unreachable(content);
    }
  }
}

const STAMP = "{{stamp}}";
const EMPTY = Buffer.alloc(0);
/** Milliseconds since 1970, with a fraction. */
function nowMs(): number {
  return performance.timeOrigin + performance.now();
}

const NO_ROW: Row = [];
