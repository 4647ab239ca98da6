import { hash } from "node:crypto";
import { acceptInput, encodeKey } from "../protocol/accept-key.ts";
import type { ResponseVerdict } from "../protocol/client-handshake.ts";
import { ClientUpgrade, type UpgradeOptions, type UpgradeResult } from "./client-upgrade.ts";
import type { Target } from "./target.ts";

type Open = Extract<UpgradeResult, { state: "open" }>;
type Failed = Extract<UpgradeResult, { state: "failed" }>;

/** An `UpgradeResult` without the response, which is not read anew for each. */
export type OpeningResult =
  Pick<Open, "state" | "verdict" | "rest"> | Pick<Failed, "state" | "failure">;

/** A response that is good, around its accept key. */
interface Known {
  readonly before: string;
  readonly after: string;
  readonly verdict: ResponseVerdict;
}

/**
 * Opening handshakes of one kind: all ask one target for the same, and differ by key alone.
 *
 * 1. The request is made once; each handshake puts its own key into it.
 * 2. A response is read and judged by `ClientUpgrade`. One that was found good is kept. A later one
 *    that has the same bytes, but for the accept key, which has to be that of its own request, is good
 *    for the same reasons, and is not read again.
 * 3. All else, which is every failure too, is `ClientUpgrade`'s to say.
 */
export class Opening {
  readonly #target: Target;
  readonly #options: UpgradeOptions;
  /** The parts around the key; one where there is none of ours. */
  readonly #request: readonly string[];
  #known: Known | undefined;

  /**
   * @param random 16 bytes for a key, which is not used
   * @throws FramecatError (usage) when a header cannot be sent
   */
  constructor(target: Target, options: UpgradeOptions, random: Uint8Array) {
    this.#target = target;
    this.#options = options;
    const { bytes } = this.judge(random);
    // A header of the user may stand in the place of ours.
    this.#request = latin1(bytes).split(encodeKey(random));
  }

  /** The request as it goes on the wire, in Latin-1. */
  request(key: string): string {
    return this.#request.join(key);
  }

  /** Reads and judges a response. @param random what the key is made of */
  judge(random: Uint8Array): ClientUpgrade {
    return new ClientUpgrade(this.#target, this.#options, random);
  }

  /** What it comes to, where `bytes` begin with a response that is known to be good. */
  recognize(bytes: Uint8Array, key: string): OpeningResult | undefined {
    if (!this.#known) return undefined;
    const { before, after, verdict } = this.#known;
    if (!holds(bytes, 0, before)) return undefined;
    const accept = quickAcceptKey(key);
    const afterAt = before.length + accept.length;
    if (!holds(bytes, before.length, accept) || !holds(bytes, afterAt, after)) return undefined;
    return { state: "open", verdict, rest: bytes.subarray(afterAt + after.length) };
  }

  /** Keeps a response that was found good. @param bytes all that came, what follows it included */
  learn(bytes: Uint8Array, { verdict, rest }: Open, key: string): void {
    const response = latin1(bytes, bytes.length - rest.length);
    const [before = "", after, ...more] = response.split(quickAcceptKey(key));
    // Where the accept key stands a second time, that would have to be exchanged as well.
    if (after !== undefined && more.length === 0) this.#known = { before, after, verdict };
  }
}

/** One handshake of a kind, as `ClientUpgrade` does it. */
export class OpeningUpgrade {
  readonly #opening: Opening;
  readonly #random: Uint8Array;
  readonly #key: string;
  #judge: ClientUpgrade | undefined;

  /** @param random 16 bytes for the key */
  constructor(opening: Opening, random: Uint8Array) {
    this.#opening = opening;
    this.#random = random;
    this.#key = encodeKey(random);
  }

  /** The request as it goes on the wire, in Latin-1. */
  get request(): string {
    return this.#opening.request(this.#key);
  }

  /** Takes the next bytes from the server; undefined while more are needed. */
  push(bytes: Uint8Array): OpeningResult | undefined {
    if (this.#judge) return this.#judge.push(bytes);
    const known = this.#opening.recognize(bytes, this.#key);
    if (known) return known;
    this.#judge = this.#opening.judge(this.#random);
    const result = this.#judge.push(bytes);
    if (result?.state === "open") this.#opening.learn(bytes, result, this.#key);
    return result;
  }

  /** The connection has ended, or the time is up. */
  ended(reason: "closed" | "timed-out", timeoutMs?: number): OpeningResult {
    this.#judge ??= this.#opening.judge(this.#random);
    return this.#judge.ended(reason, timeoutMs);
  }
}

/** As `acceptKey`, of a key in base64; node's SHA-1 takes a fraction of the time that ours takes. */
function quickAcceptKey(key: string): string {
  return hash("sha1", acceptInput(key), "base64");
}

/** Whether `text` stands in `bytes` from `at` on. */
function holds(bytes: Uint8Array, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    if (bytes[at + i] !== text.charCodeAt(i)) return false;
  }
  return true;
}

function latin1({ buffer, byteOffset, byteLength }: Uint8Array, length = byteLength): string {
  return Buffer.from(buffer, byteOffset, length).toString("latin1");
}
