import { Buffer } from "node:buffer";
import { messageOf, usageError } from "../errors.ts";
import { compileJsonPath, type JsonPath } from "./json-path.ts";
import { compileShape } from "./message-shape.ts";

/** How requests are written, and how their replies are known. */
export interface RequestShape {
  readonly encode: (request: Request) => string;
  /** What a message answers, read from its JSON; undefined where it is no reply. */
  readonly read: (message: unknown) => Reply | undefined;
}

export interface Request {
  readonly id: number;
  readonly type: string;
  /** JSON, which is sent as it is written: no digit of a number gets lost. */
  readonly params?: string | undefined;
}

export interface Reply {
  /** As it stands in the reply: some servers make text of a number. */
  readonly id: string | number;
  readonly outcome: ReplyOutcome;
}

export type ReplyOutcome =
  { readonly ok: true; readonly data: unknown } | { readonly ok: false; readonly error: unknown };

/** `{id,type,params}`, answered by `{id,type:"response",data}` or `{id,type:"response",error}`. */
export const DEFAULT_SHAPE: RequestShape = {
  encode: ({ id, type, params }) =>
    `{"id":${id},"type":${JSON.stringify(type)}${member("params", params)}}`,
  read: (message) => {
    if (!isObject(message) || message.type !== "response") return undefined;
    return replyOf(message, "data");
  },
};

/** JSON-RPC 2.0, section 4 and 5; one call at a time. */
export const JSON_RPC: RequestShape = {
  encode: ({ id, type, params }) =>
    `{"jsonrpc":"2.0","id":${id},"method":${JSON.stringify(type)}${member("params", params)}}`,
  read: (message) => {
    if (!isObject(message) || message.jsonrpc !== "2.0") return undefined;
    return "result" in message || "error" in message ? replyOf(message, "result") : undefined;
  },
};

/** Where a reply holds the id, unless told otherwise. */
export const DEFAULT_REPLY_ID = "$.id";

/**
 * `--rpc`: `jsonrpc`, or a message with `{{id}}`, `{{type}}` and, if it likes, `{{params}}`, which is
 * `{}` where none are given. Of such a shape any message with an id that waits is the reply, whole.
 * @param replyId JSONPath of the id in replies
 * @throws FramecatError (usage) naming the flag and the position
 */
export async function parseRequestShape(
  text: string,
  replyId: string = DEFAULT_REPLY_ID,
): Promise<RequestShape> {
  if (text === "jsonrpc") return JSON_RPC;
  if (!text.includes("{{")) {
    throw usageError(
      `--rpc ${JSON.stringify(text)} is neither jsonrpc nor a message with {{id}} and {{type}}`,
      'Example: --rpc \'{"op":"{{type}}","ref":"{{id}}","args":{{params}}}\'.',
    );
  }
  const fill = compileShape(text, "--rpc", ["id", "type", "params"], ["params"]);
  const find = await compileJsonPath(replyId, "--rpc-reply-id");
  return {
    encode: ({ id, type, params = "{}" }) => fill({ id: String(id), type, params }),
    read: (message) => readWhole(message, find),
  };
}

function readWhole(message: unknown, find: JsonPath): Reply | undefined {
  const id = find(message);
  return isId(id) ? { id, outcome: { ok: true, data: message } } : undefined;
}

/** A reply of either kind; an `error` that is null is none, as some servers always write both. */
function replyOf(message: JsonObject, data: string): Reply | undefined {
  const { id, error } = message;
  if (!isId(id)) return undefined;
  if (error !== undefined && error !== null) return { id, outcome: { ok: false, error } };
  return { id, outcome: { ok: true, data: message[data] } };
}

/**
 * The text of a request.
 * @throws FramecatError (usage) where the parameters are no JSON
 */
export function encodeRequest(shape: RequestShape, request: Request): string {
  const { params } = request;
  return shape.encode({ ...request, params: params === undefined ? undefined : checkJson(params) });
}

function checkJson(text: string): string {
  const json = text.trim();
  try {
    JSON.parse(json);
  } catch (thrown) {
    throw usageError(`the parameters are no JSON: ${messageOf(thrown)}`);
  }
  return json;
}

function member(name: string, json: string | undefined): string {
  return json === undefined ? "" : `,"${name}":${json}`;
}

type JsonObject = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isId(value: unknown): value is string | number {
  return typeof value === "string" || typeof value === "number";
}

/** The JSON of a message; undefined where it is none. */
export function parseMessage({ buffer, byteOffset, length }: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(buffer, byteOffset, length).toString("utf8"));
  } catch {
    return undefined;
  }
}
