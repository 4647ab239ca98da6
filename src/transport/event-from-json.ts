import { Buffer } from "node:buffer";
import type { Moment } from "../clock.ts";
import { EXIT_CODES, type FailureCode, usageError } from "../errors.ts";
import { acceptDeflateResponse, DEFLATE, type DeflateParams } from "../protocol/deflate.ts";
import { encodeHeader } from "../protocol/encoder.ts";
import { parseExtensions } from "../protocol/extensions.ts";
import {
  type Frame,
  type FrameHeader,
  headerLength,
  type LengthForm,
  minimalLengthForm,
} from "../protocol/frame.ts";
import type { Headers, HttpHead } from "../protocol/http-head.ts";
import type { Violation } from "../protocol/rules.ts";
import { EVENT_SCHEMA } from "./event-json.ts";
import type {
  Direction,
  Event,
  FrameEvent,
  HandshakeEvent,
  MessageEvent,
  ReadyState,
  Timings,
  TlsFacts,
} from "./events.ts";

/**
 * The way back from `event-json.ts`: what was written comes back as the event that it was.
 *
 * 1. What an event cannot do without must be there: its connection, a direction, an opcode, a payload.
 *    All else may be missing, so that a recording written by hand does as well.
 * 2. A frame's header bytes are encoded anew from its fields, which tell every bit of them. Its
 *    message is not in the JSON: who wants it joins the frames.
 * 3. An event of a type that is not known yet is undefined, and no error.
 */
type Fields = Readonly<Record<string, unknown>>;
type Body<T = Event> = T extends Event ? Omit<T, "conn" | "at"> : never;

/**
 * @param where names the file and the line
 * @returns undefined for an event of an unknown type
 * @throws FramecatError (usage) where it is no event of `framecat.event/1`
 */
export function eventFromJson(value: unknown, where: string): Event | undefined {
  const fields = fieldsOf(value);
  const { v, conn, type } = fields;
  if (v !== EVENT_SCHEMA || typeof conn !== "string" || typeof type !== "string") {
    throw usageError(`${where}: not an event of ${EVENT_SCHEMA}`, "Record with --record.");
  }
  const read = Object.hasOwn(BODIES, type) ? BODIES[type as Event["type"]] : undefined;
  return read && { ...read(fields, where), conn, at: moment(fields) };
}

const BODIES: Readonly<Record<Event["type"], (fields: Fields, where: string) => Body>> = {
  handshake,
  frame,
  message,
  ping: (fields, where) => ({ type: "ping", ...control(fields, where) }),
  pong: (fields, where) => ({ type: "pong", ...control(fields, where), ...rtt(fields) }),
  close: (fields) => ({
    type: "close",
    code: number(fields.code),
    reason: text(fields.reason),
    initiator: fields.initiator === "local" ? "local" : "peer",
    clean: fields.clean === true,
    ...numbers(fields, ["durationMs"]),
  }),
  state: ({ state }, where) => ({ type: "state", state: oneOf(STATES, state, "state", where) }),
  reconnect: (fields) => ({
    type: "reconnect",
    attempt: number(fields.attempt),
    delayMs: number(fields.delayMs),
    ...numbers(fields, ["tries"]),
    ...(typeof fields.reason === "string" && { reason: fields.reason }),
  }),
  reconnected: (fields) => ({
    type: "reconnected",
    lost: text(fields.lost),
    attempt: number(fields.attempt),
    offlineMs: number(fields.offlineMs),
    queued: number(fields.queued),
  }),
  finding: (fields, where) => ({
    type: "finding",
    violation: violation(fields),
    part: oneOf(PARTS, fields.part, "part", where),
    ...(fields.dir !== undefined && { dir: direction(fields, where) }),
    ...numbers(fields, ["frame", "offset"]),
  }),
  error: (fields, where) => ({
    type: "error",
    code: oneOf(FAILURES, fields.code, "code", where),
    message: text(fields.message),
  }),
  note: (fields) => ({ type: "note", message: text(fields.message) }),
};

const PARTS = ["request", "response", "frame", "end"] as const;
const STATES: readonly ReadyState[] = ["CONNECTING", "OPEN", "CLOSING", "CLOSED"];
const FAILURES = Object.keys(EXIT_CODES) as readonly FailureCode[];

