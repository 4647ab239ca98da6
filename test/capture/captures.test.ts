import { createHash } from "node:crypto";
import { createReadStream, existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readCaptureEvents } from "../../src/capture/read-capture.ts";
import type { HttpHead } from "../../src/protocol/http-head.ts";
import { parseClosePayload } from "../../src/protocol/close-codes.ts";
import type { Event, FrameEvent, HandshakeEvent } from "../../src/transport/events.ts";
import {
  CAPTURES,
  type ExpectedCapture,
  expectedCaptures,
  type ExpectedFrame,
  type ExpectedHead,
  type ExpectedMessage,
  type ExpectedStream,
} from "../helpers/captures.ts";

const expected = expectedCaptures();

async function decode(file: string): Promise<Event[]> {
  const keys = CAPTURES + file.replace(/\.pcap$/, ".keys");
  const reading = readCaptureEvents(createReadStream(CAPTURES + file, { highWaterMark: 1000 }), {
    assumeWebSocket: [8080],
    ...(existsSync(keys) && { keylog: readFileSync(keys) }),
  });
  const events: Event[] = [];
  for await (const event of reading) events.push(event);
  return events;
}

/** What the reference tells of a connection. */
function streams(events: readonly Event[]) {
  return [...new Set(events.map(({ conn }) => conn))].map((conn) => {
    const own = events.filter((event) => event.conn === conn);
    const handshake = own.find((event) => event.type === "handshake");
    const frames = own.filter((event) => event.type === "frame");
    return {
      request: handshake && line(handshake.request),
      response: handshake && line(handshake.response),
      extensions: handshake && deflateOf(handshake),
      frames: bothWays(frames, frameOf),
      messages: bothWays(
        frames.filter(({ message }) => message),
        messageOf,
      ),
    };
  });
}

/** The reference lists all of one direction first. */
function bothWays<T>(frames: readonly FrameEvent[], map: (event: FrameEvent) => T): T[] {
  return ["out", "in"].flatMap((dir) => frames.filter((frame) => frame.dir === dir).map(map));
}

function line({ startLine, headers }: HttpHead): ExpectedHead {
  return {
    line: startLine,
    headers: Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value])),
  };
}

function deflateOf({ deflate }: HandshakeEvent): boolean {
  return deflate !== undefined;
}

function digest(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex").slice(0, 16);
}

function frameOf({ dir, frame }: FrameEvent) {
  const { header, payload } = frame;
  return {
    dir: dir === "out" ? "c2s" : "s2c",
    offset: header.offset,
    fin: header.fin,
    rsv: (header.rsv1 ? 4 : 0) | (header.rsv2 ? 2 : 0) | (header.rsv3 ? 1 : 0),
    opcode: header.opcode,
    masked: header.masked,
    key: header.masked ? header.maskKey.toString(16).padStart(8, "0") : undefined,
    length: header.length,
    form: header.lengthForm,
    payload: payload.length > 0 ? digest(payload) : undefined,
    close: header.opcode === 8 && payload.length >= 2 ? closeOf(payload) : undefined,
  };
}

function closeOf(payload: Uint8Array): string {
  const { code, reason } = parseClosePayload(payload);
  return `${code} ${reason}`;
}

function messageOf({ dir, message }: FrameEvent) {
  return {
    dir: dir === "out" ? "c2s" : "s2c",
    type: message!.kind,
    fragments: message!.fragments,
    compressed: message!.compressed,
    wireLength: message!.wireLength,
    length: message!.data.length,
    data: digest(message!.data),
    cut: message!.cut,
  };
}

function expectedFrame(frame: ExpectedFrame) {
  const { dir, offset, fin, rsv, opcode, masked, length, payload } = frame;
  const key = frame.masking_key;
  const close =
    typeof frame.close_code !== "number"
      ? undefined
      : `${frame.close_code} ${frame.close_reason ?? ""}`;
  const form = frame.length_form;
  return {
    dir,
    offset,
    fin,
    rsv,
    opcode,
    masked,
    key,
    length,
    form,
    payload: payload?.sha256_16,
    close,
  };
}

function expectedMessage(message: ExpectedMessage) {
  const { dir, type, fragments, compressed, wire_len: wireLength, len: length } = message;
  return {
    dir,
    type,
    fragments,
    compressed,
    wireLength,
    length,
    data: message.sha256_16,
    cut: false,
  };
}

function expectedStream({ request, response, frames, messages, extensions }: ExpectedStream) {
  const order = <T extends { readonly dir: string }>(all: readonly T[]) =>
    ["c2s", "s2c"].flatMap((dir) => all.filter((one) => one.dir === dir));
  return {
    request: request ?? undefined,
    response: response ?? undefined,
    extensions: request ? (extensions ?? "").includes("permessage-deflate") : undefined,
    frames: order(frames).map(expectedFrame),
    messages: order(messages).map(expectedMessage),
  };
}

/** Plain HTTP is none of ours. */
function isWebSocket({ request, response }: ExpectedStream): boolean {
  return (
    request === null || "upgrade" in request.headers || response?.headers["upgrade"] !== undefined
  );
}

describe.skipIf(expected.length === 0)("the reference captures in ../shared/captures", () => {
  it.each(expected)("$file", async (capture: ExpectedCapture) => {
    const found = streams(await decode(capture.file));
    expect(found).toEqual(capture.streams.filter(isWebSocket).map(expectedStream));
  });
});

it.skipIf(expected.length > 0)("are absent: ../shared/captures is needed", () => {
  expect(expected).toEqual([]);
});
