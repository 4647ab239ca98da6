import { deflateRawSync, inflateRawSync, constants } from "node:zlib";
import { type Inflate, MessageAssembler } from "../../src/protocol/assembler.ts";
import { parseClosePayload } from "../../src/protocol/close-codes.ts";
import type { Frame } from "../../src/protocol/frame.ts";
import { Opcode } from "../../src/protocol/opcodes.ts";
import { FrameParser } from "../../src/protocol/parser.ts";
import type { RuleId, Violation } from "../../src/protocol/rules.ts";
import { concat, hex, toHex } from "./bytes.ts";
import type { Compression, Outcome } from "./ws.ts";

export interface EndpointOptions {
  readonly fromClient: boolean;
  readonly compression?: Compression;
  /**
   * Text that is wrong fails the connection as soon as it is seen, as section 8.1 allows; `ws` looks
   * at the end of the message.
   */
  readonly judgeText?: "at once" | "at the end";
}

export interface StrictOutcome extends Outcome {
  readonly rule: RuleId | undefined;
  /** Whether the stream ended within a frame, so that this was not judged as a whole. */
  readonly withinFrame: boolean;
}

/** What an endpoint built of the strict parser and the assembler makes of the pieces. */
export function receiveStrictly(
  pieces: readonly Uint8Array[],
  { fromClient, compression = "none", judgeText = "at once" }: EndpointOptions,
): StrictOutcome {
  const deflate = compression !== "none";
  const sender = fromClient ? "client" : "server";
  const parser = new FrameParser({ mode: "strict", sender, deflate });
  const assembler = new MessageAssembler({ inflate: makeInflate(compression) });
  const events: string[] = [];
  const outcome = (failure?: Violation): StrictOutcome => ({
    events,
    failedWith: failure?.closeCode,
    rule: failure?.rule,
    withinFrame: parser.end() !== undefined,
  });
  let badText: Violation | undefined;
  for (const frame of pieces.flatMap((piece) => parser.push(piece))) {
    const { violations, message } = assembler.push(frame);
    const [error] = violations;
    if (error?.rule === "text-utf8" && judgeText === "at the end") badText = error;
    else if (error) return outcome(error);
    if (message && badText) return outcome(badText);
    if (message) events.push(`${message.kind}:${toHex(message.data)}`);
    events.push(...controlEvent(frame));
    if (frame.header.opcode === Opcode.close) return outcome();
  }
  return outcome(parser.failure);
}

function controlEvent({ header, payload }: Frame): string[] {
  switch (header.opcode) {
    case Opcode.ping:
      return [`ping:${toHex(payload)}`];
    case Opcode.pong:
      return [`pong:${toHex(payload)}`];
    case Opcode.close:
      return [`close:${parseClosePayload(payload).code}:${toHex(payload.subarray(2))}`];
    default:
      return [];
  }
}

const TAIL = hex("00 00 ff ff");
const WINDOW = 32 * 1024;

/** The payload of a message of its own, compressed (RFC 7692, section 7.2.1). */
export function compress(data: Uint8Array): Uint8Array {
  const whole = deflateRawSync(data, { finishFlush: constants.Z_SYNC_FLUSH });
  return new Uint8Array(whole.subarray(0, -TAIL.length));
}

/** Inflates with the end of the earlier messages for a dictionary, where there is context takeover. */
export function makeInflate(compression: Compression): Inflate | undefined {
  if (compression === "none") return undefined;
  let dictionary = Buffer.alloc(0);
  return (payload) => {
    try {
      const data = inflateRawSync(concat([payload, TAIL]), {
        finishFlush: constants.Z_SYNC_FLUSH,
        ...(dictionary.length > 0 && { dictionary }),
      });
      if (compression === "context-takeover") {
        dictionary = Buffer.concat([dictionary, data]).subarray(-WINDOW);
      }
      return { ok: true, data };
    } catch {
      return { ok: false, rule: "deflate-corrupt" };
    }
  };
}
