import { Buffer } from "node:buffer";
import { describeCloseCode, parseClosePayload } from "../protocol/close-codes.ts";
import { formatExtension } from "../protocol/extensions.ts";
import { encodeDeflateParams } from "../protocol/deflate.ts";
import { type HttpHead, parseStatusLine } from "../protocol/http-head.ts";
import { formatMaskKey } from "../protocol/mask.ts";
import { describeOpcode, Opcode } from "../protocol/opcodes.ts";
import type { Violation } from "../protocol/rules.ts";
import { redactHead, redactUrl } from "../redact.ts";
import { isValidUtf8 } from "../protocol/utf8.ts";
import { type Event, type FrameEvent, type HandshakeEvent, unreachable } from "./events.ts";

export const EVENT_SCHEMA = "framecat.event/1";

export interface EventJsonOptions {
  /** Leave credentials, cookies and tokens as they are. */
  readonly showSecrets?: boolean;
}

/** The event as it stands in a line of NDJSON. The schema is `src/schema/event.schema.json`. */
export function eventToJson(event: Event, options: EventJsonOptions = {}): Record<string, unknown> {
  const { at, conn, type } = event;
  const common = { v: EVENT_SCHEMA, t: isoMicroseconds(at.epochUs), ns: String(at.ns), conn, type };
  // Written into one object, because spreading takes microseconds and there may be millions.
  if (type === "frame") return addFrame(common, event);
  return { ...common, ...body(event, options) };
}

function body(event: Event, options: EventJsonOptions): Record<string, unknown> {
  switch (event.type) {
    case "handshake":
      return handshake(event, options);
    case "frame":
      return addFrame({}, event);
    case "message": {
      const { dir, kind, data, omitted, wireLength, fragments, heartbeat, rttMs } = event;
      const length = data.length + (omitted ?? 0);
      return {
        dir,
        kind,
        ...payload(data, kind === "text"),
        length,
        omitted,
        wireLength,
        fragments,
        heartbeat,
        rttMs,
      };
    }
    case "ping":
      return { dir: event.dir, ...payload(event.data, true) };
    case "pong":
      return { dir: event.dir, ...payload(event.data, true), rttMs: event.rttMs };
    case "close": {
      const { code, reason, initiator, clean, durationMs } = event;
      return { code, name: describeCloseCode(code).name, reason, initiator, clean, durationMs };
    }
    case "state":
      return { state: event.state };
    case "reconnect": {
      const { attempt, tries, delayMs, reason } = event;
      return { attempt, tries, delayMs, reason };
    }
    case "reconnected": {
      const { lost, attempt, offlineMs, queued } = event;
      return { lost, attempt, offlineMs, queued };
    }
    case "finding": {
      const { violation, part, dir, frame: number, offset } = event;
      return { ...brief(violation), part, dir, frame: number, offset };
    }
    case "error":
      return { code: event.code, message: event.message };
    case "note":
      return { message: event.message };
    default:
      return unreachable(event);
  }
}

function handshake(
  event: HandshakeEvent,
  { showSecrets = false }: EventJsonOptions,
): Record<string, unknown> {
  const { role, url, remote, proxy, timings, tls, subprotocol, deflate, violations } = event;
  return {
    role,
    url: showSecrets ? url : redactUrl(url),
    remote,
    proxy,
    request: head(showSecrets ? event.request : redactHead(event.request)),
    response: head(showSecrets ? event.response : redactHead(event.response)),
    ...(event.body && { body: payload(event.body, true) }),
    timings,
    tls,
    ...(parseStatusLine(event.response.startLine)?.status === 101 && {
      acceptKeyValid: !violations.some(({ rule }) => rule === "response-accept"),
    }),
    subprotocol,
    extensions: deflate ? formatExtension(encodeDeflateParams(deflate)) : "",
    violations: violations.map(brief),
  };
}

function head({ startLine, headers }: HttpHead) {
  return { line: startLine, headers };
}

/** Adds the fields of a frame. */
function addFrame(json: Record<string, unknown>, event: FrameEvent): Record<string, unknown> {
  const { header, payload: bytes, payloadCut } = event.frame;
  const { opcode, masked, maskKey } = header;
  const text = opcode === Opcode.text || opcode === Opcode.ping || opcode === Opcode.pong;
  json.dir = event.dir;
  json.fin = header.fin;
  json.rsv1 = header.rsv1;
  json.rsv2 = header.rsv2;
  json.rsv3 = header.rsv3;
  json.opcode = opcode;
  json.opcodeName = describeOpcode(opcode).name;
  json.masked = masked;
  if (masked) json.maskKey = formatMaskKey(maskKey);
  json.length = header.length;
  json.headerLength = header.headerLength;
  json.offset = header.offset;
  addPayload(json, bytes, text && !header.rsv1);
  if (opcode === Opcode.close) Object.assign(json, closeFields(bytes));
  if (payloadCut) json.payloadCut = payloadCut;
  json.fragment = event.fragment;
  if (event.message?.compressed && !event.message.cut) {
    json.inflatedLength = event.message.data.length;
  }
  json.violations = event.violations.map(brief);
  return json;
}

function addPayload(json: Record<string, unknown>, bytes: Uint8Array, asText: boolean): void {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (asText && isValidUtf8(bytes)) json.text = buffer.toString("utf8");
  else json.base64 = buffer.toString("base64");
}

function closeFields(bytes: Uint8Array) {
  const { code, reason } = parseClosePayload(bytes);
  return { code, reason };
}

function brief({ rule, severity, section, closeCode, message }: Violation) {
  return { rule, severity, section, closeCode, message };
}

/** Bytes as `text` where they are meant as text and are UTF-8, else as `base64`: nothing is lost. */
function payload(bytes: Uint8Array, asText: boolean): { text: string } | { base64: string } {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (asText && isValidUtf8(bytes)) return { text: buffer.toString("utf8") };
  return { base64: buffer.toString("base64") };
}

/** ISO 8601 with microseconds. */
export function isoMicroseconds(epochUs: number): string {
  const micros = String(Math.floor(epochUs % 1000)).padStart(3, "0");
  return new Date(Math.floor(epochUs / 1000)).toISOString().replace("Z", `${micros}Z`);
}
