import { isUtf8 } from "node:buffer";
import { messageOf } from "../errors.ts";

/** What a client of channels asks for. */
export interface ChannelRequest {
  readonly type: "subscribe" | "unsubscribe" | "publish";
  readonly channel: string;
}

/** What is wrong with a message: a word for programs, and a sentence. */
export interface BadRequest {
  readonly type: "error";
  readonly code: "bad-json" | "bad-type" | "bad-channel" | "no-data" | "too-many-channels";
  readonly message: string;
}

/** The longest name of a channel, in UTF-16 units. */
export const MAX_CHANNEL_NAME = 256;

const TYPES = ["subscribe", "unsubscribe", "publish"] as const;

/** Reads a message of a client: `{"type":"subscribe","channel":"a"}` and its like. */
export function readChannelRequest(data: Uint8Array): ChannelRequest | BadRequest {
  const read = parse(data);
  if (read.error !== undefined) return bad("bad-json", `a request is JSON: ${read.error}`);
  const { type, channel, data: published } = membersOf(read.value);
  const known = TYPES.find((one) => one === type);
  if (!known) return bad("bad-type", `"type" is one of ${TYPES.join(", ")}`);
  if (typeof channel !== "string" || channel === "" || channel.length > MAX_CHANNEL_NAME) {
    return bad("bad-channel", `"channel" is a text of 1 to ${MAX_CHANNEL_NAME} characters`);
  }
  if (known === "publish" && published === undefined) {
    return bad("no-data", 'to publish there has to be "data"');
  }
  return { type: known, channel };
}

export function bad(code: BadRequest["code"], message: string): BadRequest {
  return { type: "error", code, message };
}

type Parsed = { readonly value: unknown; readonly error?: undefined } | { readonly error: string };

function parse(data: Uint8Array): Parsed {
  // To replace what is no UTF-8, piece by piece, takes a hundred times as long.
  if (!isUtf8(data)) return { error: "it is not UTF-8" };
  try {
    return { value: JSON.parse(Buffer.from(data.buffer, data.byteOffset, data.length).toString()) };
  } catch (thrown) {
    return { error: messageOf(thrown) };
  }
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