function handshake(fields: Fields, where: string): Body<HandshakeEvent> {
  const deflate = parseAgreedDeflate(text(fields.extensions));
  const tls = parseTlsFacts(fields.tls);
  return {
    type: "handshake",
    role: fields.role === "server" ? "server" : "client",
    url: text(fields.url),
    remote: text(fields.remote),
    ...(typeof fields.proxy === "string" && { proxy: fields.proxy }),
    request: head(fields.request),
    response: head(fields.response),
    ...(fields.body !== undefined && { body: payload(fieldsOf(fields.body), where) }),
    timings: numbers(fieldsOf(fields.timings), TIMINGS),
    ...(tls && { tls }),
    ...(typeof fields.subprotocol === "string" && { subprotocol: fields.subprotocol }),
    ...(deflate && { deflate }),
    violations: violations(fields.violations),
  };
}

const TIMINGS = ["dns", "tcp", "tls", "upgrade"] as const satisfies readonly (keyof Timings)[];

/** What a response's Sec-WebSocket-Extensions says of permessage-deflate; undefined for nothing. */
export function parseAgreedDeflate(extensions: string): DeflateParams | undefined {
  const agreed = parseExtensions([extensions])?.find(({ name }) => name === DEFLATE);
  const params = agreed && acceptDeflateResponse(agreed, { clientMaxWindowBits: true });
  if (!agreed || typeof params !== "object") return undefined;
  const tells = agreed.params.some(([name]) => name === "server_max_window_bits");
  return { ...params, ...(tells && { tellServerMaxWindowBits: true }) };
}

function head(value: unknown): HttpHead {
  const { line, headers } = fieldsOf(value);
  return { startLine: text(line), headers: list(headers).map(header) };
}

function header(pair: unknown): Headers[number] {
  const [name, value] = list(pair);
  return [text(name), text(value)];
}

/** The facts of a TLS session; undefined where there are none. */
export function parseTlsFacts(value: unknown): TlsFacts | undefined {
  if (value === undefined) return undefined;
  const { version, cipher, authorized, peer } = fieldsOf(value);
  const { subject, issuer, validFrom, validTo, fingerprint256 } = fieldsOf(peer);
  return {
    version: text(version),
    cipher: text(cipher),
    ...(typeof authorized === "boolean" && { authorized }),
    ...(peer !== undefined && {
      peer: {
        subject: text(subject),
        issuer: text(issuer),
        validFrom: text(validFrom),
        validTo: text(validTo),
        fingerprint256: text(fingerprint256),
      },
    }),
  };
}

function frame(fields: Fields, where: string): Body<FrameEvent> {
  return {
    type: "frame",
    dir: direction(fields, where),
    frame: wireFrame(fields, where),
    violations: violations(fields.violations),
    fragment: number(fields.fragment),
  };
}

function wireFrame(fields: Fields, where: string): Frame {
  const found = frameHeader(fields, where);
  const { opcode, fin, rsv1, rsv2, rsv3, length, lengthForm, masked, maskKey } = found;
  const bytes = payload(fields, where);
  if (bytes.length > length) throw tooLong(where);
  const spec = { opcode, fin, rsv1, rsv2, rsv3, lengthForm, declaredLength: BigInt(length) };
  return {
    header: found,
    headerBytes: encodeHeader({ ...spec, maskKey: masked ? maskKey : undefined }),
    payload: bytes,
    payloadCut: fields.payloadCut === true || bytes.length < length,
    violations: [],
  };
}

function frameHeader(fields: Fields, where: string): FrameHeader {
  const { opcode, length } = fields;
  if (!isWhole(opcode, 16)) throw usageError(`${where}: a frame of no opcode`);
  if (!isWhole(length, 2 ** 64)) throw usageError(`${where}: a frame of no length`);
  const masked = fields.masked === true;
  const key = /^[0-9a-f]{8}$/i.exec(text(fields.maskKey))?.[0] ?? "0";
  const form = formOf(number(fields.headerLength), masked, length);
  return {
    fin: fields.fin === true,
    rsv1: fields.rsv1 === true,
    rsv2: fields.rsv2 === true,
    rsv3: fields.rsv3 === true,
    opcode,
    masked,
    maskKey: masked ? Number.parseInt(key, 16) : 0,
    length,
    lengthForm: form,
    headerLength: headerLength(form, masked),
    offset: number(fields.offset),
  };
}

