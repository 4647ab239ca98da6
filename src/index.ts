/**
 * framecat as a library: the protocol without sockets, the transport, the readers of captures, the
 * lint, and the command line.
 *
 * ```ts
 * import { createReadStream } from "node:fs";
 * import { lintEvents, readEvents } from "framecat";
 *
 * const events = readEvents(createReadStream("capture.pcapng"), { name: "capture.pcapng" });
 * for await (const { conn, violation } of lintEvents(events)) console.log(conn, violation.message);
 * ```
 */
export {
  type CaptureOptions,
  type CaptureReading,
  type CaptureReport,
  readCaptureEvents,
} from "./capture/read-capture.ts";
export {
  type EventFormat,
  type FoundFormat,
  INPUT_FORMATS,
  readEvents,
  type ReadOptions,
} from "./capture/read-events.ts";
export { main } from "./cli.ts";
export * from "./errors.ts";
export { type Io, processIo, systemClock } from "./io.ts";
export * from "./protocol/accept-key.ts";
export * from "./protocol/assembler.ts";
export * from "./protocol/client-handshake.ts";
export * from "./protocol/close-codes.ts";
export * from "./protocol/deflate.ts";
export * from "./protocol/encoder.ts";
export * from "./protocol/extensions.ts";
export * from "./protocol/frame.ts";
export * from "./protocol/header-rules.ts";
export * from "./protocol/http-head.ts";
export { DEFAULT_LINT_LIMITS, type LintLimits } from "./protocol/lint-limits.ts";
export * from "./protocol/mask.ts";
export * from "./protocol/opcodes.ts";
export * from "./protocol/parser.ts";
export * from "./protocol/rules.ts";
export * from "./protocol/scanner.ts";
export * from "./protocol/server-handshake.ts";
export * from "./protocol/utf8.ts";
export * from "./transport/connection.ts";
export * from "./transport/dial.ts";
export { EVENT_SCHEMA, eventToJson } from "./transport/event-json.ts";
export type * from "./transport/events.ts";
export * from "./transport/link.ts";
export { lintEvents } from "./transport/lint-events.ts";
export { RECONNECT_DEFAULTS, type ReconnectPolicy } from "./transport/reconnect-policy.ts";
export * from "./transport/serve.ts";
export { parseTarget, type Target } from "./transport/target.ts";
