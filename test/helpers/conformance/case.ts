import { createHash } from "node:crypto";
import type { Compressor } from "./compressor.ts";
import { frame } from "./frame-codec.ts";

/** What a case does, one thing after another. */
export type Step =
  /** Writes bytes, `chop` of them at a time where that is given. */
  | { readonly send: Uint8Array; readonly chop?: number }
  /** Waits until so many events have come, or no more can. */
  | { readonly events: number }
  /** Gives the server time to find fault with a frame that is not all there. */
  | { readonly pause: true };

/** What may come of a case. */
export interface Outcome {
  /** Messages and pongs in order, as `tokenOf` words them. */
  readonly events: readonly string[];
  /** Codes of the server's Close frame, 1005 where it has none; "none" where there is no such frame. */
  readonly close: readonly (number | "none")[];
}

export interface Plan {
  /** One after another; each may be made when it is its turn. */
  readonly steps: Iterable<Step>;
  readonly right: readonly Outcome[];
  /** What the RFCs let pass, though there is better. */
  readonly tolerable: readonly Outcome[];
  /**
   * Who closes: we, once all events of the first right outcome have come; we, with a Close frame that is
   * among the steps; or the server.
   */
  readonly closes: "at the end" | "in a step" | "server";
}

/** How a case asks for its connection. */
export interface Asking {
  /** Replaces headers by name; without a value it leaves them out, several values repeat them. */
  readonly headers?: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly requestLine?: string;
  /** Writes the request so many octets at a time. */
  readonly chop?: number;
  /** Sent behind the request, before there is an answer. */
  readonly early?: Uint8Array;
}

export interface Case {
  /** Numbers up to 13 mean what they mean in the Autobahn test suite. */
  readonly id: string;
  readonly title: string;
  readonly asking?: Asking;
  /** Statuses that answer the request rightly; 101 alone where it is not given. */
  readonly status?: { readonly right: readonly number[]; readonly tolerable?: readonly number[] };
  /** The value of Sec-WebSocket-Extensions; the server is to agree to it, or must not. */
  readonly offer?: { readonly text: string; readonly mayAgree: boolean };
  plan(compressor: Compressor): Plan;
}

const LONGEST_SHOWN = 48;

/** A message or a pong in words that compare well, whatever its length. */
export function tokenOf(kind: "text" | "binary" | "ping" | "pong", payload: Uint8Array): string {
  const bytes = Buffer.from(payload);
  if (bytes.length > LONGEST_SHOWN) {
    const digest = createHash("sha1").update(bytes).digest("hex").slice(0, 12);
    return `${kind} of ${bytes.length} bytes (${digest})`;
  }
  if (kind !== "text") return `${kind} <${bytes.toString("hex")}>`;
  return `text ${JSON.stringify(new TextDecoder("utf-8", { fatal: true }).decode(bytes))}`;
}

export const text = (payload: string | Uint8Array): string =>
  tokenOf("text", Buffer.from(payload as Uint8Array));
export const binary = (payload: Uint8Array): string => tokenOf("binary", payload);
export const pong = (payload: string | Uint8Array): string =>
  tokenOf("pong", Buffer.from(payload as Uint8Array));

export const OP = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

export function closeFrame(code?: number, reason: string | Uint8Array = ""): Buffer {
  if (code === undefined) return frame("", { opcode: OP.close });
  return frame(
    Buffer.concat([Buffer.from([code >> 8, code & 255]), Buffer.from(reason as Uint8Array)]),
    {
      opcode: OP.close,
    },
  );
}

/** The bytes at one go, each frame by itself, and octet by octet. */
export function inPieces(
  frames: readonly Uint8Array[],
): readonly (readonly [how: string, Step[]])[] {
  return [
    ["in one write", [{ send: Buffer.concat(frames) }]],
    ["frame by frame", frames.map((send) => ({ send }))],
    ["octet by octet", frames.map((send) => ({ send, chop: 1 }))],
  ];
}

/** The server answers all with these events, and then our Close frame with its own. */
export function answers(steps: Iterable<Step>, events: readonly string[]): Plan {
  return { steps, closes: "at the end", right: [{ events, close: [1000] }], tolerable: [] };
}

/** The server closes for a fault of ours, when it has done what came before. */
export function fails(
  steps: Iterable<Step>,
  {
    codes,
    before = [],
  }: { readonly codes: readonly number[]; readonly before?: readonly string[] },
): Plan {
  const prefixes = before.map((_, i) => before.slice(0, i));
  const close = [...codes, "none"] as const;
  return {
    steps,
    closes: "server",
    right: [{ events: before, close: codes }],
    tolerable: [...prefixes, before].map((events) => ({ events, close })),
  };
}

/** The server answers the Close frame that is among the steps. */
export function closes(
  steps: Iterable<Step>,
  {
    codes,
    tolerable = [],
    before = [],
  }: {
    readonly codes: readonly number[];
    readonly tolerable?: readonly (number | "none")[];
    readonly before?: readonly string[];
  },
): Plan {
  const prefixes = before.map((_, i) => before.slice(0, i));
  return {
    steps,
    closes: "in a step",
    right: [{ events: before, close: codes }],
    tolerable: [...prefixes, before].map((events) => ({ events, close: [...codes, ...tolerable] })),
  };
}
