import type { SendOptions } from "../../transport/connection.ts";
import type { Client, Deliver } from "../client.ts";
import { type Random, striker } from "./dice.ts";
import type { MessageFault, TellFault } from "./fault.ts";
import { encodeFaulty, fragmentCount, type FrameErrors } from "./faulty-frames.ts";

export interface MessageFaultOptions {
  readonly faults: readonly MessageFault[];
  /** The random numbers of a fault at this client. */
  readonly random: (fault: MessageFault) => Random;
  readonly tell: TellFault;
}

/** How long a message waits for one that overtakes it. */
const REORDER_MS = 1000;
/** An octet that no UTF-8 has (RFC 3629, section 1). */
const NEVER_IN_UTF8 = 0xff;

const DONE = Promise.resolve();

interface Die {
  readonly fault: MessageFault;
  readonly random: Random;
  readonly strikes: (number: number) => boolean;
}

type Name = MessageFault["name"];
type Struck = ReadonlyMap<Name, Die>;

/**
 * Spoils messages to a client.
 *
 * 1. Each message has a number. Which faults strike it is decided first, for each fault by itself, so
 *    that it depends on the number alone.
 * 2. A message that is dropped is not touched otherwise. Else its payload is spoiled, then its frames;
 *    such frames are not compressed. Then it may go twice, and behind the next one.
 * 3. Fragments that a mode sends pass as they are.
 */
export function messageFaults(client: Client, options: MessageFaultOptions): void {
  if (options.faults.length === 0) return;
  client.deliverBy((deliver) => {
    const spoiler = new Spoiler(client, deliver, options);
    void client.connection.closed.then(() => spoiler.stop());
    return (data, sending) => spoiler.deliver(data, sending);
  });
}

class Spoiler {
  readonly #client: Client;
  readonly #deliver: Deliver;
  readonly #tell: TellFault;
  readonly #dice: readonly Die[];
  #number = 0;
  #held: (() => Promise<void>) | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(client: Client, deliver: Deliver, { faults, random, tell }: MessageFaultOptions) {
    this.#client = client;
    this.#deliver = deliver;
    this.#tell = tell;
    this.#dice = faults.map((fault) => {
      // What strikes does not depend on what it does then, which may need random numbers, too.
      return {
        fault,
        random: random({ ...fault, text: `${fault.text} what` }),
        strikes: striker(fault.when, random(fault)),
      };
    });
  }

  deliver(data: string | Uint8Array, options: SendOptions): Promise<void> {
    if (options.fin === false || this.#client.connection.midMessage) {
      return this.#deliver(data, options);
    }
    this.#number += 1;
    const dice = this.#dice.filter(({ strikes }) => strikes(this.#number));
    if (dice.length === 0) return this.#pass(() => this.#deliver(data, options));
    const struck: Struck = new Map(dice.map((die) => [die.fault.name, die]));
    if (struck.has("drop")) return this.#drop(data, options);
    const send = this.#spoil(data, options, struck);
    return struck.has("reorder") && !this.#held ? this.#hold(send) : this.#pass(send);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#held = undefined;
  }

  #drop({ length }: string | Uint8Array, { sent }: SendOptions): Promise<void> {
    this.#say("drop", `is dropped (${length} B)`);
    sent?.(false);
    return DONE;
  }

  #spoil(data: string | Uint8Array, options: SendOptions, struck: Struck): () => Promise<void> {
    const { binary = false } = options;
    const payload = this.#spoilPayload(Buffer.from(data), binary, struck);
    const errors = this.#frameErrors(payload, struck);
    const send = (sending: SendOptions) => this.#send(payload, sending, errors);
    if (!struck.has("duplicate")) return () => send(options);
    this.#say("duplicate", "is sent twice");
    return () => {
      void send(options);
      return send({ ...options, sent: undefined });
    };
  }

  /** @param payload a copy of what is to be sent */
  #spoilPayload(payload: Buffer, binary: boolean, struck: Struck): Uint8Array {
    const corrupt = struck.get("corrupt");
    if (corrupt && payload.length > 0) {
      const bit = Math.floor(corrupt.random() * payload.length * 8);
      const at = bit >> 3;
      payload[at] = (payload[at] ?? 0) ^ (0x80 >> (bit & 7));
      this.#say("corrupt", `has bit ${bit & 7} of byte ${at} flipped`);
    }
    const badUtf8 = struck.get("bad-utf8");
    if (!badUtf8 || binary) return payload;
    const at = Math.floor(badUtf8.random() * payload.length);
    this.#say("bad-utf8", `has ff as byte ${at}`);
    if (payload.length === 0) return Uint8Array.of(NEVER_IN_UTF8);
    payload[at] = NEVER_IN_UTF8;
    return payload;
  }

  /** Undefined where the frames are in order. */
  #frameErrors(payload: Uint8Array, struck: Struck): FrameErrors | undefined {
    let errors: FrameErrors | undefined;
    for (const { fault, random } of struck.values()) {
      const error = frameError(fault, random);
      if (!error) continue;
      errors = { ...errors, ...error };
      this.#say(fault.name, frameWords(fault, payload));
    }
    return errors;
  }

  #send(payload: Uint8Array, options: SendOptions, errors?: FrameErrors): Promise<void> {
    if (!errors) return this.#deliver(payload, options);
    const { binary = false, sent } = options;
    const frame = encodeFaulty(payload, binary, errors);
    if (errors.opcode === undefined) {
      const shared = { payload, binary, frame };
      return this.#deliver(payload, { ...options, compress: false, shared });
    }
    // Whatever that is, it is no message.
    const room = this.#client.connection.sendRaw(frame);
    sent?.(true);
    return room;
  }

  #hold(send: () => Promise<void>): Promise<void> {
    this.#say("reorder", "waits for the next one");
    this.#held = send;
    this.#timer = setTimeout(() => void this.#release(), REORDER_MS);
    return DONE;
  }

  /** Sends a message, and the one behind it that it has overtaken. */
  #pass(send: () => Promise<void>): Promise<void> {
    const room = send();
    return this.#held ? this.#release() : room;
  }

  #release(): Promise<void> {
    const held = this.#held;
    this.stop();
    return held && this.#client.isOpen ? held() : DONE;
  }

  #say(name: Name, what: string): void {
    this.#tell(name, `message ${this.#number} ${what}`);
  }
}

function frameError(fault: MessageFault, random: Random): FrameErrors | undefined {
  switch (fault.name) {
    case "mask":
      return { maskKey: Math.floor(random() * 2 ** 32) };
    case "rsv1":
    case "rsv2":
    case "rsv3":
      return { [fault.name]: true };
    case "fragment":
      return { fragmentSize: fault.size };
    case "opcode":
      return { opcode: fault.opcode };
    default:
      return undefined;
  }
}

function frameWords(fault: MessageFault, payload: Uint8Array): string {
  switch (fault.name) {
    case "mask":
      return "is masked";
    case "fragment":
      return `goes in frames: ${fragmentCount(payload, fault.size)}`;
    case "opcode":
      return `has opcode 0x${fault.opcode.toString(16)}`;
    default:
      return `has ${fault.name.toUpperCase()}`;
  }
}
