import { usageError } from "../../errors.ts";
import { CloseCode } from "../../protocol/close-codes.ts";
import { encodeFrame } from "../../protocol/encoder.ts";
import { FRAME_TAKES, parseFrame } from "../frame-notation.ts";
import { parseBytes, parsePayload } from "../payload-notation.ts";
import type { SlashCommand } from "./command.ts";

/** Control frames, and frames that nobody should send. */
export const FRAME_COMMANDS: readonly SlashCommand[] = [
  {
    name: "ping",
    takes: "[PAYLOAD]",
    meaning: "send a ping; its pong shows the round trip",
    topic: "Frames",
    needsOpen: true,
    run: async (argument, { link }) => {
      await link.ping(parsePayload(argument).bytes);
      return [];
    },
  },
  {
    name: "pong",
    takes: "[PAYLOAD]",
    meaning: "send a pong nobody asked for",
    topic: "Frames",
    needsOpen: true,
    run: async (argument, { link }) => {
      await link.pong(parsePayload(argument).bytes);
      return [];
    },
  },
  {
    name: "frame",
    takes: FRAME_TAKES,
    meaning: "send one frame as described, however wrong",
    topic: "Frames",
    needsOpen: true,
    run: async (argument, { link, random }) => {
      const { maskKey, ...frame } = parseFrame(argument);
      const key = maskKey === "random" ? Buffer.from(random(4)).readUInt32BE() : maskKey;
      await link.sendRaw(encodeFrame({ ...frame, maskKey: key }));
      return [];
    },
  },
  {
    name: "raw",
    takes: "HEX|base64:…",
    meaning: "send these bytes on the socket as they are",
    topic: "Frames",
    needsOpen: true,
    run: async (argument, { link }) => {
      const bytes = parseBytes(argument);
      if (bytes.length === 0) throw usageError("it needs bytes", "Example: /raw 81 00");
      await link.sendRaw(bytes);
      return [];
    },
  },
  {
    name: "close",
    takes: "[CODE [REASON]]",
    meaning: "close the connection and leave, with 1000 unless told otherwise",
    topic: "Connection",
    run: (argument, { link }) => {
      const [, code, reason = ""] = /^(?:(\d+)(?:\s+|$))?(.*)$/s.exec(argument) ?? [];
      void link.close(closeCode(code), reason);
      return [];
    },
  },
];

function closeCode(text: string | undefined): number {
  const code = text === undefined ? CloseCode.normal : Number(text);
  if (code <= 0xffff) return code;
  throw usageError(`${text} is no close code`);
}