/** The form that a header of so many bytes has, where the length fits it. */
function formOf(bytes: number, masked: boolean, length: number): LengthForm {
  const least = minimalLengthForm(length);
  const forms: readonly LengthForm[] = [7, 16, 64];
  return forms.find((form) => form >= least && headerLength(form, masked) === bytes) ?? least;
}

function message(fields: Fields, where: string): Body<MessageEvent> {
  const data = payload(fields, where);
  const omitted = isWhole(fields.length, 2 ** 53) ? fields.length - data.length : 0;
  if (omitted < 0) throw tooLong(where);
  return {
    type: "message",
    dir: direction(fields, where),
    kind: oneOf(["text", "binary"], fields.kind, "kind", where),
    data,
    ...(omitted > 0 && { omitted }),
    ...numbers(fields, ["wireLength", "fragments"]),
    ...(fields.heartbeat === true && { heartbeat: true }),
    ...rtt(fields),
  };
}

function control(fields: Fields, where: string): { dir: Direction; data: Uint8Array } {
  return { dir: direction(fields, where), data: payload(fields, where) };
}

function rtt(fields: Fields): { rttMs?: number } {
  return numbers(fields, ["rttMs"]);
}

function direction({ dir }: Fields, where: string): Direction {
  if (dir === "in" || dir === "out") return dir;
  throw usageError(`${where}: neither in nor out`);
}

/** Ids of rules that a later version knows are kept: they are told, and nothing depends on them. */
function violation(fields: Fields): Violation {
  const { rule, severity, section, closeCode, message: said } = fields;
  return {
    rule: text(rule) as Violation["rule"],
    severity: severity === "warn" || severity === "info" ? severity : "error",
    section: text(section),
    ...(typeof closeCode === "number" && { closeCode }),
    message: text(said),
  };
}

function violations(value: unknown): Violation[] {
  return list(value).map((item) => violation(fieldsOf(item)));
}

function payload({ text: plain, base64 }: Fields, where: string): Uint8Array {
  if (typeof plain === "string") return Buffer.from(plain, "utf8");
  if (typeof base64 === "string") return Buffer.from(base64, "base64");
  throw usageError(`${where}: neither text nor base64`);
}

function tooLong(where: string): Error {
  return usageError(`${where}: the payload is longer than its length`);
}

/** Without a monotonic time the wall clock's has to do; without any, all is at once. */
function moment({ t, ns }: Fields): Moment {
  const epochUs = parseIsoMicroseconds(text(t)) ?? 0;
  const known = typeof ns === "string" && /^\d{1,20}$/.test(ns);
  return { epochUs, ns: known ? BigInt(ns) : BigInt(epochUs) * 1000n };
}

/** Microseconds since 1970 of an ISO 8601 time with any number of decimals. */
export function parseIsoMicroseconds(iso: string): number | undefined {
  const ms = Date.parse(iso);
  if (Number.isNaN(ms)) return undefined;
  const micros = /\.\d{3}(\d{1,3})/.exec(iso)?.[1] ?? "";
  return ms * 1000 + Number(micros.padEnd(3, "0"));
}

function oneOf<T extends string>(
  known: readonly T[],
  value: unknown,
  what: string,
  where: string,
): T {
  const found = known.find((one) => one === value);
  if (found === undefined) throw usageError(`${where}: the ${what} is not known`);
  return found;
}

/** Those of the fields that are numbers. */
function numbers<K extends string>(fields: Fields, names: readonly K[]): { [name in K]?: number } {
  const found: { [name in K]?: number } = {};
  for (const name of names) {
    const value = fields[name];
    if (typeof value === "number") found[name] = value;
  }
  return found;
}

function isWhole(value: unknown, below: number): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value < below;
}

function number(value: unknown): number {
  return typeof value === "number" ? value : 0;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}
