import { usageError } from "../errors.ts";
import { decodeCbor } from "./cbor.ts";
import type { Decoder } from "./decoded.ts";
import { decodeJson } from "./json.ts";
import { decodeMsgpack } from "./msgpack.ts";
import { loadMessageType } from "./proto-schema.ts";
import { decodeProtobuf } from "./protobuf.ts";
import { decodeStruct } from "./struct.ts";
import { parseStructFormat } from "./struct-format.ts";

export const DECODER_FORMS = "json|cbor|msgpack|protobuf:FILE:MESSAGE|struct:FORMAT";

/**
 * The decoder that a flag asks for. JSON may come in messages of either kind; the others are bytes,
 * and text messages stay as they are.
 * @throws FramecatError (usage) naming `flag`
 */
export async function parseDecoder(text: string, flag: string): Promise<Decoder> {
  const [, form = "", detail] = /^([^:]*)(?::(.*))?$/s.exec(text) ?? [];
  if (detail === undefined) {
    if (form === "json") return { name: form, decode: (payload) => decodeJson(payload) };
    if (form === "cbor") return forBinary(form, decodeCbor);
    if (form === "msgpack") return forBinary(form, decodeMsgpack);
  }
  if (form === "struct") return structDecoder(detail ?? "", flag);
  if (form === "protobuf") return protobufDecoder(detail ?? "", flag);
  throw usageError(`${flag} ${JSON.stringify(text)} is no decoder`, `There are ${DECODER_FORMS}.`);
}

function forBinary(
  name: string,
  decode: (payload: Uint8Array) => ReturnType<typeof decodeCbor>,
): Decoder {
  return { name, decode: (payload, kind) => (kind === "binary" ? decode(payload) : undefined) };
}

function structDecoder(format: string, flag: string): Decoder {
  const parsed = parseStructFormat(format, `${flag} struct`);
  return forBinary("struct", (payload) => decodeStruct(payload, parsed));
}

/** The path may hold colons; the name of a message does not. */
async function protobufDecoder(detail: string, flag: string): Promise<Decoder> {
  const [, file = "", message = ""] = /^(.+):([^:]+)$/s.exec(detail) ?? [];
  if (file === "") {
    throw usageError(
      `${flag} protobuf needs a file and a message`,
      "As protobuf:chat.proto:chat.Message.",
    );
  }
  const type = await loadMessageType(file, message, `${flag} protobuf`);
  const name = type.fullName.replace(/^\./, "");
  return forBinary(`protobuf ${name}`, (payload) => decodeProtobuf(payload, type));
}
