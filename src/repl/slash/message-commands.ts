import { usageError } from "../../errors.ts";
import { parseCount, parseSize } from "../../units.ts";
import { parseBytes, parsePayload } from "../payload-notation.ts";
import type { Desk, Lines, SlashCommand } from "./command.ts";
import { type FileSent, sendFile, type SendFileOptions } from "./send-file.ts";

const MAX_FRAGMENT = 64 * 1024 * 1024;

export const MESSAGE_COMMANDS: readonly SlashCommand[] = [
  {
    name: "text",
    takes: "[TEXT|@FILE]",
    meaning: "send a text message; without one, an empty message",
    topic: "Messages",
    run: (argument, desk) => sendTyped(argument, desk, "text"),
  },
  {
    name: "binary",
    takes: "HEX|base64:…|@FILE",
    meaning: "send a binary message",
    topic: "Messages",
    run: (argument, desk) => sendTyped(argument, desk, "binary"),
  },
  {
    name: "send",
    takes: "[text|binary] @FILE",
    meaning: "send a file as one message, streamed; text where all of it is UTF-8",
    topic: "Messages",
    needsOpen: true,
    run: (argument, desk) => {
      const [, kind, path] = /^(?:(text|binary)\s+)?@(.+)$/s.exec(argument.trim()) ?? [];
      if (path === undefined) throw usageError("it needs a file", "Example: /send @message.json");
      return sendFrom(desk, path, kind === undefined ? {} : { kind: kind as FileSent["kind"] });
    },
  },
  {
    name: "fragment",
    takes: "COUNT TEXT|SIZE @FILE",
    meaning: "send a message in COUNT fragments, a file in fragments of SIZE",
    topic: "Messages",
    needsOpen: true,
    run: fragment,
  },
  {
    name: "edit",
    takes: "",
    meaning: "write the message in $VISUAL or $EDITOR; also Ctrl-X Ctrl-E",
    topic: "Messages",
    run: async (_, desk) => {
      await desk.edit();
      return [];
    },
  },
];

async function sendTyped(argument: string, desk: Desk, kind: FileSent["kind"]): Promise<Lines> {
  const path = /^@(.+)$/s.exec(argument)?.[1];
  if (path !== undefined) return sendFrom(desk, path, { kind });
  if (kind === "text") await desk.conversation.send(argument);
  else await desk.conversation.send(parseBytes(argument), true);
  return [];
}

async function sendFrom(desk: Desk, path: string, options: SendFileOptions): Promise<Lines> {
  const sent = await desk.conversation.turn(() => sendFile(desk.link, path, options));
  const { kind, bytes, fragments } = sent;
  if (fragments === 1) return [];
  return [`sent ${desk.views.escape(path)}: ${kind}, ${bytes} bytes in ${fragments} fragments`];
}

async function fragment(argument: string, desk: Desk): Promise<Lines> {
  const [, word = "", rest = ""] = /^(\S*)\s?(.*)$/s.exec(argument) ?? [];
  const path = /^@(.+)$/s.exec(rest)?.[1];
  if (path !== undefined) {
    const fragmentSize = parseSize(word, "SIZE");
    if (fragmentSize >= 1 && fragmentSize <= MAX_FRAGMENT) {
      return sendFrom(desk, path, { fragmentSize });
    }
    throw usageError("SIZE must be from 1 byte to 64MiB");
  }
  const { bytes, kind } = parsePayload(rest);
  const pieces = divide(bytes, parseCount(word, "COUNT", 1, 100_000));
  await desk.conversation.turn(async () => {
    for (const [at, piece] of pieces.entries()) {
      const fin = at === pieces.length - 1;
      await desk.link.send(piece, { binary: kind === "binary", fin });
    }
  });
  return [];
}

/** So many pieces of nearly one length; those beyond the bytes are empty, which is legal. */
export function divide(bytes: Uint8Array, count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, at) =>
    bytes.subarray(
      Math.floor((at * bytes.length) / count),
      Math.floor(((at + 1) * bytes.length) / count),
    ),
  );
}
